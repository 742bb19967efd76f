import assert from 'node:assert/strict';
import type { Attachment } from '../../src/attachment';
import { PROBE_KEY } from '../../src/protocol/probe';
import type { PhaseFigures, Snapshot } from '../../src/protocol/snapshot';
import { Workers, type Worker } from '../../src/target/workers';
import { ThreadsSum } from '../../src/threadsSum';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { fixturePath, lineOf, snapshotWhere, stopTargets, Target, until } from '../support/target';

const namesOf = ({ threads }: Attachment): string[] => threads.running.map(({ name }) => name);

/** The thread of a name, once it is listed. */
async function threadOf(attachment: Attachment, name: string): Promise<number> {
  await until(() => namesOf(attachment).includes(name), `${name} is listed`);
  return attachment.threads.running.find((one) => one.name === name)!.threadId;
}

const attachTo = async (attachment: Attachment, name: string): Promise<Attachment> =>
  attachment.threads.attach(await threadOf(attachment, name));

/** How many timers were created by the line with this mark. */
function countAt({ pending, sites }: Snapshot, mark: string): number {
  const line = lineOf('workers.cjs', mark);
  const here = pending.filter(({ type, site }) => {
    const place = site === null ? undefined : sites[site];
    return type === 'Timeout' && place?.line === line && place.url.endsWith(fixturePath('workers.cjs'));
  });
  return here.reduce((sum, { count }) => sum + count, 0);
}

/** What can be known of a phase is. */
const isKnown = ({ method, busyMs }: PhaseFigures): boolean => method === 'notObservable' || busyMs !== null;

for (const major of NODE_MAJORS) {
  describe(`the worker threads of a process of Node ${major}`, () => {
    afterEach(stopTargets);

    it('are listed as they come and go, nested ones too, and each has its own loop, timers and places', async () => {
      const target = await Target.start(major, 'workers.cjs');
      const attachment = await target.attach();
      const first = await attachTo(attachment, 'first');
      await target.evaluate(`void start('outer', 3, 5)`);
      const outer = await attachTo(attachment, 'outer');
      const inner = await attachTo(attachment, 'inner');
      for (const [thread, timers] of [
        [first, 7],
        [outer, 3],
        [inner, 5],
      ] as const) {
        const snapshot = await snapshotWhere(thread, (one) => countAt(one, 'poll') === timers);
        assert.equal(snapshot.pendingTotals.timers, timers);
        assert.equal(snapshot.target.thread, `worker ${thread.info.threadId}`);
        assert.equal(snapshot.target.pid, target.pid);
        assert.equal(thread.info.name, `worker ${thread.info.threadId} of workers.cjs`);
      }
      await target.evaluate(`tell('outer', 'more')`);
      await snapshotWhere(outer, (one) => countAt(one, 'more') === 1 && one.pendingTotals.timers === 4);
      assert.equal(first.snapshot?.pendingTotals.timers, 7);
      assert.equal(attachment.snapshot?.pendingTotals.timers, 1, 'the main thread has its own');
      assert.equal(attachment.snapshot.target.thread, 'main');

      await target.evaluate(`tell('outer', 'exitInner')`);
      await until(() => inner.state === 'detached', 'the nested worker is over');
      assert.match(inner.endedBecause ?? '', /^worker \d+ of workers\.cjs \(pid \d+\) has ended\.$/);
      assert.equal(inner.snapshot?.pendingTotals.timers, 5, 'its last picture stays');
      assert.deepEqual(namesOf(attachment), ['first', 'outer']);
      assert.equal(outer.state, 'running');
      await assert.rejects(attachment.threads.attach(99), /^HumanError: Worker 99 has ended\./);

      await target.evaluate('void setTimeout(() => process.exit(7), 0)');
      assert.equal(await target.ended, 7, 'it exits as it would have');
      await until(() => attachment.state === 'detached' && outer.state === 'detached', 'all is over');
    });
  });
}

/** Whether a probe is in a thread. */
async function hasProbe(worker: Worker | undefined): Promise<boolean | undefined> {
  const expression = `Symbol.for('${PROBE_KEY}') in globalThis`;
  const session = worker?.connect();
  const answer = await session?.send<{ result: { value: boolean } }>('Runtime.evaluate', { expression });
  await session?.close();
  return answer?.result.value;
}

for (const major of [20, 24]) {
  describe(`the sum of the threads of a process of Node ${major}`, () => {
    let sum: ThreadsSum | undefined;
    afterEach(async () => {
      sum?.dispose();
      await stopTargets();
    });

    it('adds what workers have while they run, nested ones too, and leaves nothing in those that nobody looks at any more', async () => {
      const target = await Target.start(major, 'workers.cjs');
      const attachment = await target.attach();
      await target.evaluate(`void start('second', 3, 2)`);
      await threadOf(attachment, 'inner');
      const [first, second, inner] = attachment.threads.running;
      assert.equal(await hasProbe(first), false, 'nothing is put into threads before somebody asks for it');

      sum = new ThreadsSum(attachment, (error) => {
        throw error;
      });
      const all = await snapshotWhere(sum, (one) => countAt(one, 'poll') === 12 && one.phases.every(isKnown));
      const { loop, memory, phases } = all;
      assert.deepEqual([all.threads, all.pendingTotals.timers], [4, 13]);
      assert.deepEqual(all.cpu, attachment.snapshot?.cpu, 'the process has that of all threads');
      assert.ok(memory.heapUsedBytes! > attachment.snapshot!.memory.heapUsedBytes!);
      const wholeMs = all.threads * all.windowMs;
      assert.ok(Math.abs(loop.activeMs! + loop.idleMs! - wholeMs) < 0.001);
      assert.ok(phases.reduce((ms, { busyMs }) => ms + (busyMs ?? 0), 0) <= loop.activeMs! + 0.001);
      const row = all.pending.find(({ count }) => count === 12);
      const { instances, total } = await sum.instances(row!.key, 500);
      const ofThread = (threadId = -1): number =>
        instances.filter(({ thread }) => thread === `worker ${threadId}`).length;
      assert.deepEqual([total, ...[first, second, inner].map((one) => ofThread(one?.threadId))], [12, 7, 3, 2]);

      await target.evaluate(`void start('third', 4)`);
      await snapshotWhere(sum, (one) => countAt(one, 'poll') === 16 && one.threads === 5);
      await target.evaluate(`tell('second', 'exit')`);
      await snapshotWhere(sum, (one) => countAt(one, 'poll') === 11 && one.threads === 3);

      sum.dispose();
      attachment.threads.keepOnly(0);
      for (const worker of attachment.threads.running) {
        await until(async () => !(await hasProbe(worker)), `${worker.name} is as it was`);
      }
      const again = await attachTo(attachment, 'third');
      await snapshotWhere(again, (one) => countAt(one, 'poll') === 4);
      await target.evaluate('void setTimeout(() => process.exit(7), 0)');
      assert.equal(await target.ended, 7, 'it exits as it would have');
    });
  });

  describe(`a worker thread of Node ${major} that sits in Atomics.wait`, () => {
    afterEach(stopTargets);

    it('is blocked, not paused, and the main thread goes on', async () => {
      const target = await Target.start(major, 'workers.cjs');
      const attachment = await target.attach();
      const worker = await attachTo(attachment, 'first');
      await target.evaluate(`tell('first', 'block')`);
      const { openCallback, sites } = await snapshotWhere(worker, ({ state }) => state === 'blocked');
      assert.equal(sites[openCallback?.site ?? -1]?.line, lineOf('workers.cjs', 'waits'));
      assert.equal(attachment.state, 'running');
      await snapshotWhere(worker, ({ state }) => state === 'running');
    });
  });
}

describe('a worker thread of Node 24 that another client has paused', () => {
  afterEach(stopTargets);

  it('is paused, and the main thread goes on', async () => {
    const target = await Target.start(24, 'workers.cjs');
    const attachment = await target.attach();
    const worker = await attachTo(attachment, 'first');
    const others = new Workers(await target.session(), () => undefined);
    await others.start();
    await until(() => others.all.length === 1, 'the other client knows the thread');
    const client = others.all[0]!.connect();
    // What looks callbacks up may be where it stops otherwise, and is then not answered.
    await snapshotWhere(worker, ({ pending }) => pending.every(({ site }) => site !== null));
    await client.send('Debugger.enable');
    await client.send('Debugger.pause');
    await snapshotWhere(worker, ({ state }) => state === 'paused');
    assert.equal(attachment.state, 'running');
    await client.send('Debugger.resume');
    await client.send('Debugger.disable');
    await snapshotWhere(worker, ({ state }) => state === 'running');
  });
});
