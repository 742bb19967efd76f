import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const SLICE_MS = 50;
const QUIET_MS = 200;

/** A network between host and target that falls silent without an end, becomes slow, or breaks in the middle of a frame. */
export class HeldProxy {
  private readonly sockets = new Set<Socket>();
  private gate: Promise<void> = Promise.resolve();
  private open: () => void = () => undefined;
  private leftBytes = Infinity;
  private leftMessages = Infinity;
  private silence: () => void = () => undefined;
  /** Resolves when it is held for the first time. */
  readonly silent = new Promise<void>((resolve) => (this.silence = resolve));
  /** For each direction; null for as fast as it goes. */
  bytesPerSecond: number | null = null;

  private constructor(
    private readonly server: Server,
    /** The target's address by way of the proxy. */
    readonly url: string,
  ) {}

  /** Listens for connections to the inspector at a `ws://` address. */
  static async to(targetUrl: string): Promise<HeldProxy> {
    const { hostname, port, pathname } = new URL(targetUrl);
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const own = (server.address() as AddressInfo).port;
    const proxy = new HeldProxy(server, `ws://127.0.0.1:${own}${pathname}`);
    server.on('connection', (host) => proxy.join(host, connect(Number(port), hostname.replace(/^\[|\]$/g, ''))));
    return proxy;
  }

  /** From now on nothing passes in either direction, and no end either, until {@link release}. */
  hold(): void {
    this.silence();
    this.gate = new Promise((resolve) => (this.open = resolve));
  }

  /** Holds when so many more messages of a host that waits for each answer have passed. */
  holdAfter(messages: number): void {
    this.leftMessages = messages;
  }

  release(): void {
    this.open();
  }

  /**
   * The connection to the host breaks when so many more bytes of the target have passed, that to the target as soon as it
   * has written all that it had to: Node up to 22 may crash when it still writes (nodejs/node#34833).
   */
  breakAfter(bytes: number): void {
    this.leftBytes = bytes;
  }

  async close(): Promise<void> {
    this.release();
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(host: Socket, target: Socket): void {
    for (const socket of [host, target]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
    }
    void this.pass(host, target, false);
    void this.pass(target, host, true);
  }

  private async pass(from: Socket, to: Socket, breaks: boolean): Promise<void> {
    let quiet: NodeJS.Timeout | undefined;
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        for (const slice of this.slices(chunk)) {
          quiet?.refresh();
          if (this.isBroken()) continue;
          await this.gate;
          const passed = breaks ? slice.subarray(0, this.leftBytes) : slice;
          if (breaks) this.leftBytes -= passed.length;
          if (!to.write(passed)) await once(to, 'drain');
          if (!breaks && --this.leftMessages === 0) this.hold();
          if (this.isBroken()) {
            to.destroySoon();
            quiet = setTimeout(() => from.destroy(), QUIET_MS);
          }
          if (this.bytesPerSecond !== null) await delay(SLICE_MS);
        }
      }
      await this.gate;
    } catch {
      // One end broke; so does the other, below.
    } finally {
      from.destroy();
      if (!this.isBroken()) to.destroySoon();
    }
  }

  private isBroken(): boolean {
    return this.leftBytes === 0;
  }

  private *slices(chunk: Buffer): Generator<Buffer> {
    for (let at = 0; at < chunk.length;) {
      const size = this.bytesPerSecond === null ? chunk.length - at : (this.bytesPerSecond * SLICE_MS) / 1000;
      yield chunk.subarray(at, at + size);
      at += size;
    }
  }
}
