import assert from 'node:assert/strict';
import type { ListenerGroup, Snapshot } from '../../src/protocol/snapshot';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { lineOf, snapshotWhere, stopTargets, Target } from '../support/target';

type Attachment = Awaited<ReturnType<Target['attach']>>;
type Rows = Record<string, Pick<ListenerGroup, 'count' | 'emitters' | 'limit'>>;

const FIXTURE = 'emitters/adders.cjs';
const line = (mark: string): number => lineOf(FIXTURE, mark);

const act = (target: Target, ...actions: string[]): Promise<unknown> =>
  target.evaluate(actions.map((action) => `actions.${action}()`).join('; ') + '; undefined');

/** Two beats later than the last one: whatever was just done is in it. */
const settled = (attachment: Attachment): Promise<Snapshot> => {
  const from = attachment.snapshot?.sequence ?? 0;
  return snapshotWhere(attachment, ({ sequence }) => sequence >= from + 2);
};

const rowOf = ({ listeners }: Snapshot, emitter: string, event: string): ListenerGroup | undefined =>
  listeners.find((row) => row.emitter === emitter && row.event === event);

const sitesOf = (snapshot: Snapshot, emitter: string, event: string): [number | undefined, number][] =>
  (rowOf(snapshot, emitter, event)?.sites ?? [])
    .map(({ site, count }): [number | undefined, number] => [snapshot.sites[site]?.line, count])
    .sort(([a = 0], [b = 0]) => a - b);

/** The rows of the classes that the program speaks of, as it would say them. */
function shown({ listeners }: Snapshot, classes: ReadonlySet<string>): Rows {
  const rows: Rows = {};
  for (const { emitter, event, count, emitters, limit } of listeners) {
    if (!classes.has(emitter)) continue;
    // A second symbol of the same description is numbered.
    const key = `${emitter}/${event.replace(/ \(\d\)$/, '')}`;
    const row = rows[key];
    rows[key] = row
      ? { count: row.count + count, emitters: row.emitters + emitters, limit: null }
      : { count, emitters, limit };
  }
  return rows;
}

/** Waits until the panel says what the program says, and fails with the difference when it does not. */
async function agree(target: Target, attachment: Attachment): Promise<Snapshot> {
  for (let left = 5; ; left--) {
    const before = await target.evaluate<Rows>('truth()');
    const snapshot = await settled(attachment);
    const truth = await target.evaluate<Rows>('truth()');
    const classes = new Set(Object.keys(truth).map((key) => key.split('/')[0] ?? ''));
    assert.ok(classes.size > 0);
    try {
      assert.deepEqual(before, truth);
      assert.deepEqual(shown(snapshot, classes), truth);
      return snapshot;
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

for (const major of NODE_MAJORS) {
  describe(`listeners, Node ${major}`, () => {
    afterEach(stopTargets);

    it('are counted as Node counts them, whichever way they were added, with their limits and who added them', async () => {
      const target = await Target.start(major, FIXTURE);
      const attachment = await target.attach();
      await act(target, 'methods', 'leaving', 'awaited', 'iterated', 'streams', 'symbols', 'limits', 'removed');
      await act(target, 'oldStyle', 'oneListener');
      const snapshot = await agree(target, attachment);
      assert.deepEqual(sitesOf(snapshot, 'Methods', 'several'), [
        [line('on'), 3],
        [line('addListener'), 2],
        [line('prependListener'), 1],
        [line('once'), 4],
        [line('prependOnceListener'), 5],
      ]);
      assert.deepEqual(sitesOf(snapshot, 'Awaited', 'done'), [[line('events.once'), 6]]);
      assert.deepEqual(sitesOf(snapshot, 'Awaited', 'error'), [[line('events.once'), 6]]);
      assert.deepEqual(sitesOf(snapshot, 'Iterated', 'tick'), [[line('events.on'), 5]]);
      assert.deepEqual(sitesOf(snapshot, 'Source', 'data')[0], [line('data'), 5]);
      assert.deepEqual(sitesOf(snapshot, 'First', 'a'), [[line('first'), 6]]);
      assert.deepEqual(sitesOf(snapshot, 'Second', 'a'), [[line('second'), 6]]);
      assert.deepEqual(snapshot.dropped, { resources: 0, sites: 0, beats: 0, promises: 0 });
      const over = snapshot.findings.filter(({ rule }) => rule === 'listeners-over-limit').map(({ text }) => text);
      assert.ok(
        over.some((text) => text.startsWith('Three has 4 "a" listeners (limit 3)')),
        over.join('\n'),
      );
    });

    it('are gone when they were removed, and limits follow the program', async () => {
      const target = await Target.start(major, FIXTURE);
      const attachment = await target.attach();
      await act(target, 'removed', 'methods', 'iterated', 'otherDefault');
      const before = await agree(target, attachment);
      assert.equal(rowOf(before, 'Removed', 'a')?.limit, 15);
      assert.deepEqual(sitesOf(before, 'Removed', 'a'), [[line('removed'), 9]]);
      await act(target, 'replaced');
      assert.deepEqual(sitesOf(await agree(target, attachment), 'Removed', 'a'), [[line('replaced'), 9]]);
      await target.evaluate(`removed.removeAllListeners('a').setMaxListeners(7); undefined`);
      await act(target, 'ended');
      const after = await agree(target, attachment);
      assert.equal(rowOf(after, 'Removed', 'a'), undefined);
      assert.equal(rowOf(after, 'Removed', 'b')?.limit, 7);
      assert.equal(rowOf(after, 'Iterated', 'tick'), undefined);
      await target.evaluate(`removed.removeAllListeners(); undefined`);
      await agree(target, attachment);
    });

    it('of EventTargets are counted without those that Node ignores', async () => {
      const target = await Target.start(major, FIXTURE);
      const attachment = await target.attach();
      await act(target, 'targets', 'ports');
      const snapshot = await agree(target, attachment);
      assert.equal(rowOf(snapshot, 'Target', 'a')?.count, 7);
      assert.equal(rowOf(snapshot, 'Target', 'b')?.count, 1);
      assert.deepEqual(
        sitesOf(snapshot, 'Target', 'a').find(([at]) => at === line('targetOnce')),
        [line('targetOnce'), 3],
      );
    });

    it('of one AbortSignal are counted with who added them, also where Node adds them itself', async () => {
      const target = await Target.start(major, FIXTURE);
      const attachment = await target.attach();
      await act(target, 'signals');
      const snapshot = await agree(target, attachment);
      const hasAddAbortListener = await target.evaluate<boolean>(`'addAbortListener' in require('node:events')`);
      assert.deepEqual(sitesOf(snapshot, 'AbortSignal', 'abort'), [
        [line('abort'), 20],
        ...(hasAddAbortListener ? [[line('addAbortListener'), 3]] : []),
        [line('timersWithSignal'), 4],
      ]);
      await act(target, 'fetching');
      // Each fetch makes a signal of its own that follows ours.
      const count = await target.evaluate<number>(
        `require('node:events').getEventListeners(fetchSignal, 'abort').length`,
      );
      const fetching = await settled(attachment);
      const row = fetching.listeners.find(
        ({ sites, emitters }) =>
          emitters === 1 && sites.some(({ site }) => fetching.sites[site]?.line === line('fetch')),
      );
      assert.equal(count, 6);
      assert.equal(row?.count, count);
    });

    it('of collected emitters are gone: nothing of ours keeps an emitter', async () => {
      const target = await Target.start(major, FIXTURE, { nodeArgs: ['--expose-gc'] });
      const attachment = await target.attach();
      await act(target, 'garbage', 'methods');
      const has = (snapshot: Snapshot): boolean =>
        snapshot.listeners.some(({ emitter }) => emitter.startsWith('Garbage'));
      const garbage = await settled(attachment);
      assert.equal(garbage.listeners.filter(({ emitter }) => emitter === 'Garbage').length, 20);
      assert.equal(garbage.listeners.filter(({ emitter }) => emitter === 'GarbageTarget').length, 20);
      await target.evaluate(
        `new Promise((done) => setTimeout(() => { gc(); setTimeout(() => done(gc()), 1); }, 1))`,
        true,
      );
      const after = await snapshotWhere(attachment, (snapshot) => !has(snapshot));
      assert.equal(rowOf(after, 'Methods', 'several')?.count, 15);
    });

    it('from before the attach have the places where they were written', async () => {
      const target = await Target.start(major, FIXTURE);
      await target.evaluate('before(); undefined');
      const attachment = await target.attach();
      const wanted = [
        [line('beforeOn'), 6],
        [line('beforeOnce'), 6],
      ];
      const snapshot = await snapshotWhere(
        attachment,
        (each) => sitesOf(each, 'Before', 'a').length === 2 && sitesOf(each, 'BeforeTarget', 'a').length === 1,
      );
      assert.deepEqual(sitesOf(snapshot, 'Before', 'a'), wanted);
      assert.deepEqual(sitesOf(snapshot, 'BeforeTarget', 'a'), [[line('beforeTarget'), 6]]);
    });

    it('of an emitter that has many are all found, however many emitters come at once', async () => {
      const target = await Target.start(major, FIXTURE);
      const attachment = await target.attach();
      await act(target, 'crowd');
      const snapshot = await agree(target, attachment);
      assert.ok(snapshot.notes.some((note) => note.startsWith('Not all emitters with few listeners are followed')));
      // Nobody could look at the stack of the first ones: the listeners' own places are the same lines.
      const located = await snapshotWhere(
        attachment,
        (each) =>
          sitesOf(each, 'AfterCrowd', 'a')[0]?.[1] === 12 && sitesOf(each, 'TargetAfterCrowd', 'a')[0]?.[1] === 12,
      );
      assert.deepEqual(sitesOf(located, 'AfterCrowd', 'a'), [[line('afterCrowd'), 12]]);
      assert.deepEqual(sitesOf(located, 'TargetAfterCrowd', 'a'), [[line('targetAfterCrowd'), 12]]);
    });

    it('of an emitter with thousands of events: those with many are listed, the rest is counted together', async () => {
      const target = await Target.start(major, FIXTURE);
      const attachment = await target.attach();
      await act(target, 'manyEvents');
      const snapshot = await settled(attachment);
      assert.equal(rowOf(snapshot, 'Ids', 'busy')?.count, 6);
      const counted = snapshot.listeners
        .filter(({ emitter }) => emitter === 'Ids')
        .reduce((sum, { count }) => sum + count, 0);
      assert.equal(counted, 5006);
      assert.ok((rowOf(snapshot, 'Ids', '(other events)')?.count ?? 0) > 4000);
    });
  });
}

describe('abort listeners that are never taken off', () => {
  afterEach(stopTargets);

  it('are found growing on the one AbortSignal, with the line that adds them', async () => {
    const target = await Target.start(24, FIXTURE);
    const attachment = await target.attach();
    await act(target, 'leak');
    const snapshot = await snapshotWhere(
      attachment,
      ({ findings }) => findings.some(({ rule }) => rule === 'listener-leak'),
      40_000,
    );
    const finding = snapshot.findings.find(({ rule }) => rule === 'listener-leak');
    assert.match(
      finding?.text ?? '',
      /^AbortSignal has \d+ "abort" listeners, all of them added at adders\.cjs:\d+, and they grow by/,
    );
    assert.equal(snapshot.sites[finding?.site ?? -1]?.line, line('leak'));
  });
});
