import assert from 'node:assert/strict';
import type { BatchPhase } from '../../src/protocol/probe';
import type { PhaseName, Snapshot } from '../../src/protocol/snapshot';
import { Feed, group, lateness, site, summary, THRESHOLDS, type BatchParts } from './monitorBatches';

const ran = (busyMs: number, callbacks = 1, longestSite: number | null = null): BatchPhase => ({
  busyMs,
  callbacks,
  longestMs: busyMs / callbacks,
  longestSite,
});

function phase(snapshot: Snapshot, name: PhaseName): Snapshot['phases'][number] {
  const found = snapshot.phases.find((figures) => figures.phase === name);
  assert.ok(found, name);
  return found;
}

/** Waiting + phases + queues + other = window, with no part negative. */
function assertAddsUp(snapshot: Snapshot): void {
  const { idleMs, activeMs } = snapshot.loop;
  assert.ok(idleMs !== null && activeMs !== null);
  const busyMs = snapshot.phases.reduce((sum, { busyMs }) => sum + (busyMs ?? 0), 0);
  const otherMs = activeMs - busyMs;
  assert.ok(otherMs >= -snapshot.windowMs * 0.001, `other is ${otherMs}`);
  assert.ok(Math.abs(idleMs + busyMs + otherMs - snapshot.windowMs) <= snapshot.windowMs * 0.01);
}

describe('Monitor: the snapshot', () => {
  it('numbers snapshots from 1 and takes the figures of the process over', () => {
    const feed = new Feed();
    assert.equal(feed.monitor.snapshot, null);
    feed.beat();
    const snapshot = feed.beat({ totals: { timers: 7, immediates: 1, requests: 2, handles: 3, promises: null } });
    assert.equal(snapshot.version, 1);
    assert.equal(snapshot.sequence, 2);
    assert.equal(snapshot.timeMs, feed.timeMs);
    assert.equal(snapshot.target.program, '/srv/api.js');
    assert.equal(snapshot.target.thread, 'main');
    assert.deepEqual(snapshot.cpu, { userShare: 0.15, systemShare: 0.05 });
    assert.equal(snapshot.memory.heapLimitBytes, 512e6);
    assert.deepEqual(snapshot.pendingTotals, { timers: 7, immediates: 1, requests: 2, handles: 3, promises: null });
    assert.equal(feed.monitor.snapshot, snapshot);
  });

  it('draws the phases of Node 20 and later in the order of their loop', () => {
    const names = new Feed().beat().phases.map((figures) => figures.phase);
    assert.deepEqual(names, ['pending', 'prepare', 'poll', 'check', 'close', 'timers', 'nextTick', 'microtasks']);
  });

  it('draws timers first for Node 18', () => {
    const snapshot = new Feed().beat({ process: { nodeVersion: '18.20.8' }, loop: { turns: null } });
    const names = snapshot.phases.map((figures) => figures.phase);
    assert.deepEqual(names, ['timers', 'pending', 'prepare', 'poll', 'check', 'close', 'nextTick', 'microtasks']);
    assert.equal(snapshot.loop.turns, null);
    assert.ok(snapshot.notes.some((note) => note.includes('Loop turns') && note.includes('18.20.8')));
  });

  it('takes busy time, callbacks and the longest callback of the hooked phases', () => {
    const feed = new Feed();
    const snapshot = feed.beat({ phases: { timers: ran(120, 4, 9) } }, { 9: site('report.ts', 88, 'buildReport') });
    const timers = phase(snapshot, 'timers');
    assert.equal(timers.busyMs, 120);
    assert.equal(timers.callbacks, 4);
    assert.equal(timers.longestMs, 30);
    assert.equal(timers.method, 'hooks');
    assert.ok(timers.longestSite !== null);
    assert.equal(snapshot.sites[timers.longestSite]?.function, 'buildReport');
    assert.deepEqual(
      { ...phase(snapshot, 'check') },
      {
        phase: 'check',
        busyMs: 0,
        callbacks: 0,
        longestMs: null,
        longestSite: null,
        method: 'hooks',
      },
    );
  });

  it('shows what cannot be observed as null with its reason, never as 0', () => {
    const snapshot = new Feed({ sampling: false }).beat();
    for (const name of ['pending', 'prepare', 'microtasks'] as const) {
      assert.equal(phase(snapshot, name).busyMs, null);
      assert.equal(phase(snapshot, name).callbacks, null);
      assert.equal(phase(snapshot, name).method, 'notObservable');
    }
    assert.equal(snapshot.hot, null);
    assert.equal(snapshot.hotMs, null);
    assert.equal(snapshot.memory.gcMs, null);
    assert.equal(snapshot.loop.timerLateness, null);
    assert.equal(snapshot.openCallback, null);
    for (const word of ['idle/prepare', 'CPU sampling is off', 'GC time']) {
      assert.ok(
        snapshot.notes.some((note) => note.includes(word)),
        word,
      );
    }
  });

  it('knows no shares of a window without length', () => {
    const snapshot = new Feed().beat({ windowMs: 0 });
    assert.equal(snapshot.loop.utilization, null);
    assert.deepEqual(snapshot.cpu, { userShare: null, systemShare: null });
  });

  it('says that samples are off only when none are to be expected', () => {
    const expected = new Feed({ sampling: true }).beat();
    assert.equal(phase(expected, 'microtasks').method, 'sampled');
    assert.equal(phase(expected, 'microtasks').busyMs, null);
    assert.ok(expected.notes.some((note) => note.includes('no CPU samples yet')));
    assert.ok(!expected.notes.some((note) => note.includes('sampling is off')));
  });

  it('turns the codes of the probe and the distortion by a debugger into sentences', () => {
    const feed = new Feed();
    feed.monitor.setDistortion('A debugger with async stacks distorts all timings.');
    const { notes } = feed.beat({
      notes: ['promiseHooksOn', 'timersBeforeAttachUnknown', 'unreferencedHandlesUnknown'],
    });
    assert.equal(notes[0], 'A debugger with async stacks distorts all timings.');
    assert.equal(notes.filter((note) => /promise hooks|Timers from before|Handles from before/.test(note)).length, 3);
    for (const note of notes) assert.match(note, /^[A-Z].*\.$/);
    feed.monitor.setDistortion(null);
    assert.ok(!feed.beat().notes.includes('A debugger with async stacks distorts all timings.'));
  });

  it('counts a gap in the sequence as lost beats, and a probe that starts anew as none', () => {
    const feed = new Feed();
    assert.equal(feed.beat().dropped.beats, 0);
    feed.sequence += 2;
    assert.equal(feed.beat().dropped.beats, 2);
    assert.equal(feed.beat().dropped.beats, 0);
    feed.sequence = 0;
    assert.equal(feed.beat().dropped.beats, 0);
  });

  it('passes on what the probe had to drop and what looking costs', () => {
    const feed = new Feed();
    const batch = feed.batch({ dropped: { resources: 3, sites: 2, emitters: 1, promises: 0 } });
    const snapshot = feed.monitor.applyBatch(batch, { timeMs: feed.timeMs, sites: new Map(), batchBytes: 2100 });
    assert.deepEqual(snapshot.dropped, { resources: 4, sites: 2, beats: 0, promises: 0 });
    assert.deepEqual(snapshot.cost, { drainMs: 0.4, batchBytes: 2100, deepMs: null });
    assert.deepEqual(feed.beat({ drainMs: 0 }).cost, { drainMs: null, batchBytes: null, deepMs: null });
  });

  it('gives percentiles of timer lateness that never exceed the greatest', () => {
    const { timerLateness } = new Feed().beat({ lateness: lateness([0.05, 90], [41, 6]) }).loop;
    assert.ok(timerLateness);
    assert.equal(timerLateness.count, 96);
    assert.equal(timerLateness.p50Ms, 0);
    assert.equal(timerLateness.maxMs, 41);
    assert.ok(timerLateness.p99Ms > 41 * 0.9 && timerLateness.p99Ms <= 41);
  });
});

const NONE = summary().phaseShares;

describe('Monitor: parts of the window', () => {
  it('are no shares of one that our own work fills', () => {
    const feed = new Feed();
    const { cpu, loop } = feed.beat({ windowMs: 5 });
    assert.deepEqual([cpu.userShare, cpu.systemShare, loop.utilization], [null, null, null]);
    assert.equal(feed.monitor.lastPoint?.utilization, null);
    assert.equal(feed.beat({ windowMs: 250 }).loop.utilization, 0.2);
  });

  const busy: BatchParts = {
    loop: { idleMs: 200 },
    phases: { timers: ran(400), poll: ran(100, 30), nextTick: ran(50, 5) },
  };

  it('adds up when hooks explain part of the active time', () => {
    const snapshot = new Feed().beat(busy);
    assertAddsUp(snapshot);
    assert.equal(snapshot.loop.activeMs, 800);
    assert.equal(snapshot.loop.utilization, 0.8);
  });

  it('believes the hooks where two clocks disagree, and cuts them only to the window', () => {
    const feed = new Feed();
    const snapshot = feed.beat({ loop: { idleMs: 500 }, phases: { timers: ran(400), poll: ran(112) } });
    assertAddsUp(snapshot);
    assert.equal(phase(snapshot, 'timers').busyMs, 400);
    assert.equal(snapshot.loop.idleMs, 488);
    const late = feed.beat({ loop: { idleMs: 0 }, phases: { timers: ran(1010) } });
    assertAddsUp(late);
    assert.equal(phase(late, 'timers').busyMs, 1000, 'a callback that goes on was counted up to its answer');
    assertAddsUp(feed.beat({ loop: { idleMs: 1003 } }));
  });

  it('takes the share of the microtask queue from the samples', () => {
    const feed = new Feed();
    feed.monitor.applyCpu(summary({ idleShare: 0.2, phaseShares: { ...NONE, microtasks: 0.1, timers: 0.7 } }), []);
    const snapshot = feed.beat(busy);
    assert.equal(Math.round(phase(snapshot, 'microtasks').busyMs ?? 0), 100);
    assert.equal(phase(snapshot, 'microtasks').method, 'sampled');
    assert.equal(phase(snapshot, 'timers').busyMs, 400, 'hooks, not samples, where there are hooks');
    assertAddsUp(snapshot);
  });

  it('cuts the sampled microtasks to what the hooks leave over', () => {
    const feed = new Feed();
    feed.monitor.applyCpu(summary({ idleShare: 0.1, phaseShares: { ...NONE, microtasks: 0.9 } }), []);
    const snapshot = feed.beat(busy);
    assert.equal(phase(snapshot, 'microtasks').busyMs, 250);
    assertAddsUp(snapshot);
  });

  it('divides the active time as the samples say at level observe', () => {
    const feed = new Feed({ level: 'observe' });
    const phaseShares = { poll: 0.2, check: 0.1, close: 0, timers: 0.3, nextTick: 0.05, microtasks: 0.1 };
    feed.monitor.applyCpu(summary({ phaseShares, programShare: 0.05, gcShare: 0.1, idleShare: 0.1 }), []);
    const snapshot = feed.beat({ loop: { idleMs: 100 } });
    assert.equal(Math.round(phase(snapshot, 'timers').busyMs ?? 0), 300);
    assert.equal(phase(snapshot, 'timers').method, 'sampled');
    assert.equal(phase(snapshot, 'timers').callbacks, null);
    assert.equal(phase(snapshot, 'pending').busyMs, null);
    const busyMs = snapshot.phases.reduce((sum, { busyMs }) => sum + (busyMs ?? 0), 0);
    assert.equal(Math.round(busyMs), 750, 'native code and GC without a callback belong to no phase');
    assertAddsUp(snapshot);
    const calmer = feed.beat({ loop: { idleMs: 700 } });
    assert.equal(Math.round(phase(calmer, 'timers').busyMs ?? 0), 100, 'the stretch was of a busier window');
    assertAddsUp(calmer);
  });

  it('takes waiting from the samples where sampling makes Node count it too short', () => {
    const feed = new Feed();
    const short: BatchParts = { loop: { idleMs: 12 }, notes: ['idleCountedShort'] };
    assert.equal(feed.beat(short).loop.idleMs, 12, 'without samples there is nothing better');
    feed.monitor.applyCpu(summary({ idleShare: 0.7 }), []);
    const snapshot = feed.beat({ ...short, phases: { timers: ran(100) } });
    assert.equal(snapshot.loop.idleMs, 700);
    assert.equal(Math.round((snapshot.loop.utilization ?? 0) * 100), 30);
    assertAddsUp(snapshot);
    const full = feed.beat({ ...short, phases: { timers: ran(600) } });
    assert.equal(full.loop.idleMs, 400, 'hooks know better than samples of the window before');
    assertAddsUp(full);
    assert.equal(feed.beat({ loop: { idleMs: 12 } }).loop.idleMs, 12, 'and only where Node counts too short');
  });

  it('forgets samples that have become old', () => {
    const feed = new Feed();
    feed.beat();
    feed.monitor.applyCpu(summary({ idleShare: 0.8, phaseShares: { ...NONE, microtasks: 0.1 } }), []);
    assert.equal(Math.round(phase(feed.beat(), 'microtasks').busyMs ?? 0), 100);
    const snapshot = feed.beats(12);
    assert.equal(phase(snapshot, 'microtasks').busyMs, null);
    assert.equal(snapshot.hot, null);
  });
});

describe('Monitor: sites, hot functions and history', () => {
  it('gives one place one stable id, whatever number the probe uses', () => {
    const feed = new Feed();
    const place = site('poller.ts', 31, 'poll');
    const first = feed.beat({ sites: [], pending: [group({ site: 4 })] }, { 4: place });
    const again = feed.beat({ full: true, pending: [group({ site: 70 })] }, { 70: { ...place } });
    assert.equal(first.pending[0]?.site, again.pending[0]?.site);
    assert.ok(first.pending[0]?.site);
  });

  it('takes a place as it runs when nobody mapped it', () => {
    const raw = { site: 2, function: 'go', url: 'file:///srv/dist/a.js', line: 3, column: 9 };
    const snapshot = new Feed().beat({ sites: [raw], pending: [group({ site: 2 })] });
    const id = snapshot.pending[0]?.site;
    assert.ok(id);
    assert.deepEqual(snapshot.sites[id], {
      function: 'go',
      url: 'file:///srv/dist/a.js',
      line: 3,
      column: 9,
      package: null,
      generated: null,
    });
  });

  it('sends only the sites that the snapshot refers to', () => {
    const feed = new Feed();
    feed.beat({ pending: [group({ site: 1 })] }, { 1: site('a.ts', 1), 2: site('b.ts', 2) });
    const snapshot = feed.beat();
    assert.deepEqual(
      Object.values(snapshot.sites).map((place) => place.url),
      ['file:///srv/a.ts'],
    );
    const { sites } = feed.beat({ pending: [group({ site: 1, count: 0 })] });
    assert.deepEqual(sites, {});
  });

  it('sums hot functions over about ten seconds, by place', () => {
    const feed = new Feed();
    const hot = (selfMs: number): ReturnType<typeof summary> =>
      summary({ functions: [{ function: 'a', url: 'x', line: 1, column: 1, selfMs, totalMs: selfMs + 1 }] });
    for (let second = 0; second < 15; second++) {
      feed.beat();
      feed.monitor.applyCpu(hot(10), [site('hot.ts', 7, 'a')]);
    }
    const snapshot = feed.beat();
    assert.equal(snapshot.hot?.length, 1);
    assert.equal(snapshot.hot[0]?.selfMs, 100);
    assert.equal(snapshot.hot[0].totalMs, 110);
    assert.equal(snapshot.hotMs, 10_000);
    assert.equal(snapshot.sites[snapshot.hot[0].site]?.line, 7);
  });

  it('keeps a point of each beat, with gaps where the target did not answer', () => {
    const feed = new Feed();
    feed.beat({
      lateness: lateness([2, 5]),
      totals: { timers: 4, immediates: 0, requests: 1, handles: 2, promises: null },
    });
    feed.monitor.noAnswer(feed.timeMs + 1000, 1000);
    const [point, gap] = feed.monitor.history();
    assert.equal(point?.latenessMaxMs, 2);
    assert.equal(point.timers, 4);
    assert.ok(Math.abs((point.utilization ?? 0) - 0.2) < 1e-9);
    assert.equal(point.gcMs, null);
    assert.equal(gap?.state, 'notAnswering');
    assert.equal(gap.timers, null);
    assert.deepEqual(feed.monitor.lastPoint, gap);
  });

  it('starts anew with another level and keeps its history', () => {
    const feed = new Feed();
    feed.beat({ pending: [group({ count: 30 })] });
    feed.monitor.setLevel('observe');
    feed.sequence = 0;
    const snapshot = feed.beat({ pending: [group({ count: 12, beforeAttach: true })] });
    assert.equal(snapshot.level, 'observe');
    assert.equal(snapshot.pending[0]?.delta, 0, 'counts of two levels cannot be compared');
    assert.equal(feed.monitor.history().length, 2);
  });

  it('judges by thresholds that change while attached', () => {
    const feed = new Feed();
    const slow: BatchParts = { phases: { timers: ran(60) } };
    assert.deepEqual(feed.beat(slow).findings, []);
    feed.monitor.setThresholds({ ...THRESHOLDS, blockedLoopMs: 50 });
    assert.equal(feed.beat(slow).findings[0]?.rule, 'blocked-loop');
  });

  it('says of a worker which thread it is, and why its CPU time is not known', () => {
    const worker = { threadId: 2, nodeVersion: '20.20.2', cpuUserMs: null, cpuSystemMs: null };
    const { target, cpu, notes } = new Feed().beat({ process: worker });
    assert.equal(target.thread, 'worker 2');
    assert.deepEqual(cpu, { userShare: null, systemShare: null });
    assert.ok(notes.some((note) => note.includes('CPU time of the thread is not known: Node 20.20.2')));
    assert.ok(new Feed().beat().notes.every((note) => !note.includes('thread is')));
  });
});
