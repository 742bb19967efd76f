import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FINGERPRINT_ARGS, fingerprintWhere, untilSame, type Fingerprint } from '../support/fingerprint';
import { heldIn } from '../support/held';
import { ensurePrograms } from '../support/programs.mjs';
import { snapshotWhere, stopTargets, Target, until } from '../support/target';

const GATES = ['started', 'working', 'polling', 'ended'] as const;
type Gate = (typeof GATES)[number];

interface Runner {
  script: string;
  suite: string;
  args: (programs: string, report: string) => string[];
}

const MOCHA: Runner = {
  script: 'mocha/bin/mocha.js',
  suite: 'mochaSuite.mjs',
  args: (_, report) => ['--timeout', '60000', '--reporter', 'json', '--reporter-option', `output=${report}`],
};
const VITEST: Runner = {
  script: 'vitest/vitest.mjs',
  suite: 'vitestSuite.test.ts',
  args: (programs, report) => ['run', '--root', programs, '--reporter', 'json', '--outputFile', report],
};
/** What is another each time, whoever looks. */
const TIMES = /^(start|end|startTime|endTime|duration|speed)$/;
/** Node calls back through a function of its own while there are hooks: stacks tell, and nothing else does. */
const TRAMPOLINE = /\\n +at process\.callbackTrampoline \(node:internal[^)]*\)/g;

/** Nothing is under way but what the runner and the gate wait for. */
const isIdle = ({ resources }: Fingerprint): boolean => resources.every((type) => /^(PipeWrap|Timeout)$/.test(type));

describe('a real test runner', () => {
  let programs: string;
  let folder: string;

  before(async () => (programs = await ensurePrograms()));
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'loopscope-runner-'))));
  afterEach(async () => {
    await stopTargets();
    rmSync(folder, { recursive: true });
  });

  /** Runs the suite, which stands at each gate until that is opened. */
  function run({ script, suite, args }: Runner, inspect: boolean): Promise<Target> {
    return Target.start(24, join(programs, '../node_modules', script), {
      nodeArgs: FINGERPRINT_ARGS,
      args: [...args(programs, join(folder, 'report.json')), join(programs, suite)],
      env: { GATES: folder },
      inspect,
    });
  }

  const open = (gate: Gate): void => writeFileSync(join(folder, gate), '');
  const reaches = (target: Target, gate: Gate): Promise<void> =>
    until(() => target.output.includes(`${gate}\n`), `the gate "${gate}" is reached`);

  /** How a run ended, and what it reported of each test. */
  async function resultsOf(target: Target): Promise<[number | string | null, unknown]> {
    const ended = await target.ended;
    const report = readFileSync(join(folder, 'report.json'), 'utf8').replace(TRAMPOLINE, '');
    return [ended, JSON.parse(report, (key, value: unknown) => (TIMES.test(key) ? null : value))];
  }

  /** The same of a run at which nobody looks. */
  async function resultsAlone(runner: Runner): Promise<[number | string | null, unknown]> {
    GATES.forEach(open);
    const results = await resultsOf(await run(runner, false));
    for (const name of [...GATES, 'report.json']) rmSync(join(folder, name));
    return results;
  }

  /** A run that was attached to before its tests began, with the results of one at which nobody looks. */
  async function lookedAt(runner: Runner) {
    const alone = await resultsAlone(runner);
    const target = await run(runner, true);
    const before = await fingerprintWhere(target, isIdle);
    const attachment = await target.attach();
    open('started');
    return { alone, target, before, attachment };
  }

  it('mocha reports the same while it is looked at, and is as it was afterwards', async () => {
    const suite = `programs/${MOCHA.suite}`;
    const { alone, target, before, attachment } = await lookedAt(MOCHA);
    await reaches(target, 'polling');
    await snapshotWhere(attachment, (snapshot) => {
      const held = heldIn(snapshot, suite);
      return held['Timeout poller'] === 1 && held['Timeout mocha'] === 1;
    });
    open('polling');
    await reaches(target, 'ended');
    await attachment.detach();
    await untilSame(target, before);
    open('ended');
    assert.deepEqual(await resultsOf(target), alone);
  });

  it('vitest reports the same while its process and the worker of its suite are looked at, and is as it was afterwards', async () => {
    const suite = `programs/${VITEST.suite}`;
    const { alone, target, before, attachment } = await lookedAt(VITEST);
    await reaches(target, 'working');
    await snapshotWhere(attachment, (snapshot) => heldIn(snapshot, suite)['WORKER vitest'] === 1);
    const { threads } = attachment;
    await until(() => threads.running.length === 1, 'the worker is listed');
    const worker = await threads.attach(threads.running[0]!.threadId);
    open('working');
    await reaches(target, 'polling');
    await snapshotWhere(worker, (snapshot) => heldIn(snapshot, suite)['Timeout poller'] === 1);
    open('polling');
    await reaches(target, 'ended');
    await attachment.detach();
    await untilSame(target, before);
    open('ended');
    assert.deepEqual(await resultsOf(target), alone);
  });
});
