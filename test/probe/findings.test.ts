import assert from 'node:assert/strict';
import type { Snapshot } from '../../src/protocol/snapshot';
import { lineOf, snapshotWhere, stopTargets, Target } from '../support/target';

const PATIENT_MS = 45_000;

describe('Findings of real programs', () => {
  afterEach(stopTargets);

  it('name synchronous calls on the oldest and the newest Node', async () => {
    await Promise.all(
      [18, 26].map(async (major) => {
        const target = await Target.start(major, 'findings/faults.cjs', { args: ['synchronousCalls'] });
        const attachment = await target.attach();
        // The same work is a small share of the time on a fast machine.
        attachment.setThresholds({ ...attachment.options.thresholds, synchronousShare: 0.01 });
        // Of a regular expression that was compiled before the attach V8 may know no frame.
        const says = /^In report at .+, readFileSync of fs held/;
        await snapshotWhere(attachment, ({ findings }) => findings.some(({ text }) => says.test(text)), PATIENT_MS);
      }),
    );
  });

  it('name JSON and its line on the oldest and the newest Node', async () => {
    await Promise.all(
      [18, 26].map(async (major) => {
        const target = await Target.start(major, 'findings/faults.cjs', { args: ['json'] });
        const attachment = await target.attach();
        attachment.setThresholds({ ...attachment.options.thresholds, synchronousShare: 0.01 });
        const line = lineOf('findings/faults.cjs', 'stringify');
        const says = new RegExp(`^In save at faults\\.cjs:${line}, JSON\\.stringify held up the loop for `);
        await snapshotWhere(attachment, ({ findings }) => findings.some(({ text }) => says.test(text)), PATIENT_MS);
      }),
    );
  });

  it('know the size of the thread pool', async () => {
    const how = { args: ['threadPool'], env: { UV_THREADPOOL_SIZE: '2' } };
    const target = await Target.start(24, 'findings/faults.cjs', how);
    const attachment = await target.attach();
    attachment.setThresholds({ ...attachment.options.thresholds, threadPoolMs: 100 });
    const ofPool = ({ rule }: { rule: string }): boolean => rule === 'thread-pool';
    const { findings } = await snapshotWhere(attachment, (snapshot) => snapshot.findings.some(ofPool), PATIENT_MS);
    assert.match(findings.find(ofPool)?.text ?? '', /^All 2 threads of the thread pool /);
  });

  it('know what may be amiss with sockets, servers and agents, on the oldest and the newest Node', async () => {
    const wanted = [
      /^20 TCP sockets from faults\.cjs:\d+ have no "error" listener/,
      /^The server from faults\.cjs:\d+ has all of the 20 connections/,
      /^For .+ requests to 127\.0\.0\.1:\d+ have had to wait for a socket: their http\.Agent may have 1, and /,
    ];
    await Promise.all(
      [18, 26].map(async (major) => {
        const target = await Target.start(major, 'findings/faults.cjs', { args: ['connections'] });
        const attachment = await target.attach();
        attachment.setThresholds({ ...attachment.options.thresholds, poolWaitMs: 1000 });
        const hasAll = ({ findings }: Snapshot): boolean =>
          wanted.every((says) => findings.some(({ text }) => says.test(text)));
        await snapshotWhere(attachment, hasAll, PATIENT_MS);
      }),
    );
  });

  it('know streams and client requests without an "error" listener, and leave alone those that Node hears', async () => {
    const fixture = 'findings/streams.cjs';
    const from = (mark: string): string => `from streams.cjs:${lineOf(fixture, mark)}`;
    const told = {
      early: [`1 Gzip ${from('inflated')} has no "error" listener`],
      unheard: [
        `1 ClientRequest ${from('unheard request')} has no "error" listener`,
        `1 Gzip ${from('unheard zlib')} has no "error" listener`,
        `3 streams of class WriteStream ${from('unheard file')} have no "error" listener`,
      ],
      heard: [`1 Writable ${from('canary')} has no "error" listener`],
    };
    const textsOf = ({ findings }: Snapshot): string[] =>
      findings.flatMap(({ rule, text }) => (rule === 'no-error-listener' ? (text.split(': ')[0] ?? '') : [])).sort();
    await Promise.all(
      [18, 26].flatMap((major) =>
        Object.entries(told).map(async ([program, texts]) => {
          const target = await Target.start(major, fixture, { args: [program] });
          const attachment = await target.attach();
          if (program === 'early') await attachment.scanHeap('emitters');
          const hasAll = (snapshot: Snapshot): boolean => texts.every((text) => textsOf(snapshot).includes(text));
          const snapshot = await snapshotWhere(attachment, hasAll, PATIENT_MS);
          assert.deepEqual(textsOf(snapshot), texts, `Node ${major}`);
        }),
      ),
    );
  });

  for (const major of [18, 26]) {
    it(`tell what reached the process, by listeners that nobody sees and that do not stay (Node ${major})`, async () => {
      const target = await Target.start(major, 'findings/faults.cjs', { args: ['processEvents'] });
      const listeners = 'process.eventNames().map((name) => [String(name), process.listenerCount(name)])';
      const before = await target.evaluate(listeners);
      const attachment = await target.attach();
      const kinds = [
        /^An exception has been caught by nothing but the process.*, .+: TypeError: nobody catches it\.$/,
        /^A rejected promise has been handled by nothing but the process.*, .+: RangeError: nobody handles it\.$/,
        /^The process has given a warning.*, .+: LateWarning: it is late\.$/,
      ];
      const isTold = (says: RegExp, { findings }: Snapshot): boolean => findings.some(({ text }) => says.test(text));
      const snapshot = await snapshotWhere(
        attachment,
        (each) => kinds.every((says) => isTold(says, each)) && each.listeners.some(({ event }) => event === 'warning'),
        PATIENT_MS,
      );
      const ofProcess = snapshot.listeners.filter(({ emitter }) => emitter === 'process');
      const counts = Object.fromEntries(ofProcess.map(({ event, count }) => [event, count]));
      assert.deepEqual([counts.warning, counts.uncaughtExceptionMonitor], [1, undefined]);
      assert.notDeepEqual(await target.evaluate(listeners), before);
      await attachment.detach();
      assert.deepEqual(await target.evaluate(listeners), before);
    });
  }
});
