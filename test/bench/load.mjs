// The load: sends requests over 20 keep-alive connections when told by a line `{"port":1,"requests":1000}` on standard
// input, and writes "done 1" when all are answered. A process of its own; it reads no more of an answer than its length.
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers';

const CONNECTIONS = 20;
const REQUEST = Buffer.from('GET /items/42?size=10 HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n');
const END = Buffer.from('\r\n\r\n');

/** Connections to one port, kept until the end. */
class Load {
  sockets = [];
  toSend = 0;
  toCome = 0;

  static async open(port) {
    const load = new Load();
    for (let i = 0; i < CONNECTIONS; i++) load.sockets.push(await load.connection(port));
    return load;
  }

  connection(port) {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(socket));
      socket.setNoDelay(true);
      socket.once('error', reject);
      socket.on('close', () => {
        if (this.toCome > 0) throw new Error(`port ${port}: a connection was closed`);
        loads.delete(port);
      });
      let rest = null;
      socket.on('data', (data) => {
        const chunk = rest ? Buffer.concat([rest, data]) : data;
        const length = answerLength(chunk);
        if (length > chunk.length) rest = chunk;
        else {
          rest = null;
          this.answered(socket);
        }
      });
    });
  }

  run(requests) {
    return new Promise((resolve) => {
      this.done = resolve;
      this.toSend = requests;
      this.toCome = requests;
      for (const socket of this.sockets) this.next(socket);
    });
  }

  next(socket) {
    if (this.toSend === 0) return;
    this.toSend--;
    socket.write(REQUEST);
  }

  answered(socket) {
    this.next(socket);
    if (--this.toCome === 0) this.done();
  }
}

/** Bytes of the answer that begins here; Infinity while its head is incomplete. */
function answerLength(chunk) {
  const head = chunk.indexOf(END);
  if (head < 0) return Infinity;
  const text = chunk.latin1Slice(0, head);
  if (!text.startsWith('HTTP/1.1 200')) throw new Error(`unexpected answer: ${text}`);
  return head + END.length + Number(/content-length: (\d+)/i.exec(text)[1]);
}

const loads = new Map();
let busy = 0;

/**
 * It never sleeps while it waits for answers: to wake a sleeping client takes the target's time, the more of it the slower
 * the target is, since the client then sleeps more often.
 */
function stayAwake() {
  if (busy > 0) setImmediate(stayAwake);
}

async function run({ port, requests }) {
  if (busy++ === 0) stayAwake();
  try {
    if (!loads.has(port)) loads.set(port, await Load.open(port));
    await loads.get(port).run(requests);
  } finally {
    busy--;
  }
  process.stdout.write(`done ${port}\n`);
}

for await (const line of createInterface({ input: process.stdin })) void run(JSON.parse(line));
