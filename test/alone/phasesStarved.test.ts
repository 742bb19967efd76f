import assert from 'node:assert/strict';
import type { Snapshot } from '../../src/protocol/snapshot';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { lineOf, snapshotWhere, stopTargets, Target } from '../support/target';

const FIXTURE = 'phases/queues.cjs';

function starved({ findings }: Snapshot): string | undefined {
  return findings.find(({ rule }) => rule === 'starved-loop')?.text;
}

for (const major of NODE_MAJORS) {
  describe(`a loop that does not turn, Node ${major}`, () => {
    afterEach(stopTargets);

    for (const way of ['awaits', 'resolves'] as const) {
      it(`is said to be held up by the microtask queue, in ${way}`, async () => {
        const target = await Target.start(major, FIXTURE);
        const attachment = await target.attach();
        await target.evaluate(`void begin('${way}')`);
        const snapshot = await snapshotWhere(attachment, (each) => starved(each) !== undefined);
        assert.match(
          starved(snapshot) ?? '',
          new RegExp(
            `^The loop has not turned for [\\d.]+ (ms|s): the microtask queue \\(promise callbacks\\) does not become empty; most time is spent in ${way} at queues\\.cjs:\\d+\\.$`,
          ),
        );
        assert.equal(snapshot.state, 'blocked');
        const site = snapshot.findings.find(({ rule }) => rule === 'starved-loop')?.site;
        assert.ok(Math.abs((snapshot.sites[site ?? -1]?.line ?? 0) - lineOf(FIXTURE, way)) <= 1);
        await target.evaluate('letGo()');
        await target.evaluate('letGo()');
        await snapshotWhere(attachment, ({ state }) => state === 'running');
      });
    }

    it('is said to be held up by callbacks of nextTick, and how many they are', async () => {
      const target = await Target.start(major, FIXTURE);
      const attachment = await target.attach();
      await target.evaluate(`void begin('ticks')`);
      const snapshot = await snapshotWhere(attachment, (each) => (starved(each) ?? '').includes(' in ticks at '));
      assert.match(
        starved(snapshot) ?? '',
        /^The loop has not turned for [\d.]+ (ms|s): process\.nextTick callbacks keep adding new ones, \d{4,} a second; most time is spent in ticks at queues\.cjs:\d+\.$/,
      );
      assert.equal(snapshot.state, 'blocked');
      await target.evaluate('letGo()');
      await snapshotWhere(attachment, ({ state }) => state === 'running');
    });

    it('is not found in a program that uses both queues a lot and turns', async () => {
      const target = await Target.start(major, FIXTURE);
      const attachment = await target.attach();
      await target.evaluate(`void begin('turns')`);
      const busy = await snapshotWhere(attachment, ({ loop, hot }) => hot !== null && (loop.utilization ?? 0) > 0.9);
      const later = await snapshotWhere(attachment, ({ sequence }) => sequence >= busy.sequence + 4);
      assert.equal(starved(later), undefined);
      assert.equal(later.state, 'running');
    });
  });
}
