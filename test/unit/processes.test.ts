import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  environmentValue,
  parseNetTcp,
  parseNulls,
  parsePasswd,
  parseStat,
  parseStatus,
} from '../../src/target/machine/linux';
import { inspectorFlags, parseNodeCommand, splitNodeOptions } from '../../src/target/machine/commandLine';
import { parseLsof, parseLsofText, parsePs, parsePsArguments } from '../../src/target/machine/macos';
import { isNodeExecutable, type Listener, type Machine, type SystemProcess } from '../../src/target/machine/machine';
import { parseVersionHeader } from '../../src/target/machine/nodeVersion';
import { programOf, withoutSecrets } from '../../src/target/machine/program';
import { parseNetstat, parseParents, parseProcesses, splitCommandLine } from '../../src/target/machine/windows';
import { listProcesses } from '../../src/target/processes';
import { root } from '../support/paths.mjs';

const recorded = (name: string): string => readFileSync(path.join(root, 'test/fixtures/recorded', name), 'utf8');

interface LinuxRecord {
  stat: string;
  status: string;
  cmdline: string;
  environ: string;
  exe: string;
  fd: string[];
  tcp: string;
  tcp6: string;
}
const linux = (name: string): LinuxRecord => JSON.parse(recorded(`linux/${name}.json`)) as LinuxRecord;

describe('processes of Linux, from recorded /proc', () => {
  it('takes state and start from stat, whatever the process is called', () => {
    assert.deepEqual(parseStat(linux('inspected').stat), { state: 'S', parentPid: 15377, startTicks: 191734 });
    const hostile = linux('plain').stat.replace('(node)', '(a) Z 1 (b)');
    assert.equal(parseStat(hostile)?.state, 'S');
    assert.equal(parseStat(''), null);
  });

  it('tells by the signal mask whether SIGUSR1 opens an inspector or ends the process', () => {
    assert.deepEqual(parseStatus(linux('inspected').status), { uid: 0, innerPid: 15383, catchesSigusr1: true });
    assert.equal(parseStatus(linux('sleep').status).catchesSigusr1, false);
    assert.equal(parseStatus(linux('noSigusr1').status).catchesSigusr1, false);
    assert.equal(parseStatus('').catchesSigusr1, null);
  });

  it('takes the pid that a process in a container sees', () => {
    assert.equal(parseStatus('Uid:\t1000\t1000\t1000\t1000\nNSpid:\t4321\t17\t1\n').innerPid, 1);
  });

  it('splits arguments and NODE_OPTIONS', () => {
    const { cmdline, environ } = linux('inspected');
    assert.deepEqual(parseNulls(cmdline), [
      'node',
      '--inspect',
      '--max-old-space-size=200',
      'my app/api.js',
      '--port',
      '8099',
    ]);
    assert.deepEqual(splitNodeOptions(environmentValue(environ, 'NODE_OPTIONS') ?? ''), [
      '--inspect-port=9300',
      '--no-warnings',
      '--conditions=a b',
    ]);
    assert.equal(environmentValue(environ, 'NODE'), null);
    assert.deepEqual(parseNulls(linux('npm').cmdline), ['npm run dev']);
    assert.deepEqual(parseNulls(linux('titled').cmdline), ['shop worker 1']);
  });

  it('finds listening sockets only, of both families, with their inodes', () => {
    const { tcp, tcp6, fd } = linux('inspected');
    assert.deepEqual(
      [...parseNetTcp(tcp), ...parseNetTcp(tcp6)].map(({ host, port }) => `${host} ${port}`),
      ['127.0.0.1 8099', '0.0.0.0 8097', '127.0.0.1 9300', ':: 8098'],
    );
    for (const { inode } of parseNetTcp(tcp)) assert.ok(fd.includes(`socket:[${inode}]`));
    const loopback6 = tcp6.replace('00000000000000000000000000000000:1FA2', '00000000000000000000000001000000:240D');
    assert.equal(parseNetTcp(loopback6)[0]?.host, '::1');
    const mapped = tcp6.replace('00000000000000000000000000000000:1FA2', '0000000000000000FFFF00000100007F:240D');
    assert.equal(parseNetTcp(mapped)[0]?.host, '::ffff:127.0.0.1');
  });

  it('reads user names', () => {
    const names = parsePasswd('root:x:0:0:root:/:/bin/sh\n# comment\nanna:x:1000:1000::/home/anna:/bin/sh\n');
    assert.deepEqual(
      [...names],
      [
        [0, 'root'],
        [1000, 'anna'],
      ],
    );
  });
});

describe('processes of macOS, from composed ps and lsof output', () => {
  const lines = parsePs(recorded('macos/ps.txt'));

  it('takes every living process apart, with start times of the local zone', () => {
    assert.deepEqual(
      lines.map(({ pid }) => pid),
      [1, 412, 4321, 4388, 4390, 4402, 4500],
    );
    assert.deepEqual(lines[4], {
      pid: 4390,
      parentPid: 4388,
      stat: 'S+',
      startedAtMs: new Date(2025, 10, 6, 23, 59, 59).getTime(),
      user: '_build',
      name: 'node',
    });
    assert.equal(lines.find(({ pid }) => pid === 412)?.name, 'Code Helper (Plugin)');
    assert.equal(lines.find(({ pid }) => pid === 4402)?.stat, 'T');
  });

  it('names programs although ps loses the quotes', () => {
    const executables = parseLsofText(recorded('macos/lsofText.txt'));
    assert.equal(executables.get(4321), '/opt/homebrew/Cellar/node/24.2.0/bin/node');
    const argv = parsePsArguments(recorded('macos/args.txt'), executables);
    const exists = (file: string): boolean => file === '/Users/anna/My Projects/shop/api.js';
    assert.deepEqual(programOf(argv.get(4321) ?? [], exists), {
      name: 'api.js',
      script: '/Users/anna/My Projects/shop/api.js',
      args: ['--port', '3001'],
    });
    assert.equal(programOf(argv.get(4388) ?? []).name, 'npm run dev');
    assert.equal(programOf(argv.get(4390) ?? []).name, 'worker.js');
    assert.equal(programOf(argv.get(4402) ?? []).name, 'cli.mjs');
    assert.equal(inspectorFlags(parseNodeCommand(argv.get(4321) ?? []).options, []).port, 9333);
  });

  it('finds the ports of each process', () => {
    assert.deepEqual(parseLsof(recorded('macos/lsofListen.txt')), [
      { pid: 4321, host: '127.0.0.1', port: 9333 },
      { pid: 4321, host: '127.0.0.1', port: 3001 },
      { pid: 4390, host: '::1', port: 9229 },
    ]);
    assert.deepEqual(parseLsof(''), []);
  });
});

describe('processes of Windows, from composed PowerShell and netstat output', () => {
  it('takes a listing of several, of one and of none', () => {
    const several = parseProcesses(recorded('windows/processes.json'));
    assert.deepEqual(
      several.map(({ pid }) => pid),
      [4321, 5010, 6000, 6100],
    );
    const [first] = several;
    assert.deepEqual([first?.startedAtMs, first?.version], [Date.UTC(2025, 10, 20, 8, 14, 3, 123), '24.2.0']);
    assert.deepEqual(several[2], {
      pid: 6000,
      name: 'node.exe',
      executable: null,
      commandLine: null,
      startedAtMs: Date.UTC(2025, 10, 20, 7, 0, 0, 500),
      version: null,
    });
    assert.deepEqual(
      parseProcesses(recorded('windows/oneProcess.json')).map(({ pid }) => pid),
      [77],
    );
    assert.deepEqual(parseProcesses('\r\n'), []);
  });

  it('reads who started whom', () => {
    assert.deepEqual(
      [...parseParents('4321 4100\r\n5010 4321\r\n\r\n')],
      [
        [4321, 4100],
        [5010, 4321],
      ],
    );
  });

  it('splits command lines as Windows does', () => {
    const [api, npm] = parseProcesses(recorded('windows/processes.json'));
    assert.deepEqual(splitCommandLine(api?.commandLine ?? ''), [
      'C:\\Program Files\\nodejs\\node.exe',
      '--inspect',
      'C:\\Users\\Anna Berg\\shop\\api.js',
      '--name',
      'a "b" c',
      '--dir',
      'C:\\data\\',
    ]);
    assert.equal(programOf(splitCommandLine(api?.commandLine ?? '')).name, 'api.js');
    assert.equal(programOf(splitCommandLine(npm?.commandLine ?? '')).name, 'npm run dev');
    assert.deepEqual(splitCommandLine('a "b c" d\\\\e "f\\\\" ""'), ['a', 'b c', 'd\\\\e', 'f\\', '']);
  });

  it('finds listening ports in any language of Windows', () => {
    assert.deepEqual(parseNetstat(recorded('windows/netstat.txt')), [
      { pid: 1204, host: '127.0.0.1', port: 135 },
      { pid: 4321, host: '127.0.0.1', port: 3001 },
      { pid: 4321, host: '127.0.0.1', port: 9229 },
      { pid: 4321, host: '::1', port: 3001 },
      { pid: 5010, host: '::1', port: 9230 },
      { pid: 5010, host: 'fe80::1c2d:3e4f', port: 4100 },
    ]);
    assert.deepEqual(
      parseNetstat(recorded('windows/netstatGerman.txt')).map(({ port }) => port),
      [135, 9229],
    );
  });
});

describe('names of programs', () => {
  const cases: [string[], string][] = [
    [['node', 'api.js'], 'api.js'],
    [
      ['/usr/bin/node20', '--enable-source-maps', '-r', './setup.js', '--import=x', '/srv/a b/dist/main.mjs', '-r'],
      'main.mjs',
    ],
    [['node', '--import', 'tsx', '--env-file', '.env', 'src/api.ts'], 'api.ts'],
    [['node', '--inspect-port', '9333', '-C', 'dev', '--', '--odd.js'], '--odd.js'],
    [['node', '-e', 'secret()'], 'node -e'],
    [['node', '--print', '1'], 'node -p'],
    [['node', '--test', 'test/a.test.js'], 'node --test'],
    [['node', '--run', 'build'], 'node --run build'],
    [['node'], 'node'],
    [['node', '--inspect'], 'node'],
    [['node', '/usr/lib/node_modules/npm/bin/npm-cli.js', 'run', 'dev', '--silent'], 'npm run dev'],
    [['node', '/usr/bin/npx', 'vite'], 'npx vite'],
    [['node', '/srv/.yarn/releases/yarn-4.5.0.cjs', 'dev'], 'yarn dev'],
    [['node', '/usr/bin/pnpm', '-r', 'build'], 'pnpm build'],
    [['node', '/srv/node_modules/.bin/vite', '--port', '1'], 'vite'],
    [['npm run dev'], 'npm run dev'],
    [[''], 'node'],
  ];
  for (const [argv, name] of cases) {
    it(`${JSON.stringify(argv)} is "${name}"`, () => assert.equal(programOf(argv).name, name));
  }

  it('keeps no code, no passwords and no keys', () => {
    const args = [
      '--token',
      'abc',
      '--api-key=xyz',
      'DB_PASSWORD=p',
      'postgres://me:pw@db/x',
      'sk0a9b8c7d6e5f4g3h2i1j0',
      '--port',
      '3001',
    ];
    assert.deepEqual(withoutSecrets(args), [
      '--token',
      '…',
      '--api-key=…',
      'DB_PASSWORD=…',
      'postgres://…@db/x',
      '…',
      '--port',
      '3001',
    ]);
    const cases: [string, string][] = [
      ['key=abc', 'key=…'],
      ['apiKey.prod=abc', 'apiKey.prod=…'],
      ['--define:process.env.API_TOKEN=abc', '--define:process.env.API_TOKEN=…'],
      ['mongodb://me:p@ss@db:27017/x', 'mongodb://…@db:27017/x'],
      ['--db=postgres://me:pw@db/x?sslpassword=q', '--db=postgres://…@db/x?sslpassword=…'],
      ['https://hooks.example/in?token=abc&x=1', 'https://hooks.example/in?token=…'],
      ['Authorization: Bearer abc def', 'Authorization: …'],
      ['--header=X-Api-Key: abc', '--header=X-Api-Key: …'],
      ['--host=me.example', '--host=me.example'],
      ['http://localhost:3000/a@b', 'http://localhost:3000/a@b'],
    ];
    for (const [argument, shown] of cases) assert.deepEqual(withoutSecrets([argument]), [shown]);
    assert.equal(withoutSecrets([`x ${'a-'.repeat(1_000_000)}`])[0]?.length, 100);
    assert.deepEqual(withoutSecrets(['--password', '-x', '--pwd', 'a b']), ['--password', '-x', '--pwd', '…']);
    assert.deepEqual(programOf(['node', '-e', 'secret()', 'x']).args, []);
    assert.equal(programOf(['my service --token=abc']).name, 'my service --token=…');
    assert.equal(programOf(['x'.repeat(5000)]).name.length, 100);
  });

  it('knows the executables of Node, and no others', () => {
    for (const name of ['node', '/usr/bin/nodejs', 'node20', 'node-22.1', 'C:\\Program Files\\nodejs\\node.exe']) {
      assert.ok(isNodeExecutable(name), name);
    }
    for (const name of ['nodemon', 'electron', 'node_exporter', '/usr/bin/node/bash', 'deno', '']) {
      assert.ok(!isNodeExecutable(name), name);
    }
  });

  it('reads a version from the header that comes with Node', () => {
    const header = '#define NODE_MAJOR_VERSION 22\n#define NODE_MINOR_VERSION 3\n#define NODE_PATCH_VERSION 0\n';
    assert.equal(parseVersionHeader(header), '22.3.0');
    assert.equal(parseVersionHeader(''), null);
  });
});

describe('inspector flags', () => {
  const cases: [string[], string[], { atStart: boolean; port: number | null }][] = [
    [[], [], { atStart: false, port: null }],
    [['--inspect'], [], { atStart: true, port: null }],
    [['--inspect=9333'], [], { atStart: true, port: 9333 }],
    [['--inspect-brk=0.0.0.0:9333'], [], { atStart: true, port: 9333 }],
    [['--inspect=[::1]:9333'], [], { atStart: true, port: 9333 }],
    [['--inspect=localhost'], [], { atStart: true, port: null }],
    [['--inspect-port=0'], [], { atStart: false, port: 0 }],
    [['--inspect-port', '9400'], ['--inspect'], { atStart: true, port: 9400 }],
    [['--inspect=9401'], ['--inspect=9400'], { atStart: true, port: 9401 }],
  ];
  for (const [options, environment, flags] of cases) {
    it(JSON.stringify([options, environment]), () => assert.deepEqual(inspectorFlags(options, environment), flags));
  }
});

describe('the list of processes', () => {
  const process = (pid: number, more: Partial<SystemProcess>): SystemProcess => ({
    pid,
    innerPid: pid,
    executable: '/usr/bin/node',
    argv: ['node', 'api.js'],
    environmentOptions: [],
    user: null,
    startedAtMs: pid,
    catchesSigusr1: true,
    stopped: false,
    sameNetwork: true,
    installation: null,
    nodeVersion: '24.2.0',
    ...more,
  });
  const machine = (processes: SystemProcess[], listeners: Listener[], parents: [number, number][] = []): Machine => ({
    nodeProcesses: () => Promise.resolve(processes),
    parents: () => Promise.resolve(new Map(parents)),
    find: () => Promise.resolve(null),
    isAlive: () => Promise.resolve(true),
    listeners: () => Promise.resolve(listeners),
    holder: () => Promise.resolve(null),
    openInspector: () => Promise.reject(new Error('not asked for')),
  });
  const on = (pid: number, port: number): Listener => ({ pid, host: '127.0.0.1', port });

  it('is newest first and believes only ports that arguments or the default name', async () => {
    const list = await listProcesses(
      machine(
        [
          process(1, { argv: ['node', '--inspect=9400', 'a.js'] }),
          process(2, {}),
          process(3, {}),
          process(4, { startedAtMs: null, sameNetwork: false }),
          process(5, { argv: ['node', '--inspect', 'cluster.js'] }),
        ],
        [on(1, 9400), on(1, 9229), on(2, 9229), on(2, 80), on(3, 9240), on(4, 9229), on(5, 9231)],
      ),
    );
    assert.deepEqual(
      list.map(({ pid, inspector }) => [pid, inspector?.port ?? null]),
      [
        [5, 9231],
        [3, null],
        [2, 9229],
        [1, 9400],
        [4, null],
      ],
    );
    assert.equal(list[0]?.program, 'cluster.js');
  });

  it('has the ancestors of each, those that are no Node too, and ends where they go in circles', async () => {
    const parents: [number, number][] = [
      [30, 20],
      [20, 10],
      [10, 1],
      [1, 0],
      [40, 50],
      [50, 40],
    ];
    const list = await listProcesses(machine([process(10, {}), process(30, {}), process(40, {})], [], parents));
    assert.deepEqual(
      list.map(({ pid, ancestors }) => [pid, ...ancestors]),
      [
        [40, 50],
        [30, 20, 10, 1],
        [10, 1],
      ],
    );
  });

  it('is there without what cannot be listed', async () => {
    const failing = {
      ...machine([process(1, {})], []),
      listeners: () => Promise.reject(new Error('no lsof')),
      parents: () => Promise.reject(new Error('no ps')),
    };
    const [listed] = await listProcesses(failing);
    assert.deepEqual([listed?.inspector, listed?.ancestors], [null, []]);
  });
});
