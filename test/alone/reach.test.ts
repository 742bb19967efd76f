import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { HumanError } from '../../src/base/errors';
import { locate, type Located } from '../../src/target/inspector';
import { listProcesses } from '../../src/target/processes';
import { connect } from '../../src/target/session';
import { thisMachine } from '../../src/target/thisMachine';
import { ensureNode, NODE_MAJORS } from '../support/nodes.mjs';
import { cleanEnv, endGroup, spawnGroup } from '../support/processes.mjs';

const IDLE = 'setInterval(() => {}, 1000); console.log("ready")';

describe('reaching real processes', () => {
  const children: ChildProcess[] = [];
  const servers: (Server | HttpServer)[] = [];
  const sockets: Socket[] = [];

  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => endGroup(child, 0)));
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) {
      server.close();
      await once(server, 'close');
    }
  });

  /** Starts node and waits until its program runs. */
  async function start(node: string, args: string[]): Promise<number> {
    const child = spawnGroup(node, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    child.stderr.resume();
    await once(child.stdout, 'data');
    child.stdout.resume();
    return child.pid!;
  }

  async function listen(server: Server | HttpServer, port = 0): Promise<number> {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    server.on('connection', (socket: Socket) => sockets.push(socket));
    return (server.address() as AddressInfo).port;
  }

  async function says(promise: Promise<unknown>, sentence: string | RegExp): Promise<void> {
    await assert.rejects(promise, (error: Error) => {
      assert.ok(error instanceof HumanError, error.stack ?? '');
      if (typeof sentence === 'string') assert.equal(error.message, sentence);
      else assert.match(error.message, sentence);
      return true;
    });
  }

  async function pidBehind({ webSocketUrl }: Located): Promise<unknown> {
    const session = await connect(webSocketUrl);
    try {
      const answer = await session.send<{ result: { value: unknown } }>('Runtime.evaluate', {
        expression: 'process.pid',
      });
      return answer.result.value;
    } finally {
      await session.close();
    }
  }

  const alive = (pid: number): boolean => process.kill(pid, 0);

  for (const major of NODE_MAJORS) {
    it(`opens the closed inspector of Node ${major}, CommonJS and ESM`, async () => {
      const node = await ensureNode(major);
      for (const type of ['commonjs', 'module']) {
        const pid = await start(node, [`--input-type=${type}`, '-e', IDLE]);
        const located = await locate({ pid });
        assert.deepEqual([located.expectedPid, located.openedByUs, located.port], [pid, true, 9229]);
        assert.equal(await pidBehind(located), pid);
        // The next one opens on the same port.
        await endGroup(children.pop()!, 0);
      }
    });

    it(`finds the open inspector of Node ${major} without opening anything`, async () => {
      const node = await ensureNode(major);
      const probe = createServer();
      const port = await listen(probe);
      servers.pop();
      await new Promise((resolve) => probe.close(resolve));
      const pid = await start(node, [`--inspect=${port}`, '-e', IDLE]);
      const located = await locate({ pid });
      assert.deepEqual([located.expectedPid, located.openedByUs, located.port], [pid, false, port]);
      assert.equal(await pidBehind(located), pid);
      assert.equal(await pidBehind(await locate({ host: 'localhost', port })), pid);
      assert.equal(await pidBehind(await locate({ url: located.webSocketUrl })), pid);
    });
  }

  for (const major of NODE_MAJORS) {
    it(`closes the inspector of Node ${major} again without hanging the program`, async () => {
      const node = await ensureNode(major);
      for (let round = 0; round < 8; round++) {
        // In our own process group: in one of its own the kernel gives it other turns, and the race is hardly ever lost.
        const args = ['--inspect-port=0', '-e', 'setInterval(() => console.log(Date.now()), 5)'];
        const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'ignore'], env: cleanEnv() });
        let tickMs = 0;
        child.stdout.on('data', (text) => (tickMs = Number(String(text).trim().split('\n').pop())));
        try {
          await once(child.stdout, 'data');
          const session = await connect((await locate({ pid: child.pid! })).webSocketUrl);
          // An answer first: a session that has just begun does not meet the race.
          await session.send('Runtime.evaluate', { expression: '1' });
          const expression = 'require("inspector").close()';
          session.send('Runtime.evaluate', { expression, includeCommandLineAPI: true }).catch(() => undefined);
          await session.ended();
          assert.deepEqual(await thisMachine().listeners([child.pid!]), []);
          for (const closedAtMs = Date.now(); !(tickMs > closedAtMs);) await delay(5);
        } finally {
          child.kill('SIGKILL');
          await once(child, 'exit');
        }
      }
    });
  }

  it('opens the inspector of a program that is in a synchronous loop', async () => {
    const loop = `${IDLE}; setTimeout(() => { const end = Date.now() + 4000; while (Date.now() < end); process.exit(); }, 50)`;
    const pid = await start(process.execPath, ['--inspect-port=0', '-e', loop]);
    const located = await locate({ pid });
    assert.equal(await pidBehind(located), pid);
  });

  it('lists a process with its program, version, port and start', async () => {
    const node = await ensureNode(22);
    const before = Date.now();
    const pid = await start(node, ['--inspect=127.0.0.1:0', '-e', IDLE]);
    const named = await start(process.execPath, ['-e', `process.title = "my service"; ${IDLE}`]);
    const list = await listProcesses();
    const found = list.find((one) => one.pid === pid);
    assert.equal(found?.program, 'node -e');
    assert.match(found.nodeVersion ?? '', /^22\.\d+\.\d+$/);
    // The kernel counts starts in hundredths since a boot that it tells in whole seconds.
    assert.ok(Math.abs((found.startedAtMs ?? 0) - before) < 5000);
    const service = list.find((one) => one.pid === named);
    assert.deepEqual(
      [service?.program, service?.nodeVersion, service?.inspector],
      ['my service', process.versions.node, null],
    );
    assert.ok(!list.some((one) => one.pid === process.pid));
    const starts = list.map((one) => one.startedAtMs ?? 0);
    assert.deepEqual(
      starts,
      [...starts].sort((a, b) => b - a),
    );
  });

  it('lists the port of an inspector that is open', async () => {
    const pid = await start(process.execPath, ['-e', IDLE]);
    const { host, port } = await locate({ pid });
    const found = (await listProcesses()).find((one) => one.pid === pid);
    assert.deepEqual(found?.inspector, { host, port });
  });

  it('says what to do about a port where nothing listens', async () => {
    const server = createServer();
    const port = await listen(server);
    servers.pop();
    await new Promise((resolve) => server.close(resolve));
    await says(
      locate({ host: '127.0.0.1', port }),
      `Nothing listens on 127.0.0.1:${port}. Start the program with node --inspect=${port}, or pick the process from the list.`,
    );
  });

  it('says what to do about a port of a web server', async () => {
    const port = await listen(createHttpServer((_, response) => response.end('<html>')));
    const sentence =
      `A web server listens on 127.0.0.1:${port}, but not the inspector of a Node process. ` +
      'Pick the process from the list, or enter the port that node printed after "Debugger listening on".';
    await says(locate({ host: '127.0.0.1', port }), sentence);
  });

  it('says what to do about a port that speaks no HTTP', async () => {
    const port = await listen(
      createServer((socket) => socket.on('error', () => undefined).end('220 mail.example.org\r\n')),
    );
    const sentence =
      `A program listens on 127.0.0.1:${port}, but not the inspector of a Node process. ` +
      'Pick the process from the list, or enter the port that node printed after "Debugger listening on".';
    await says(locate({ host: '127.0.0.1', port }), sentence);
  });

  it('says what to do about a port that says nothing', async () => {
    const port = await listen(
      createServer((socket) => {
        socket.on('error', () => undefined).resume();
      }),
    );
    await says(
      locate({ host: '127.0.0.1', port }),
      `127.0.0.1:${port} does not answer within 3 s. Check host and port; when they are right, the process is stopped or ` +
        'a firewall lies between.',
    );
  });

  it('leaves a process alone that is not Node', async () => {
    const child = spawnGroup('sleep', ['60']);
    children.push(child);
    await once(child, 'spawn');
    const pid = child.pid!;
    await says(locate({ pid }), `Process ${pid} is sleep, not Node. Pick a Node process from the list.`);
    assert.ok(alive(pid));
  });

  it('says what to do about a process of another user', async () => {
    // Who is not root may not signal the first process; root has to become somebody else for a moment.
    const isRoot = process.getuid?.() === 0;
    let pid = 1;
    if (isRoot) {
      const child = spawnGroup('sleep', ['60'], { uid: 4321, gid: 4321 });
      children.push(child);
      await once(child, 'spawn');
      pid = child.pid!;
      process.seteuid!(65534);
    }
    try {
      const owner = isRoot ? '4321' : 'root';
      await says(
        locate({ pid }),
        `Process ${pid} belongs to the user ${owner}, and its inspector may not be opened from here. Run VS Code as the ` +
          'same user, or start the program with node --inspect and attach by host and port.',
      );
    } finally {
      if (isRoot) process.seteuid!(0);
    }
  });

  it('says that a process has ended, before the signal and because of it', async () => {
    const gone = (pid: number): string =>
      `Process ${pid} does not exist (any more). Refresh the list and pick another one.`;
    const ended = await start(process.execPath, ['-e', IDLE]);
    await endGroup(children.pop()!, 0);
    await says(locate({ pid: ended }), gone(ended));
    const ending = await start(process.execPath, [
      '--inspect-port=0',
      '-e',
      `process.on("SIGUSR1", () => process.exit()); ${IDLE}`,
    ]);
    await says(locate({ pid: ending }), gone(ending));
  });

  it('says who has the port where Node opens its inspector, and sends no signal', async () => {
    const port = await listen(createServer());
    const pid = await start(process.execPath, [
      `--inspect-port=${port}`,
      '-e',
      `process.on("SIGUSR1", () => process.exit(1)); ${IDLE}`,
    ]);
    await says(
      locate({ pid }),
      `Process ${pid} opens its inspector on port ${port}, but process ${process.pid} listens there. End or detach that ` +
        `one first, or start the program with node --inspect=${port + 1} and attach again.`,
    );
    assert.ok(alive(pid));
  });

  it('says so when the usual port is taken', async () => {
    // Whoever else has it already will do as well.
    await listen(createServer(), 9229).catch(() => undefined);
    const pid = await start(process.execPath, ['-e', IDLE]);
    await says(
      locate({ pid }),
      /^Process \d+ opens its inspector on port 9229, but (process \d+|another process) listens there\. .*node --inspect=9230/,
    );
  });

  it('says so when the program takes the signal itself', async () => {
    const pid = await start(process.execPath, ['--inspect-port=0', '-e', `process.on("SIGUSR1", () => {}); ${IDLE}`]);
    await says(
      locate({ pid }),
      /^Process \d+ did not open its inspector within 3 s: it handles SIGUSR1 itself, .*--inspect and attach again\.$/,
    );
  });

  it('does not end a program that was started without the signal', async () => {
    const pid = await start(await ensureNode(24), ['--disable-sigusr1', '-e', IDLE]);
    await says(locate({ pid }), /^Process \d+ does not listen to SIGUSR1, .*Start the program with node --inspect/);
    assert.ok(alive(pid));
  });

  it('says so when a process is stopped', async () => {
    const pid = await start(process.execPath, ['-e', IDLE]);
    process.kill(pid, 'SIGSTOP');
    while (!(await thisMachine().find(pid))?.stopped) await delay(10);
    await says(
      locate({ pid }),
      `Process ${pid} is stopped and cannot answer. Let it go on (kill -CONT ${pid}) and attach again.`,
    );
    process.kill(pid, 'SIGCONT');
  });
});
