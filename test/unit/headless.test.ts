import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Snapshot } from '../../src/protocol/snapshot';
import { Recording } from '../../src/recording/recording';

// The runner builds dist/ and starts mocha in the folder of the project.
const headless = path.resolve('dist/headless.js');

interface Run {
  child: ChildProcess;
  lines: () => string[];
  stderr: () => string;
  /** Resolves when a condition on what was written holds. */
  until(condition: () => boolean, what: string): Promise<void>;
  ended: Promise<number | string>;
}

let folder = '';
let children: ChildProcess[] = [];

function start(args: string[]): Run {
  const env = { ...process.env };
  delete env.NODE_OPTIONS;
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  children.push(child);
  let stdout = '';
  let stderr = '';
  let heard: () => void = () => undefined;
  child.stdout.on('data', (data: Buffer) => {
    stdout += data.toString();
    heard();
  });
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString();
    heard();
  });
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      resolve(code ?? signal ?? 'unknown');
      heard();
    });
  });
  return {
    child,
    lines: () => stdout.split('\n').slice(0, -1),
    stderr: () => stderr,
    until: async (condition, what) => {
      while (!condition()) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ended before ${what}: ${stderr}`);
        await new Promise<void>((resolve) => {
          heard = resolve;
        });
      }
    },
    ended,
  };
}

const run = (...args: string[]): Run => start([headless, ...args]);

/** A target that leaks a timer a second turn, with its inspector on a free port. */
async function target(source: string): Promise<Run & { url: string; port: string }> {
  const file = path.join(folder, `target${children.length}.cjs`);
  writeFileSync(file, source);
  const started = start(['--inspect=127.0.0.1:0', file]);
  const address = /(ws:\/\/127\.0\.0\.1:(\d+)\/\S+)/;
  await started.until(() => address.test(started.stderr()) && started.lines().length > 0, 'the target was ready');
  const [, url = '', port = ''] = address.exec(started.stderr()) ?? [];
  return { ...started, url, port };
}

const ALIVE = "setInterval(() => {}, 50); console.log('ready');";

/** What a failure has to look like: nothing on stdout after the beats, one line on stderr, exit code 1. */
async function failure(started: Run): Promise<string> {
  assert.equal(await started.ended, 1);
  const text = started.stderr();
  assert.match(text, /^[^\n]+[.)\]]\n$/, `one sentence: ${text}`);
  assert.doesNotMatch(text, /unexpected|undefined|\bat \w+ \(/);
  return text;
}

describe('The headless command', () => {
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'loopscope-headless-'));
  });

  afterEach(async () => {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    children = [];
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('prints one snapshot a line, detaches, exits 0, and the target goes on with its inspector open', async () => {
    const process = await target(ALIVE);
    const command = run('--port', process.port, '--beats', '3', '--beat-ms', '250');
    assert.equal(await command.ended, 0, command.stderr());
    assert.equal(command.stderr(), '');
    const snapshots = command.lines().map((line) => JSON.parse(line) as Snapshot);
    assert.deepEqual(
      snapshots.map(({ version, sequence, level, target: { pid } }) => ({ version, sequence, level, pid })),
      [1, 2, 3].map((sequence) => ({ version: 1, sequence, level: 'track', pid: process.child.pid })),
    );
    assert.ok(snapshots.some(({ pending }) => pending.some(({ type, count }) => type === 'Timeout' && count === 1)));
    assert.equal((await fetch(`http://127.0.0.1:${process.port}/json/version`)).status, 200);
  });

  it('attaches by the websocket URL, at the level that is asked for', async () => {
    const { url } = await target(ALIVE);
    const command = run('--url', url, '--beats', '1', '--level', 'observe');
    assert.equal(await command.ended, 0, command.stderr());
    assert.equal((JSON.parse(command.lines()[0] ?? '') as Snapshot).level, 'observe');
  });

  it('prints what keeps the process alive, with the line, and detaches', async () => {
    const { port } = await target(`\n\n${ALIVE}`);
    const command = run('--port', port, '--keep-alive', '--beat-ms', '250');
    assert.equal(await command.ended, 0, command.stderr());
    const text = command.lines().join('\n');
    assert.match(text, /^# What keeps target\d+\.cjs \(pid \d+\) alive\?\n/);
    assert.match(text, /\n## 1 interval at target\d+\.cjs:3\n\n.*\n\n {4}setInterval\(\(\) => \{\}, 50\);/);
  });

  it('records beats to a file that opens whole, and prints nothing', async () => {
    const { port } = await target(ALIVE);
    const file = path.join(folder, 'a.loopscope');
    const command = run('--port', port, '--record', file, '--beats', '2', '--beat-ms', '250');
    assert.equal(await command.ended, 0, command.stderr());
    assert.deepEqual(command.lines(), []);
    const recording = await Recording.open(file);
    assert.equal(recording.cut, null);
    assert.equal(recording.frames.length, 2);
    await recording.close();
  });

  it('says after how many beats the target ended, and exits 1', async () => {
    const { port, child, ended } = await target(ALIVE);
    const command = run('--port', port, '--beats', '1000', '--beat-ms', '250');
    await command.until(() => command.lines().length >= 2, 'two beats');
    child.kill('SIGTERM');
    assert.match(await failure(command), /^The attachment ended after \d+ of 1000 beats\. /);
    assert.equal(await ended, 'SIGTERM');
  });

  it('detaches before it stops at SIGINT', async () => {
    const process = await target(
      "setInterval(() => {}, 50); const had = Object.getOwnPropertyNames(globalThis).length; const emit = require('events').prototype.on;" +
        "process.on('message', () => {}); setInterval(() => { if (require('events').prototype.on !== emit) console.log('in');" +
        " else if (Object.getOwnPropertyNames(globalThis).length === had) console.log('out'); }, 20); console.log('ready');",
    );
    const command = run('--port', process.port, '--beats', '1000', '--beat-ms', '250');
    await command.until(() => command.lines().length >= 2, 'two beats');
    await process.until(() => process.lines().includes('in'), 'the probe was in');
    command.child.kill('SIGINT');
    assert.match(await failure(command), /^Stopped by SIGINT/);
    // Detached when the command has ended, not some time later.
    const count = process.lines().length;
    await process.until(() => process.lines().length > count + 3, 'the target went on');
    assert.deepEqual([...new Set(process.lines().slice(count + 1))], ['out']);
  });

  it('stops when nobody reads any more, and detaches', async () => {
    const { port } = await target(ALIVE);
    const command = run('--port', port, '--beats', '1000', '--beat-ms', '250');
    await command.until(() => command.lines().length >= 1, 'a beat');
    command.child.stdout?.destroy();
    assert.match(await failure(command), /^Standard output was closed/);
  });

  it('says what to do when nothing listens at the port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    assert.match(await failure(run('--port', String(port))), new RegExp(`127\\.0\\.0\\.1:${port}`));
  });

  const wrong: [string[], RegExp][] = [
    [[], /exactly one of --port, --pid and --url/],
    [['--port', '9229', '--pid', '1'], /exactly one of/],
    [['--port', 'x'], /--port must be a whole number from 1 to 65535, not "x"/],
    [['--port', '9229', '--beats', '0'], /--beats must be/],
    [['--port', '9229', '--beats', '1.5'], /--beats must be/],
    [['--port', '9229', '--beat-ms', '10'], /--beat-ms must be a whole number from 250 to 10000/],
    [['--port', '9229', '--level', 'deeper'], /--level must be one of observe, track, deep/],
    [['--host', 'a', '--pid', '1'], /--host needs --port/],
    [['--port', '9229', '--host', 'a b'], /not a host name/],
    [['--url', 'http://a'], /ws:\/\//],
    [['--pid', '1', '--keep-alive', '--record', 'a'], /exclude each other/],
    [['--frobnicate'], /'--frobnicate'/],
    [['--port'], /--port/],
    [['9229'], /9229/],
  ];
  for (const [args, sentence] of wrong) {
    it(`refuses "${args.join(' ')}" in one sentence`, async () => {
      const command = run(...args);
      assert.match(await failure(command), sentence);
      assert.deepEqual(command.lines(), []);
    });
  }
});
