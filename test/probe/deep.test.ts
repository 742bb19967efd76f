import assert from 'node:assert/strict';
import type { Attachment } from '../../src/attachment';
import type { PendingGroup, Snapshot } from '../../src/protocol/snapshot';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { lineOf, snapshotWhere, stopTargets, Target } from '../support/target';

const promisesOf = ({ pending }: Snapshot): PendingGroup[] => pending.filter(({ type }) => type === 'PROMISE');
const line = (mark: string): number => lineOf('stuck.cjs', `in ${mark}`);

/** Lines of the group's place and of its async parents. */
function linesOf({ sites }: Snapshot, { site, parents }: PendingGroup): (number | undefined)[] {
  return [site, ...parents].map((id) => sites[id ?? -1]?.line);
}

async function deepOn(major: number): Promise<[Target, Attachment]> {
  const target = await Target.start(major, 'stuck.cjs');
  return [target, await target.attach({ level: 'deep', sampling: 'off' })];
}

for (const major of NODE_MAJORS) {
  describe(`level deep, Node ${major}`, () => {
    afterEach(stopTargets);

    it('shows what is stuck by the place that awaits it, with its async parents, until it settles', async () => {
      const [target, attachment] = await deepOn(major);
      assert.equal(attachment.snapshot?.pendingTotals.promises, 0);
      await target.evaluate('stick(20)');
      const stuck = await snapshotWhere(attachment, ({ pendingTotals }) => pendingTotals.promises === 60);
      const groups = promisesOf(stuck);
      assert.deepEqual(
        groups.map((group) => [group.count, group.referenced, group.phase]),
        [1, 2, 3].map(() => [20, null, 'microtasks']),
      );
      const [query, load, handle, stick] = [line('query'), line('load'), line('handle'), line('stick')];
      const lines = groups.map((group) => linesOf(stuck, group).join(' < ')).sort();
      assert.deepEqual(
        lines,
        [
          [query, load, handle, stick],
          [load, handle, stick],
          [handle, stick],
        ]
          .map((each) => each.join(' < '))
          .sort(),
      );
      await target.evaluate('release()');
      const free = await snapshotWhere(attachment, ({ pendingTotals }) => pendingTotals.promises === 0);
      assert.deepEqual(promisesOf(free), []);
    });

    it('looks at fewer when there are many, and says how many it could not follow; the target runs on', async () => {
      const [target, attachment] = await deepOn(major);
      let dropped = 0;
      attachment.onDidSnapshot((snapshot) => (dropped += snapshot.dropped.promises));
      await target.evaluate('flood(1e5)');
      const from = attachment.snapshot?.sequence ?? 0;
      const flooded = await snapshotWhere(attachment, ({ sequence }) => sequence >= from + 2);
      assert.ok(dropped > 0);
      // Which ones are looked at is left to chance, so what they stand for is about as many.
      const known = (flooded.pendingTotals.promises ?? 0) + dropped;
      assert.ok(known > 0.7e5 && known < 1.3e5, `${known} of 100000`);
      assert.equal(promisesOf(flooded)[0]?.site && linesOf(flooded, promisesOf(flooded)[0]!)[0], line('flood'));
      const { turns } = (await snapshotWhere(attachment, ({ sequence }) => sequence > flooded.sequence + 1)).loop;
      assert.ok(turns === null || turns > 0);
      await target.evaluate('release()');
      await snapshotWhere(attachment, ({ pendingTotals }) => pendingTotals.promises === 0);
    });

    it('lists the members of a group, oldest first', async () => {
      const [target, attachment] = await deepOn(major);
      await target.evaluate('stick(1)');
      await snapshotWhere(attachment, ({ pendingTotals }) => pendingTotals.promises === 3);
      await target.evaluate('stick(2)');
      const stuck = await snapshotWhere(attachment, ({ pendingTotals }) => pendingTotals.promises === 9);
      const { instances, total } = await attachment.instances(promisesOf(stuck)[0]?.key ?? '', 10);
      const ages = instances.map(({ ageMs }) => ageMs ?? 0);
      assert.equal(total, 3);
      assert.equal(ages.length, 3);
      assert.deepEqual(
        [...ages].sort((a, b) => b - a),
        ages,
      );
      assert.ok(ages[0]! > ages[1]!, 'the first one was there a beat before');
    });
  });
}

describe('level deep in a program with promise hooks of its own', () => {
  afterEach(stopTargets);

  for (const major of NODE_MAJORS.filter((each) => each > 18)) {
    it(`keeps them, before and after it was attached, Node ${major}`, async () => {
      const target = await Target.start(major, 'stuck.cjs');
      await target.evaluate(`{
        globalThis.seen = [0, 0];
        const { promiseHooks } = require('node:v8');
        globalThis.stopFirst = promiseHooks.onInit(() => seen[0]++);
        undefined;
      }`);
      const attachment = await target.attach({ level: 'deep', sampling: 'off' });
      await target.evaluate('settled(100)', true);
      assert.ok((await target.evaluate<number[]>('seen'))[0]! >= 100);
      await target.evaluate(`void require('node:v8').promiseHooks.onInit(() => seen[1]++)`);
      const from = attachment.snapshot?.sequence ?? 0;
      await snapshotWhere(attachment, ({ sequence }) => sequence > from + 1);
      await target.evaluate('stick(5)');
      await snapshotWhere(attachment, ({ pendingTotals }) => pendingTotals.promises === 15);
      assert.ok((await target.evaluate<number[]>('seen')).every((count) => count > 0));
      await attachment.detach();
      const [first = 0, second = 0] = await target.evaluate<number[]>('seen');
      await target.evaluate('settled(100)', true);
      const after = await target.evaluate<number[]>('seen');
      assert.ok(after[0]! >= first + 100 && after[1]! >= second + 100, `${first} ${second} ${after.join(' ')}`);
    });
  }
});
