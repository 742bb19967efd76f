import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import dns from 'node:dns';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { HumanError } from '../../src/base/errors';
import { ClosedError, connect, NoAnswerError, ProtocolError, type Session } from '../../src/target/session';
import { textFrame as frame } from '../support/rogueInspector';

/** A server that answers a WebSocket handshake and then does as it likes. */
async function rogue(
  onOpen: (socket: Socket) => void,
  answerHandshake = true,
): Promise<{ server: Server; url: string; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    if (!answerHandshake) {
      onOpen(socket);
      return;
    }
    socket.once('data', (data) => {
      const key = /sec-websocket-key: (\S+)/i.exec(String(data))?.[1] ?? '';
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      onOpen(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/rogue`, sockets };
}

describe('a session with a real Node', () => {
  let child: ChildProcess;
  let url: string;
  const open: Session[] = [];
  const session = async (): Promise<Session> => {
    const one = await connect(url);
    open.push(one);
    return one;
  };

  beforeEach(async () => {
    const program = 'setInterval(() => {}, 1000); process.stdout.write("started")';
    child = spawn(process.execPath, ['--inspect=0', '-e', program], { stdio: ['ignore', 'pipe', 'pipe'] });
    // The inspector listens before there is a `require`.
    const started = once(child.stdout!, 'data');
    let text = '';
    for await (const chunk of child.stderr ?? []) {
      text += String(chunk);
      const found = /ws:\/\/\S+/.exec(text)?.[0];
      if (found === undefined) continue;
      url = found;
      break;
    }
    await started;
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  it('answers commands and leaves the DNS order of this process alone', async () => {
    const one = await session();
    const answer = await one.send<{ result: { value: number } }>('Runtime.evaluate', { expression: 'process.pid' });
    assert.equal(answer.result.value, child.pid);
    assert.equal(dns.getDefaultResultOrder(), 'verbatim');
  });

  it('rejects with the place where the command was sent', async () => {
    const one = await session();
    async function theCaller(): Promise<void> {
      await one.send('Nothing.atAll');
    }
    await assert.rejects(theCaller, (error: Error) => {
      assert.ok(error instanceof ProtocolError);
      assert.match(error.message, /^Nothing\.atAll: .*wasn't found/);
      assert.match(error.stack ?? '', /theCaller/);
      return true;
    });
  });

  it('gives up a command after its time-out, and goes on', async () => {
    const one = await session();
    const never = { expression: 'new Promise(() => {})', awaitPromise: true };
    await assert.rejects(one.send('Runtime.evaluate', never, 50), NoAnswerError);
    await one.send('Runtime.evaluate', { expression: '1' });
  });

  it('waits for as long as it takes once it is patient', async () => {
    const one = await connect(url, { timeoutMs: 50 });
    open.push(one);
    const late = { expression: 'new Promise((resolve) => setTimeout(resolve, 200))', awaitPromise: true };
    await assert.rejects(one.send('Runtime.evaluate', late), NoAnswerError);
    one.bePatient();
    await one.send('Runtime.evaluate', late);
  });

  it('gives up what waits for an answer when it is aborted, and sends what comes later', async () => {
    const controller = new AbortController();
    const one = await connect(url, { signal: controller.signal });
    open.push(one);
    const never = one.send('Runtime.evaluate', { expression: 'new Promise(() => {})', awaitPromise: true });
    controller.abort();
    await assert.rejects(never, { name: 'AbortError' });
    await one.send('Runtime.evaluate', { expression: '1' });
    await assert.rejects(connect(url, { signal: controller.signal }), { name: 'AbortError' });
  });

  it('delivers events by name until unsubscribed, also past a listener that throws', async () => {
    const one = await session();
    const seen: string[] = [];
    one.on('Runtime.consoleAPICalled', () => {
      throw new Error('a listener of ours is broken');
    });
    const subscription = one.on<{ args: { value: string }[] }>('Runtime.consoleAPICalled', ({ args }) => {
      seen.push(args[0]?.value ?? '');
    });
    await one.send('Runtime.enable');
    await one.send('Runtime.evaluate', { expression: 'console.log("a")' });
    subscription.dispose();
    await one.send('Runtime.evaluate', { expression: 'console.log("b")' });
    assert.deepEqual(seen, ['a']);
  });

  it('closes only after everything that was sent has left', async () => {
    const one = await session();
    const lost = one.send('Runtime.evaluate', { expression: 'globalThis.last = 42' }).catch((error: unknown) => error);
    await one.close();
    await lost;
    const other = await session();
    const answer = await other.send<{ result: { value: number } }>('Runtime.evaluate', {
      expression: 'globalThis.last',
    });
    assert.equal(answer.result.value, 42);
    await assert.rejects(one.send('Runtime.evaluate', { expression: '1' }), ClosedError);
  });

  it('tells the end of the target once, and fails what is under way', async () => {
    const one = await session();
    let ends = 0;
    const ended = new Promise<void>((resolve) => {
      one.onDidClose(() => {
        ends++;
        resolve();
      });
    });
    const pending = assert.rejects(
      one.send('Runtime.evaluate', { expression: 'new Promise(() => {})', awaitPromise: true }),
      ClosedError,
    );
    child.kill('SIGKILL');
    await Promise.all([ended, pending]);
    await one.close();
    assert.equal(ends, 1);
  });

  it('lets the target close its inspector and go on', async () => {
    const one = await session();
    let ends = 0;
    one.onDidClose(() => ends++);
    const closing = one.send('Runtime.evaluate', {
      expression: 'require("inspector").close()',
      includeCommandLineAPI: true,
    });
    await Promise.all([assert.rejects(closing, ClosedError), one.ended()]);
    assert.equal(ends, 0);
    await assert.rejects(connect(url), /Nothing listens/);
    await assert.rejects(one.send('Runtime.evaluate'), ClosedError);
  });

  it('does not report an end that we asked for', async () => {
    const one = await session();
    let ends = 0;
    one.onDidClose(() => ends++);
    await one.close();
    await one.close();
    one.dispose();
    assert.equal(ends, 0);
  });

  it('says when the target that an address names is gone', async () => {
    const stale = url.replace(/\/[^/]+$/, '/00000000-0000-0000-0000-000000000000');
    await assert.rejects(connect(stale), (error: Error) => {
      assert.ok(error instanceof HumanError);
      assert.match(error.message, /answers, but not as the target that was named.*attach again by host and port/);
      return true;
    });
  });
});

describe('a session with somebody who means harm', () => {
  const rogues: Awaited<ReturnType<typeof rogue>>[] = [];
  const start = async (...args: Parameters<typeof rogue>): Promise<Awaited<ReturnType<typeof rogue>>> => {
    const one = await rogue(...args);
    rogues.push(one);
    return one;
  };

  afterEach(async () => {
    for (const { server, sockets } of rogues.splice(0)) {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    }
  });

  const closed = (one: Session): Promise<void> =>
    new Promise((resolve) => {
      one.onDidClose(() => resolve());
    });

  it('ends when a message is no JSON', async () => {
    const { url } = await start((socket) => setImmediate(() => socket.write(frame('{'))));
    const one = await connect(url);
    await assert.rejects(one.send('Runtime.evaluate'), ClosedError);
  });

  it('survives messages that are no objects and events with names of our own', async () => {
    let socket: Socket | undefined;
    const { url } = await start((opened) => {
      socket = opened;
      // Together with the handshake: nobody has subscribed yet.
      opened.write(frame('null'));
      opened.write(frame('{"method":"error"}'));
    });
    const one = await connect(url);
    for (const text of [
      '7',
      '[]',
      '{"id":"constructor"}',
      '{"id":99,"result":{}}',
      '{"method":"error"}',
      '{"method":"disconnect"}',
      '{"id":0,"method":"error"}',
      '{"id":0,"method":"disconnect"}',
    ]) {
      socket?.write(frame(text));
    }
    const last = new Promise<unknown>((resolve) => {
      one.on('A.last', resolve);
    });
    socket?.write(frame('{"method":"A.last","params":{"x":1}}'));
    assert.deepEqual(await last, { x: 1 });
    one.dispose();
  });

  it('ends when a message is larger than 64 MB, before it has come', async () => {
    const { url } = await start((socket) => setImmediate(() => socket.write(frame('{"x":"', 65 * 1024 * 1024))));
    await closed(await connect(url));
  });

  it('does not follow redirects', async () => {
    const elsewhere = await start(() => assert.fail('was followed'));
    const { url } = await start((socket) => {
      socket.end(
        `HTTP/1.1 302 Found\r\nLocation: ${elsewhere.url.replace('ws:', 'http:')}\r\nContent-Length: 0\r\n\r\n`,
      );
    }, false);
    await assert.rejects(connect(url), HumanError);
    assert.equal(elsewhere.sockets.length, 0);
  });

  it('gives up a server that says nothing, and hangs up', async () => {
    let hangUp: () => void;
    const hungUp = new Promise<void>((resolve) => (hangUp = resolve));
    const { url } = await start((socket) => socket.resume().on('close', () => hangUp()), false);
    await assert.rejects(connect(url, { timeoutMs: 100 }), (error: Error) => {
      assert.ok(error instanceof HumanError);
      assert.match(error.message, /^127\.0\.0\.1:\d+ does not answer within 0\.1 s\. Check host and port/);
      return true;
    });
    await hungUp;
  });

  it('closes within two seconds although the other side does not', async () => {
    const { url } = await start(() => undefined);
    const one = await connect(url);
    const begun = performance.now();
    await one.close();
    assert.ok(performance.now() - begun < 4000);
  });

  it('breaks a connection that the other side does not end in time', async () => {
    const { url, sockets } = await start(() => undefined);
    const one = await connect(url);
    const broken = once(sockets[0]!, 'close');
    await one.ended(50);
    await broken;
    assert.equal(sockets[0]?.destroyed, true);
  });

  it('says so when a server speaks no HTTP', async () => {
    const { url } = await start((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'), false);
    await assert.rejects(
      connect(url),
      /A program listens on 127\.0\.0\.1:\d+, but not the inspector of a Node process\. Pick/,
    );
  });
});
