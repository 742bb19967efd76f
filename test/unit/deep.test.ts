import assert from 'node:assert/strict';
import type { BatchGroup } from '../../src/protocol/probe';
import { Feed, group, site, type BatchParts } from './monitorBatches';

const promises = (count: number, of: Partial<BatchGroup> = {}): BatchGroup =>
  group({ group: 1, type: 'PROMISE', phase: 'microtasks', site: 1, count, referenced: null, oldestMs: 0, ...of });

/** A batch of level deep, in which the groups stand for all that are pending. */
function deep(pending: BatchGroup[], oneIn = 1): BatchParts {
  const count = pending.reduce((sum, one) => sum + one.count, 0);
  return {
    pending,
    totals: { timers: 0, immediates: 0, requests: 0, handles: 0, promises: count },
    promises: { followed: count / oneIn, oneIn, costMs: 3.1 },
  };
}

const DB = { 1: site('db.ts', 12, 'query'), 2: site('orders.ts', 64), 3: site('server.ts', 27) };

describe('Monitor: level deep', () => {
  it('shows promises by the place that awaits them, with the places of their async parents', () => {
    const feed = new Feed({ level: 'deep' });
    const snapshot = feed.beat(deep([promises(3, { parents: [2, 3] })]), DB);
    const [row] = snapshot.pending;
    assert.deepEqual([row?.type, row?.phase, row?.count, row?.referenced], ['PROMISE', 'microtasks', 3, null]);
    assert.deepEqual(
      [row?.site ?? 0, ...(row?.parents ?? [])].map((id) => snapshot.sites[id]?.line),
      [12, 64, 27],
    );
    assert.equal(snapshot.pendingTotals.promises, 3);
    assert.deepEqual(snapshot.promises, { followed: 3, oneIn: 1, method: 'hooks' });
    assert.equal(snapshot.cost.deepMs, 3.1);
  });

  it('takes the parents of the oldest where two groups are one place in the source', () => {
    const feed = new Feed({ level: 'deep' });
    const younger = promises(3, { oldestMs: 900, parents: [2] });
    const older = promises(2, { group: 2, site: 4, oldestMs: 100, parents: [3] });
    const snapshot = feed.beat(deep([younger, older]), { ...DB, 4: site('db.ts', 12, 'query') });
    assert.equal(snapshot.pending.length, 1);
    assert.deepEqual(
      snapshot.pending[0]?.parents.map((id) => snapshot.sites[id]?.line),
      [27],
    );
  });

  it('says when counts are estimates, and how many promises could not be followed', () => {
    const feed = new Feed({ level: 'deep' });
    const exact = feed.beat(deep([promises(3)]), DB);
    assert.deepEqual(
      exact.notes.filter((note) => note.includes('romise')),
      [],
    );
    const sampled = feed.beat({
      ...deep([promises(48)], 16),
      dropped: { resources: 0, sites: 0, emitters: 0, promises: 12 },
    });
    assert.equal(sampled.promises?.method, 'sampled');
    assert.equal(sampled.dropped.promises, 12);
    assert.ok(sampled.notes.includes('At level deep one in 16 awaits is followed: counts of promises are estimates.'));
    assert.ok(sampled.notes.includes('12 pending promises could not be followed in this window.'));
  });

  it('still calls counts estimates while promises of a window with fewer followed are pending', () => {
    const feed = new Feed({ level: 'deep' });
    const parts = deep([promises(48)]);
    const snapshot = feed.beat({ ...parts, promises: { followed: 33, oneIn: 1, costMs: 0 } }, DB);
    assert.equal(snapshot.promises?.method, 'sampled');
    assert.ok(snapshot.notes.some((note) => note.startsWith('Counts of promises are estimates: ')));
  });

  it('does not know promises at the other levels, and says so', () => {
    for (const level of ['observe', 'track'] as const) {
      const snapshot = new Feed({ level }).beat();
      assert.deepEqual([snapshot.promises, snapshot.pendingTotals.promises, snapshot.cost.deepMs], [null, null, null]);
      assert.ok(snapshot.notes.some((note) => note.includes('promises') && note.includes('evel deep')));
    }
  });
});

describe('Finding: promises that grow', () => {
  it('names the place that awaits them, how fast they grow, and the age of the oldest', () => {
    const feed = new Feed({ level: 'deep' });
    const snapshot = feed.beats(120, (beat) => deep([promises(2 + beat * 2)]), DB);
    const [finding] = snapshot.findings;
    assert.equal(
      finding?.text,
      '240 promises awaited at db.ts:12 are pending and grow by 2 a second; the oldest is 2 min old.',
    );
    assert.equal(finding.id, `promise-leak:${snapshot.pending[0]?.key ?? ''}`);
    assert.equal(finding.action, 'showPending');
  });

  it('is told once, by the innermost of the places that wait for one another', () => {
    const feed = new Feed({ level: 'deep' });
    const parts = (beat: number): BatchParts =>
      deep([
        promises(12 + beat, { group: 1, site: 1, parents: [2, 3] }),
        promises(12 + beat, { group: 2, site: 2, parents: [3] }),
        promises(12 + beat, { group: 3, site: 3 }),
      ]);
    assert.deepEqual(
      feed.beats(60, parts, DB).findings.map(({ text }) => text),
      ['71 promises awaited at db.ts:12 are pending and grow by 1 a second; the oldest is 1 min old.'],
    );
  });

  it('is told of each place in a circle of calls', () => {
    const feed = new Feed({ level: 'deep' });
    const parts = (beat: number): BatchParts =>
      deep([
        promises(12 + beat, { group: 1, site: 1, parents: [2, 1] }),
        promises(12 + beat, { group: 2, site: 2, parents: [1, 2] }),
      ]);
    assert.equal(feed.beats(60, parts, DB).findings.length, 2);
  });

  it('calls an estimate one', () => {
    const feed = new Feed({ level: 'deep' });
    const parts = (beat: number): BatchParts => deep([promises(16 * (1 + Math.floor(beat / 4)))], 16);
    assert.match(
      feed.beats(60, parts, DB).findings[0]?.text ?? '',
      /^About 240 promises awaited at db\.ts:12 .* grow by 4 /,
    );
  });

  it('takes no swing of few samples for growth', () => {
    const feed = new Feed({ level: 'deep' });
    // 8 to 14 that are followed: as one in 64 is, the same as 8 to 14 timers would be.
    const followed = (beat: number): number => [8, 9, 11, 10, 12, 14][Math.floor(beat / 10)] ?? 0;
    const parts = (beat: number): BatchParts => deep([promises(64 * followed(beat))], 64);
    assert.deepEqual(feed.beats(60, parts, DB).findings, []);
  });

  it('is silent while a promise only waits long', () => {
    const feed = new Feed({ level: 'deep' });
    assert.deepEqual(feed.beats(300, () => deep([promises(40)]), DB).findings, []);
  });
});
