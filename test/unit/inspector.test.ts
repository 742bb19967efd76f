import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { HumanError } from '../../src/base/errors';
import { locate } from '../../src/target/inspector';
import { fetchTarget, parseTargetList } from '../../src/target/inspectorHttp';
import type { Listener, Machine, SystemProcess } from '../../src/target/machine/machine';
import { inspectorPorts, locatePid } from '../../src/target/openInspector';

const ID = '3d2f7a0e-0000-4000-8000-000000000001';
const LIST = JSON.stringify([
  { id: ID, type: 'node', title: 'api.js', webSocketDebuggerUrl: `ws://127.0.0.1:1/${ID}` },
]);

/** Rejects with a HumanError whose sentence matches. */
async function says(promise: Promise<unknown>, sentence: RegExp): Promise<void> {
  await assert.rejects(promise, (error: Error) => {
    assert.ok(error instanceof HumanError, error.stack ?? '');
    assert.match(error.message, sentence);
    return true;
  });
}

describe('the answer of an inspector', () => {
  it('names the Node target', () => {
    assert.equal(parseTargetList(LIST, '127.0.0.1', 9229), ID);
  });

  const others: [string, string, RegExp][] = [
    ['a page of a web server', '<html>', /^A web server listens on 127\.0\.0\.1:9229, but not the inspector/],
    ['JSON of something else', '{"hello":1}', /^A web server listens/],
    ['a list of something else', '[{"name":"x"}]', /^A web server listens/],
    ['a list of nothing', '[]', /belongs to something else than Node/],
    ['a list of null', '[null]', /belongs to something else than Node/],
    [
      'a browser',
      LIST.replace('"node"', '"page"'),
      /^The inspector on 127\.0\.0\.1:9229 belongs to something else than Node\. Pick/,
    ],
    ['an id that would change the address', LIST.replace(`"${ID}"`, '"x@evil/../"'), /belongs to something else/],
  ];
  for (const [name, text, sentence] of others) {
    it(`is not taken from ${name}`, () => {
      assert.throws(() => parseTargetList(text, '127.0.0.1', 9229), { name: 'HumanError', message: sentence });
    });
  }
});

describe('asking a port for its target', () => {
  const servers: (Server | HttpServer)[] = [];
  const listen = async (server: Server | HttpServer): Promise<number> => {
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const http = (body: string, status = 200, headers: Record<string, string> = {}): Promise<number> =>
    listen(createHttpServer((_, response) => response.writeHead(status, headers).end(body)));

  afterEach(async () => {
    for (const server of servers.splice(0)) {
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  });

  it('leads to the port that was asked, whatever address the answer names', async () => {
    const port = await http(LIST);
    assert.equal((await fetchTarget('127.0.0.1', port, 1000)).webSocketUrl, `ws://127.0.0.1:${port}/${ID}`);
    const located = await locate({ host: 'localhost', port });
    assert.deepEqual(located, {
      webSocketUrl: `ws://127.0.0.1:${port}/${ID}`,
      host: '127.0.0.1',
      port,
      expectedPid: null,
      openedByUs: false,
    });
  });

  it('names an IP address as its host, because Node refuses any other', async () => {
    let host = '';
    const port = await listen(
      createHttpServer((request, response) => {
        host = request.headers.host ?? '';
        response.end(LIST);
      }),
    );
    await fetchTarget('localhost', port, 1000);
    assert.equal(host, `127.0.0.1:${port}`);
  });

  it('does not follow a redirect', async () => {
    let followed = false;
    const other = await listen(
      createHttpServer((_, response) => {
        followed = true;
        response.end(LIST);
      }),
    );
    const port = await http('', 302, { Location: `http://127.0.0.1:${other}/json/list` });
    await says(fetchTarget('127.0.0.1', port, 1000), /^A web server listens/);
    assert.equal(followed, false);
  });

  it('gives up an answer of more than 1 MB', async () => {
    await says(fetchTarget('127.0.0.1', await http(`[${' '.repeat(1_100_000)}]`), 1000), /^A web server listens/);
  });

  it('gives up an answer that comes byte by byte', async () => {
    const port = await listen(
      createHttpServer((_, response) => {
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
      }),
    );
    await says(fetchTarget('127.0.0.1', port, 200), /does not answer within 0\.2 s\. Check host and port/);
  });

  it('stops when it is aborted', async () => {
    const abort = new AbortController();
    const port = await listen(createHttpServer(() => abort.abort()));
    await assert.rejects(fetchTarget('127.0.0.1', port, 5000, abort.signal), { name: 'AbortError' });
  });

  it('refuses what is no address', async () => {
    await says(locate({ host: '', port: 1 }), /is no address\. Enter host:port/);
    await says(locate({ host: 'x', port: 70_000 }), /is no address/);
    for (const url of [
      'http://127.0.0.1:9229/x',
      'ws://127.0.0.1:9229',
      'wss://127.0.0.1:9229/x',
      'x',
      'ws://127.0.0.1:1/a/b',
    ]) {
      await says(locate({ url }), /is no inspector address\. It has the form ws:\/\/127\.0\.0\.1:9229\/<id>\./);
    }
    await says(locate({ pid: -1 }), /is no process id/);
    await says(locate({ pid: process.pid }), /is this program itself/);
  });

  it('takes a ws:// address as it is', async () => {
    const located = await locate({ url: `ws://[::1]:9333/${ID}` });
    assert.equal(located.webSocketUrl, `ws://[::1]:9333/${ID}`);
    assert.deepEqual([located.host, located.port], ['::1', 9333]);
  });

  describe('of a process', () => {
    // Ours, because it is alive and may be signalled; the machine is made up.
    const pid = process.pid;
    const target = (more: Partial<SystemProcess> = {}): SystemProcess => ({
      pid,
      innerPid: pid,
      executable: '/usr/bin/node',
      argv: ['node', '--inspect-port=0', 'api.js'],
      environmentOptions: [],
      user: 'anna',
      startedAtMs: 0,
      catchesSigusr1: true,
      stopped: false,
      sameNetwork: true,
      installation: null,
      nodeVersion: null,
      ...more,
    });
    const machine = (found: SystemProcess | null, more: Partial<Machine> = {}): Machine => ({
      nodeProcesses: () => Promise.resolve([]),
      parents: () => Promise.resolve(new Map()),
      find: () => Promise.resolve(found),
      isAlive: () => Promise.resolve(true),
      listeners: () => Promise.resolve([]),
      holder: () => Promise.resolve(null),
      openInspector: () => Promise.reject(new Error('must not be asked')),
      ...more,
    });
    const on = (port: number): Listener => ({ pid, host: '127.0.0.1', port });

    it('asks the port that its arguments name, and expects the pid that the process sees itself', async () => {
      const port = await http(LIST);
      const found = target({ innerPid: 7, argv: ['node', `--inspect=${port}`, 'api.js'] });
      const located = await locatePid(pid, {
        machine: machine(found, { listeners: () => Promise.resolve([on(port)]) }),
      });
      assert.deepEqual([located.port, located.expectedPid, located.openedByUs], [port, 7, false]);
    });

    it('asks no port but the one that arguments name and the usual ones', () => {
      const ports = inspectorPorts({ atStart: true, port: 9400 }, [80, 9228, 9240, 9229, 9330, 9400, 50_000].map(on));
      assert.deepEqual(
        ports.map(({ port }) => port),
        [9400, 9229, 9240],
      );
    });

    it('opens it, and takes the port that appeared', async () => {
      const old = await http('a server of the program itself');
      const port = await http(LIST);
      const listening = [on(old)];
      const opening = machine(target(), {
        listeners: () => Promise.resolve([...listening]),
        openInspector: () => Promise.resolve(void listening.push(on(port))),
      });
      const located = await locatePid(pid, { machine: opening });
      assert.deepEqual([located.port, located.openedByUs], [port, true]);
    });

    it('gives the address although aborted, once it was asked to open', async () => {
      const abort = new AbortController();
      const port = await http(LIST);
      const listening: Listener[] = [];
      const opening = machine(target(), {
        listeners: () => Promise.resolve([...listening]),
        openInspector: () => {
          abort.abort();
          return Promise.resolve(void listening.push(on(port)));
        },
      });
      assert.equal((await locatePid(pid, { machine: opening, signal: abort.signal })).openedByUs, true);
    });

    const sentences: [string, Machine, RegExp][] = [
      ['does not exist', machine(null), /^Process \d+ does not exist \(any more\)\. Refresh the list/],
      [
        'is not Node',
        machine(target({ executable: '/usr/bin/sleep' })),
        /^Process \d+ is sleep, not Node\. Pick a Node process/,
      ],
      [
        'may not be read',
        machine(target({ executable: null })),
        /may not be read, so it is left alone\. Run VS Code as/,
      ],
      [
        'is in a container',
        machine(target({ sameNetwork: false })),
        /container with a network of its own.*Run VS Code in that container/,
      ],
      [
        'is stopped',
        machine(target({ stopped: true })),
        /is stopped and cannot answer\. Let it go on \(kill -CONT \d+\)/,
      ],
      [
        'would be ended by SIGUSR1',
        machine(target({ catchesSigusr1: false })),
        /does not listen to SIGUSR1.*--disable-sigusr1.*Start the program with node --inspect/,
      ],
      [
        'finds its port taken',
        machine(target({ argv: ['node', 'a.js'] }), { holder: () => Promise.resolve({ pid: 77 }) }),
        /opens its inspector on port 9229, but process 77 listens there\. End or detach that one first.*node --inspect=9230/,
      ],
      [
        'finds its port taken by somebody unknown',
        machine(target({ argv: ['node', 'a.js'] }), { holder: () => Promise.resolve({ pid: null }) }),
        /but another process listens there/,
      ],
      [
        'belongs to somebody else',
        machine(target(), { openInspector: () => Promise.reject(Object.assign(new Error('x'), { code: 'EPERM' })) }),
        /^Process \d+ belongs to the user anna, .*Run VS Code as the same user/,
      ],
      [
        'ends before the signal',
        machine(target(), { openInspector: () => Promise.reject(Object.assign(new Error('x'), { code: 'ESRCH' })) }),
        /does not exist \(any more\)/,
      ],
      [
        'ends after the signal',
        machine(target(), { openInspector: () => Promise.resolve(), isAlive: () => Promise.resolve(false) }),
        /does not exist \(any more\)/,
      ],
      [
        'cannot be asked',
        machine(target(), {
          openInspector: () => Promise.reject(new Error('The system cannot find the file specified')),
        }),
        /could not be opened: The system cannot find the file specified\. Start the program with node --inspect/,
      ],
      [
        'does not open it',
        machine(target(), { openInspector: () => Promise.resolve() }),
        /did not open its inspector within 0\.1 s: it handles SIGUSR1 itself.*start the program with node --inspect/,
      ],
    ];
    for (const [name, made, sentence] of sentences) {
      it(`that ${name} gets its own sentence`, () =>
        says(locatePid(pid, { machine: made, openTimeoutMs: 100 }), sentence));
    }
  });
});
