import assert from 'node:assert/strict';
import type { Snapshot } from '../../src/protocol/snapshot';
import { Feed, site, standing, summary, type BatchParts } from './monitorBatches';

const NONE = summary().phaseShares;
const SPIN = { function: 'spin', url: 'file:///srv/loop.js', line: 12, column: 5, selfMs: 5, totalMs: 900 };
const NODES_OWN = { function: 'processTicksAndRejections', url: 'node:internal/x', line: 1, column: 1, selfMs: 990 };

const ticks = (callbacks: number): BatchParts => ({
  ...standing(1000, 1),
  phases: { nextTick: { busyMs: 300, callbacks, longestMs: 0.1, longestSite: null } },
});

/** Samples of a stretch in which one queue used nearly all of the time. */
function sampledIn(feed: Feed, queue: 'microtasks' | 'nextTick', share = 0.95, collectionShare = 0): void {
  const phaseShares = { ...NONE, [queue]: share };
  const functions = [{ ...NODES_OWN, totalMs: 990 }, SPIN];
  const sites = [site('task_queues.js', 1), site('loop.js', 12, 'spin')];
  feed.monitor.applyCpu(
    summary({ idleShare: 0, programShare: 1 - share - collectionShare, collectionShare, phaseShares, functions }),
    sites,
  );
}

const found = ({ findings }: Snapshot): string[] =>
  findings.filter(({ rule }) => rule === 'starved-loop').map(({ text }) => text);

describe('Finding: a queue that starves the loop', () => {
  it('names the microtask queue, for how long, and what uses the time', () => {
    const feed = new Feed();
    feed.beat();
    feed.beat(standing(1000, 1));
    sampledIn(feed, 'microtasks');
    const snapshot = feed.beat(standing(1000, 1));
    assert.deepEqual(found(snapshot), [
      'The loop has not turned for 2 s: the microtask queue (promise callbacks) does not become empty; most time is spent in spin at loop.js:12.',
    ]);
    const { severity, action, site: id } = snapshot.findings[0] ?? {};
    assert.deepEqual([severity, action, snapshot.sites[id ?? -1]?.line], ['error', 'profile', 12]);
  });

  it('is seen beside garbage collections, and beside native code of which samples do not tell the queue', () => {
    const feed = new Feed();
    feed.beat();
    feed.beat(standing(1000, 1));
    sampledIn(feed, 'microtasks', 0.41, 0.27);
    assert.match(found(feed.beat(standing(1000, 1)))[0] ?? '', /the microtask queue/);
  });

  it('names the callbacks of nextTick and how many there are, without samples too', () => {
    const feed = new Feed({ sampling: false });
    feed.beat();
    assert.deepEqual(found(feed.beat(ticks(812_345))), [
      'The loop has not turned for 1 s: process.nextTick callbacks keep adding new ones, 812345 a second.',
    ]);
  });

  it('does not claim to have counted callbacks at level observe', () => {
    const feed = new Feed({ level: 'observe' });
    feed.beat();
    sampledIn(feed, 'nextTick');
    assert.deepEqual(found(feed.beat(standing(1000, 1))), [
      'The loop has not turned for 1 s: the nextTick queue does not become empty; most time is spent in spin at loop.js:12.',
    ]);
  });

  it('counts from when the loop stood still, also when a beat interrupts a callback of nextTick', () => {
    const feed = new Feed();
    feed.beat();
    feed.beat(ticks(1000));
    const open = { phase: 'nextTick', sinceMs: 0.2, site: null } as const;
    assert.match(found(feed.beat({ ...ticks(1000), openCallback: open }))[0] ?? '', /not turned for 2 s/);
  });

  it('sees it on Node 18, which does not count turns', () => {
    const feed = new Feed();
    feed.beat({ loop: { turns: null } });
    const still = ticks(1000);
    const snapshot = feed.beat({ ...still, loop: { ...still.loop, turns: null } });
    assert.equal(snapshot.state, 'blocked');
    assert.equal(found(snapshot).length, 1);
  });

  for (const [what, parts] of [
    ['a loop that turns', { ...ticks(100_000), loop: { turns: 3, idleMs: 0 } }],
    ['one callback that runs long', { ...ticks(3), openCallback: { phase: 'timers', sinceMs: 990, site: null } }],
    ['a loop that stands still for a reason that nothing shows', standing(1000, 1)],
    ['a paused target', { ...ticks(5), ...standing(1000, 0) }],
  ] as [string, BatchParts][]) {
    it(`says nothing of ${what}`, () => {
      const feed = new Feed();
      feed.beat();
      assert.deepEqual(found(feed.beat(parts)), []);
    });
  }
});
