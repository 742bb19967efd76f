import assert from 'node:assert/strict';
import { Emitter } from '../../src/base/event';
import { hotOf, mergedCalls } from '../../src/model/calls';
import type { CallTree, ToPanel } from '../../src/protocol/panel';
import type { Snapshot } from '../../src/protocol/snapshot';
import { LookBack } from '../../src/editor/lookBack';
import { parseFromPanel } from '../../src/editor/messages';
import { Past } from '../../src/recording/past';
import { group, listeners, nextSnapshot, NOW_MS, SITES, snapshotOf } from '../support/samples';

/** A tree of calls from "site>site 20" by node. */
function treeOf(durationMs: number, ...nodes: string[]): CallTree {
  const tree: CallTree = { durationMs, callers: [], sites: [], selfMs: [], places: {} };
  const paths: string[] = [];
  for (const node of nodes) {
    const [path = '', ms] = node.split(' ');
    const [name = '', ...above] = path.split('>').reverse();
    const site = name === '…' ? null : Number(name);
    paths.push(path);
    tree.callers.push(paths.indexOf(above.reverse().join('>')));
    tree.sites.push(site);
    tree.selfMs.push(Number(ms));
    if (site !== null && SITES[site]) tree.places[site] = SITES[site];
  }
  return tree;
}

/** The same back. */
function told({ callers, sites, selfMs }: CallTree): string[] {
  const paths: string[] = [];
  return sites.map((site, at) => {
    const caller = paths[callers[at] ?? -1];
    paths.push(`${caller === undefined ? '' : `${caller}>`}${site ?? '…'}`);
    return `${paths[at]} ${selfMs[at]}`;
  });
}

describe('Calls of several stretches', () => {
  it('are added where the same called the same', () => {
    const merged = mergedCalls([treeOf(1000, '1 10', '1>3 20', '2 5'), treeOf(500, '1 1', '1>3 2', '1>5 30')]);
    assert.deepEqual(told(merged), ['1 11', '2 5', '1>3 22', '1>5 30']);
    assert.equal(merged.durationMs, 1500);
    assert.deepEqual(Object.keys(merged.places), ['1', '2', '3', '5']);
  });

  it('are told together where they are less than half a per cent, and the sum stays', () => {
    const merged = mergedCalls([treeOf(1000, '1 500', '1>2 1', '1>3 1.5', '4 497')]);
    assert.deepEqual(told(merged), ['1 500', '4 497', '1>… 2.5']);
  });

  it('are at most some thousand nodes', () => {
    const nodes = Array.from({ length: 60 }, (_, at) => `${at + 1} 10`);
    const deep = nodes.flatMap((node) => [node, ...nodes.map((each) => `${node.split(' ')[0]}>${each}`)]);
    const merged = mergedCalls([treeOf(1000, ...deep)]);
    assert.ok(deep.length > 3000 && merged.sites.length <= 2100, `${deep.length}, ${merged.sites.length} nodes`);
  });

  it('give functions by self time; one that called itself is counted once', () => {
    assert.deepEqual(hotOf(treeOf(100, '1 5', '1>3 20', '1>3>1 7', '… 3')), [
      { site: 3, selfMs: 20, totalMs: 27 },
      { site: 1, selfMs: 12, totalMs: 32 },
    ]);
  });
});

/** Beats come when the test says so. */
function followed(): { past: Past; beat: (snapshot: Snapshot, calls?: CallTree | null) => void } {
  const beats = new Emitter<Snapshot>((error) => {
    throw error;
  });
  const of = { snapshot: null, calls: null as CallTree | null, onDidSnapshot: beats.event };
  return {
    past: new Past(of),
    beat(snapshot, calls = null) {
      of.calls = calls;
      beats.fire(snapshot);
    },
  };
}

describe('What is kept of the past', () => {
  it('is a beat as it was, with what ran in it and not in the ten seconds before', () => {
    const { past, beat } = followed();
    const first = snapshotOf();
    const second = nextSnapshot(first, { findings: [] });
    beat(first, treeOf(1000, '3 400'));
    beat(second, treeOf(1000, '13 70'));
    beat(nextSnapshot(second), treeOf(1000, '14 90'));
    const { snapshot, beats } = past.at({ fromMs: second.timeMs, toMs: second.timeMs });
    assert.ok(snapshot);
    assert.equal(beats, 1);
    assert.deepEqual(snapshot.hot, [{ site: 13, selfMs: 70, totalMs: 70 }]);
    assert.equal(snapshot.hotMs, 1000);
    for (const field of ['pending', 'listeners', 'phases', 'findings', 'memory', 'windowMs', 'timeMs'] as const)
      assert.deepEqual(snapshot[field], second[field], field);
    assert.ok(Math.abs((snapshot.loop.utilization ?? 0) - (second.loop.utilization ?? 0)) < 1e-9);
    assert.deepEqual(snapshot.sites[13], SITES[13]);
  });

  it('adds up the beats of a stretch, without the loop of those in which the target was paused', () => {
    const { past, beat } = followed();
    const first = snapshotOf();
    const paused = nextSnapshot(first, { state: 'paused', loop: first.loop, phases: first.phases });
    const last = nextSnapshot(paused, { state: 'running', findings: [], hot: [] });
    beat(first, treeOf(1000, '3 400', '3>13 10'));
    beat(paused);
    beat(last, treeOf(1000, '3 100'));
    const { snapshot, beats } = past.at({ fromMs: first.timeMs, toMs: last.timeMs });
    assert.ok(snapshot);
    assert.equal(beats, 3);
    const timers = (one: Snapshot): number => one.phases.find(({ phase }) => phase === 'timers')?.busyMs ?? 0;
    assert.equal(timers(snapshot), timers(first) + timers(last));
    assert.equal(snapshot.windowMs, first.windowMs + last.windowMs);
    assert.equal(snapshot.loop.idleMs, (first.loop.idleMs ?? 0) + (last.loop.idleMs ?? 0));
    assert.deepEqual(
      snapshot.hot?.map(({ site, selfMs }) => [site, selfMs]),
      [
        [3, 500],
        [13, 10],
      ],
    );
    assert.deepEqual(
      snapshot.findings.map(({ id }) => id),
      first.findings.map(({ id }) => id),
    );
    assert.equal(snapshot.pending[0]?.count, last.pending[0]?.count);
    assert.equal(snapshot.pending[0]?.delta, 3);
    assert.equal(snapshot.memory.gcMs, 36);
  });

  it('is the last 120 beats; what is older or missing is said to be', () => {
    const { past, beat } = followed();
    let snapshot = snapshotOf();
    for (let count = 0; count < 130; count++, snapshot = nextSnapshot(snapshot)) beat(snapshot);
    const at = (timeMs: number): boolean => past.at({ fromMs: timeMs, toMs: timeMs }).snapshot !== null;
    assert.equal(at(NOW_MS + 9000), false);
    assert.equal(at(NOW_MS + 10_000), true);
    assert.equal(at(NOW_MS + 129_000), true);
    assert.equal(at(NOW_MS + 129_500), false);
    assert.equal(past.at({ fromMs: NOW_MS, toMs: NOW_MS + 500_000 }).beats, 120);
  });

  it('has the largest rows of each beat, and says how many it has not', () => {
    const { past, beat } = followed();
    const pending = Array.from({ length: 10_000 }, (_, at) =>
      group('Timeout', 'timers', 10_000 - at, 1, { key: `k${at}` }),
    );
    const rows = Array.from({ length: 150 }, (_, at) => listeners(`E${at}`, 'data', 3, 1, []));
    beat(snapshotOf({ pending, listeners: rows }));
    const { snapshot, pendingLeft, listenersLeft } = past.at({ fromMs: NOW_MS, toMs: NOW_MS });
    assert.equal(snapshot?.pending.length, 200);
    assert.equal(pendingLeft, 9800);
    assert.equal(listenersLeft, 50);
    assert.deepEqual(Object.keys(snapshot.sites).sort(), ['1', '13', '14', '3', '5', '9'].sort());
  });

  it('takes the samples that two short beats share from the second one', () => {
    const { past, beat } = followed();
    const first = snapshotOf();
    const second = nextSnapshot(first);
    beat(first);
    beat(second, treeOf(500, '3 100'));
    const { snapshot } = past.at({ fromMs: first.timeMs, toMs: first.timeMs });
    assert.deepEqual(snapshot?.hot, [{ site: 3, selfMs: 100, totalMs: 100 }]);
    assert.equal(past.calls({ fromMs: NOW_MS - 5000, toMs: NOW_MS - 4000 }), null);
    assert.deepEqual(told(past.calls(null) ?? treeOf(0)), ['3 100']);
  });
});

describe('When findings began', () => {
  it('is known of those that were not there in the beat before', () => {
    const { past, beat } = followed();
    const first = snapshotOf();
    const [blocked, growing] = first.findings;
    assert.ok(blocked && growing);
    const second = nextSnapshot(first, { findings: [blocked, growing] });
    const third = nextSnapshot(second, { findings: [growing] });
    beat({ ...first, findings: [blocked] });
    beat(second);
    beat(third);
    beat(nextSnapshot(third, { findings: [blocked] }));
    const at = ({ timeMs }: { timeMs: number }): number => (timeMs - NOW_MS) / 1000;
    assert.deepEqual(
      past.marks().map((mark) => [at(mark), mark.severity, mark.text]),
      [
        [1, 'warning', growing.text],
        [3, 'error', blocked.text],
      ],
    );
  });
});

describe('A page that looks back', () => {
  const opened = (): {
    lookBack: LookBack;
    view: { past: Past };
    sent: ToPanel[];
    beat: ReturnType<typeof followed>['beat'];
  } => {
    const sent: ToPanel[] = [];
    const { past, beat } = followed();
    return { lookBack: new LookBack((message) => sent.push(message)), view: { past }, sent, beat };
  };
  const at = { fromMs: NOW_MS, toMs: NOW_MS };

  it('is told what was kept, and can open its places', () => {
    const { lookBack, view, sent, beat } = opened();
    beat(snapshotOf(), treeOf(1000, '8 400'));
    assert.equal(lookBack.site(8), undefined);
    lookBack.look(view, at);
    const [past] = sent;
    assert.ok(past?.type === 'past' && past.past?.beats === 1 && past.past.snapshot?.pending.length === 12);
    assert.deepEqual(lookBack.site(8), SITES[8]);
    lookBack.look(view, null);
    assert.deepEqual(sent.slice(1), [{ type: 'past', past: null }]);
    assert.equal(lookBack.site(8), undefined);
  });

  it('is told what runs while its flame view is shown: of the last seconds, or of what it looks at', () => {
    const { lookBack, view, sent, beat } = opened();
    const selfMs = (): (number | undefined)[] =>
      sent.splice(0).map((message) => (message.type === 'calls' ? message.calls?.selfMs[0] : undefined));
    const first = snapshotOf();
    beat(first, treeOf(1000, '3 100'));
    lookBack.beat(view);
    assert.deepEqual(selfMs(), []);
    lookBack.showFlame(view, true);
    beat(nextSnapshot(first), treeOf(1000, '3 50'));
    lookBack.beat(view);
    assert.deepEqual(selfMs(), [100, 150]);
    lookBack.look(view, at);
    lookBack.beat(view);
    assert.deepEqual(selfMs(), [undefined, 100]);
    lookBack.look(view, null);
    lookBack.showFlame(view, false);
    lookBack.beat(view);
    assert.deepEqual(selfMs(), [undefined, 150]);
  });

  it('gets no more text of the target than a message may have', () => {
    const { lookBack, view, sent, beat } = opened();
    const tree = treeOf(1000, ...Array.from({ length: 190 }, (_, at) => `${at + 1} 10`));
    const url = `file:///${'x'.repeat(9000)}`;
    for (const id of tree.sites) {
      if (id !== null) tree.places[id] = { ...SITES[3]!, url, generated: { url, line: id, column: 1 } };
    }
    beat(snapshotOf(), tree);
    lookBack.showFlame(view, true);
    const [message] = sent;
    assert.ok(message?.type === 'calls' && message.calls);
    assert.ok(JSON.stringify(message).length < 600_000);
    assert.equal(message.calls.sites.length, 190);
    assert.ok(Object.keys(message.calls.places).length > 100 && message.calls.sites.includes(null));
  });

  it('asks in messages of which nothing else gets through', () => {
    const look = (stretch: unknown): unknown => parseFromPanel({ type: 'look', at: stretch });
    assert.deepEqual(look(null), { type: 'look', at: null });
    assert.deepEqual(look({ ...at, more: 1 }), { type: 'look', at });
    for (const wrong of [
      undefined,
      3,
      'x',
      [],
      {},
      { fromMs: 2, toMs: 1 },
      { fromMs: NaN, toMs: 1 },
      { fromMs: '1', toMs: 1 },
    ])
      assert.equal(look(wrong), null, JSON.stringify(wrong));
    assert.deepEqual(parseFromPanel({ type: 'flame', shown: true }), { type: 'flame', shown: true });
    assert.equal(parseFromPanel({ type: 'flame', shown: 1 }), null);
  });
});
