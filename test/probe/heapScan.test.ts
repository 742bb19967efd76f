import assert from 'node:assert/strict';
import type { Attachment, ScanFound } from '../../src/attachment';
import { HumanError } from '../../src/base/errors';
import { SCAN_STEPS, type ScanStep } from '../../src/protocol/probe';
import type { Snapshot } from '../../src/protocol/snapshot';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { lineOf, snapshotWhere, stopTargets, Target } from '../support/target';

const FIXTURE = 'hidden.cjs';

async function scan(attachment: Attachment): Promise<Record<ScanStep, ScanFound>> {
  const found: Partial<Record<ScanStep, ScanFound>> = {};
  for (const step of SCAN_STEPS) found[step] = await attachment.scanHeap(step);
  return found as Record<ScanStep, ScanFound>;
}

const nextSnapshot = (attachment: Attachment): Promise<Snapshot> => {
  const from = attachment.snapshot?.sequence ?? 0;
  return snapshotWhere(attachment, ({ sequence }) => sequence > from);
};

const timerAt = ({ pending, sites }: Snapshot, line: number) =>
  pending.find(({ type, site }) => type === 'Timeout' && site !== null && sites[site]?.line === line);
const listenersOf = ({ listeners }: Snapshot, wanted: string) =>
  listeners.find(({ emitter, event }) => `${emitter}/${event}` === wanted);
const linesOf = ({ sites }: Snapshot, row: Snapshot['listeners'][number] | undefined) =>
  row?.sites.map(({ site }) => sites[site]?.line);
const dataListeners = ({ listeners }: Snapshot): number =>
  listeners
    .filter(({ emitter, event }) => `${emitter}/${event}` === 'Feed/data')
    .reduce((sum, { count }) => sum + count, 0);
const promisesOf = ({ pending }: Snapshot): number => pending.find(({ type }) => type === 'PROMISE')?.count ?? 0;

for (const major of NODE_MAJORS) {
  describe(`a heap scan of Node ${major}`, () => {
    afterEach(stopTargets);

    it('finds timers, emitters and unsettled promises that only closures hold, with their places', async () => {
      const target = await Target.start(major, FIXTURE);
      const attachment = await target.attach();
      const before = await nextSnapshot(attachment);
      assert.equal(listenersOf(before, 'Feed/data'), undefined);
      assert.equal(promisesOf(before), 0);

      const { timers, emitters, promises } = await scan(attachment);
      assert.ok(timers.found >= 1);
      assert.equal(timers.stoppedMs, 0, 'timers are read from the lists of Node');
      assert.ok(emitters.added >= 1 && emitters.found > emitters.added);
      assert.equal(promises.added, promises.found);
      assert.ok(emitters.stoppedMs > 0 && promises.stoppedMs > 0);

      const after = await nextSnapshot(attachment);
      assert.equal(timerAt(after, lineOf(FIXTURE, 'poll'))?.count, 1);
      const data = listenersOf(after, 'Feed/data');
      assert.equal(data?.count, 3);
      assert.deepEqual(linesOf(after, data), [lineOf(FIXTURE, 'heard')]);
      assert.deepEqual(linesOf(after, listenersOf(after, 'Feed/end')), [lineOf(FIXTURE, 'ended')]);
      assert.equal(promisesOf(after), promises.found);
      assert.ok(promises.found >= 7 && promises.found < 12, `${promises.found}: those that have settled are not meant`);
      assert.ok(after.notes.some((note) => note.includes('heap scan stopped the target for')));
      const again = await scan(attachment);
      assert.deepEqual(
        SCAN_STEPS.map((step) => again[step].added),
        [0, 0, 0],
        'a second scan finds nothing new',
      );
    });

    it('holds nothing of what it found', async () => {
      const target = await Target.start(major, FIXTURE, { nodeArgs: ['--expose-gc'] });
      await target.evaluate('makePassing()');
      const attachment = await target.attach();
      await scan(attachment);
      assert.equal(dataListeners(await nextSnapshot(attachment)), 4);
      await target.evaluate('letGo()');
      await target.until('gc() ?? witnesses.every((each) => each.deref() === undefined)');
      await snapshotWhere(attachment, (snapshot) => dataListeners(snapshot) === 3);
    });

    it('finds promises also where the program has replaced their class', async () => {
      const target = await Target.start(major, FIXTURE, { env: { REPLACED: 'promises' } });
      const attachment = await target.attach();
      assert.ok((await attachment.scanHeap('promises')).added >= 7);
    });

    it('finds timers also where the program has replaced what leads to them, and says that it cannot tell promises', async () => {
      const target = await Target.start(major, FIXTURE, { env: { REPLACED: 'all' } });
      const attachment = await target.attach();
      const before = await nextSnapshot(attachment);
      assert.equal(timerAt(before, lineOf(FIXTURE, 'poll')), undefined);
      assert.equal(attachment.heapScanCost.stops, 3);
      const timers = await attachment.scanHeap('timers');
      assert.ok(timers.added >= 1 && timers.stoppedMs > 0);
      await assert.rejects(attachment.scanHeap('promises'), HumanError);
      const after = await nextSnapshot(attachment);
      assert.equal(timerAt(after, lineOf(FIXTURE, 'poll'))?.count, 1);
    });

    it('goes on while a debugger has the program paused', async () => {
      const target = await Target.start(major, FIXTURE);
      const attachment = await target.attach();
      const debuggerSession = await target.session();
      const paused = new Promise((resolve) => debuggerSession.on('Debugger.paused', resolve));
      await debuggerSession.send('Debugger.enable');
      // In the program: while Node loads a module of its own, as it may when it is told to pause, a scan waits.
      await target.evaluate('void setTimeout(() => { debugger; })');
      await paused;
      const { promises } = await scan(attachment);
      assert.ok(promises.found >= 7);
      await debuggerSession.send('Debugger.disable');
    });
  });
}

describe('a heap scan', () => {
  afterEach(stopTargets);

  it('follows as many promises as there is room for, and counts the others', async () => {
    const target = await Target.start(24, FIXTURE);
    const attachment = await target.attach();
    await target.evaluate('manyPromises(60_000)');
    const { promises } = await scan(attachment);
    assert.ok(promises.found >= 60_000);
    assert.equal(promises.added + promises.dropped, promises.found);
    assert.ok(promises.dropped > 0);
    assert.equal(promisesOf(await nextSnapshot(attachment)), promises.added);
  });

  it('counts what level deep follows already only once', async () => {
    const target = await Target.start(24, FIXTURE);
    const attachment = await target.attach({ level: 'deep' });
    await target.evaluate('manyPromises(20)');
    await snapshotWhere(attachment, ({ pendingTotals }) => (pendingTotals.promises ?? 0) >= 20);
    const { promises } = await scan(attachment);
    assert.ok(promises.added > 0 && promises.added < promises.found);
    const { pendingTotals } = await nextSnapshot(attachment);
    assert.equal(pendingTotals.promises, promises.found);
  });

  it('costs by the size of the heap, first as measured elsewhere and then as measured here', async () => {
    const target = await Target.start(24, FIXTURE);
    const attachment = await target.attach();
    const said = attachment.heapScanCost;
    assert.equal(said.heapBytes, attachment.snapshot?.memory.heapUsedBytes);
    assert.equal(said.stops, 2);
    assert.ok(said.expectedMs > 30 && said.mostMs > said.expectedMs);
    await scan(attachment);
    const learnt = attachment.heapScanCost;
    assert.ok(learnt.mostMs / learnt.expectedMs < said.mostMs / said.expectedMs, 'what was measured is surer');
  });

  it('asks nothing of the target once it is cancelled, and gives the reason', async () => {
    const target = await Target.start(24, FIXTURE);
    const attachment = await target.attach();
    const controller = new AbortController();
    controller.abort(new Error('not now'));
    await assert.rejects(attachment.scanHeap('emitters', controller.signal), /not now/);
    assert.equal(listenersOf(await nextSnapshot(attachment), 'Feed/data'), undefined);
  });

  it('says what is missing at level observe, and after the end', async () => {
    const target = await Target.start(24, FIXTURE);
    const attachment = await target.attach({ level: 'observe' });
    await assert.rejects(attachment.scanHeap('timers'), (error) => {
      assert.ok(error instanceof HumanError);
      assert.match(error.message, /level observe.*Switch to level track/);
      return true;
    });
    await attachment.setLevel('track');
    await attachment.detach();
    await assert.rejects(attachment.scanHeap('emitters'), /^HumanError: Detached from hidden\.cjs/);
  });
});
