import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A command as it came. */
export interface Command {
  id: number;
  method: string;
  params: Record<string, unknown>;
}

/** What a rogue says to a command: a text as it is, a value as the `result`, undefined for nothing. */
export type Answering = (command: Command, socket: Socket) => unknown;

/** A server that speaks the inspector's protocol and says what it likes. */
export class RogueInspector {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  get url(): string {
    return `ws://127.0.0.1:${this.port}/rogue`;
  }

  static async start(answering: Answering): Promise<RogueInspector> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const rogue = new RogueInspector(server, (server.address() as AddressInfo).port);
    server.on('connection', (socket) => rogue.talk(socket, answering));
    return rogue;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private talk(socket: Socket, answering: Answering): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    let received = Buffer.alloc(0);
    let open = false;
    socket.on('data', (data: Buffer) => {
      received = Buffer.concat([received, data]);
      if (!open) {
        const end = received.indexOf('\r\n\r\n');
        if (end < 0) return;
        socket.write(handshake(received.toString('latin1', 0, end)));
        received = received.subarray(end + 4);
        open = true;
      }
      for (let frame = nextFrame(received); frame; frame = nextFrame(received)) {
        received = received.subarray(frame.size);
        if (frame.opcode === 8) socket.end(Buffer.from([0x88, 0]));
        if (frame.opcode !== 1) continue;
        const command = JSON.parse(frame.text) as Command;
        const said = answering(command, socket);
        if (said === undefined || socket.destroyed) continue;
        socket.write(textFrame(typeof said === 'string' ? said : JSON.stringify({ id: command.id, result: said })));
      }
    });
  }
}

/** A text frame, whose length the header may overstate. */
export function textFrame(text: string, claimedLength = Buffer.byteLength(text)): Buffer {
  const header =
    claimedLength < 126
      ? Buffer.from([0x81, claimedLength])
      : Buffer.concat([
          Buffer.from([0x81, 127, 0, 0, 0, 0]),
          Buffer.from(Uint32Array.of(claimedLength).buffer).reverse(),
        ]);
  return Buffer.concat([header, Buffer.from(text)]);
}

function handshake(request: string): string {
  const key = /sec-websocket-key: (\S+)/i.exec(request)?.[1] ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

/** The first whole frame of a client, unmasked. */
function nextFrame(data: Buffer): { opcode: number; text: string; size: number } | null {
  if (data.length < 6) return null;
  const short = data.readUInt8(1) & 0x7f;
  const at = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (data.length < at + 4) return null;
  const length = short === 126 ? data.readUInt16BE(2) : short === 127 ? Number(data.readBigUInt64BE(2)) : short;
  const size = at + 4 + length;
  if (data.length < size) return null;
  const mask = data.subarray(at, at + 4);
  const payload = Buffer.from(data.subarray(at + 4, size));
  for (let index = 0; index < payload.length; index++) payload[index]! ^= mask[index % 4]!;
  return { opcode: data.readUInt8(0) & 0xf, text: payload.toString('utf8'), size };
}
