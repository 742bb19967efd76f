import assert from 'node:assert/strict';
import type { Level, TargetState } from '../../src/protocol/snapshot';
import { Feed, site, standing, summary, type BatchParts } from './monitorBatches';

interface Case {
  name: string;
  state: TargetState;
  level?: Level;
  beatMs?: number;
  parts: BatchParts;
  sinceMs?: number;
}

const open = (sinceMs: number): BatchParts => ({ openCallback: { phase: 'timers', sinceMs, site: null } });
const withoutTurns = (parts: BatchParts): BatchParts => ({ ...parts, loop: { ...parts.loop, turns: null } });

const CASES: Case[] = [
  { name: 'turns and waits', state: 'running', parts: {} },
  {
    name: 'is idle but for the turn that the drain makes',
    state: 'running',
    parts: { loop: { turns: 1, idleMs: 999 } },
  },
  { name: 'waits long in poll without a turn', state: 'running', parts: { loop: { turns: 0, idleMs: 1000 } } },
  { name: 'is busy all the time and turns', state: 'running', parts: { loop: { turns: 900, idleMs: 0 } } },
  { name: 'stands still and uses CPU', state: 'blocked', parts: standing(1000, 0.9), sinceMs: 1000 },
  {
    name: 'stands still in an open callback',
    state: 'blocked',
    parts: { ...standing(1000, 1), ...open(4200) },
    sinceMs: 4200,
  },
  { name: 'stands still and uses no CPU', state: 'paused', parts: standing(1000, 0.01), sinceMs: 1000 },
  {
    name: 'stands still in an open callback and uses no CPU',
    state: 'paused',
    parts: { ...standing(1000, 0.01), ...open(1500) },
    sinceMs: 1000,
  },
  {
    name: 'is a worker that waits in Atomics.wait',
    state: 'blocked',
    parts: {
      ...standing(1000, 0),
      ...open(1500),
      process: { threadId: 2, cpuUserMs: 0, cpuSystemMs: 0 },
      inAtomicsWait: true,
    },
    sinceMs: 1500,
  },
  {
    name: 'waits in Atomics.wait on its main thread',
    state: 'blocked',
    parts: { ...standing(1000, 0), inAtomicsWait: true },
    sinceMs: 1000,
  },
  {
    name: 'is a worker that uses no CPU, and does not wait',
    state: 'paused',
    parts: { ...standing(1000, 0), ...open(1500), process: { threadId: 2, cpuUserMs: 1, cpuSystemMs: 0 } },
    sinceMs: 1000,
  },
  {
    name: 'has turned in a slow beat and waits in Atomics.wait since',
    state: 'blocked',
    beatMs: 10_000,
    parts: { ...open(5000), process: { cpuUserMs: 900, cpuSystemMs: 0 }, inAtomicsWait: true },
    sinceMs: 5000,
  },
  {
    name: 'is a worker whose CPU time is not known, and stands still',
    state: 'blocked',
    parts: { ...standing(1000, 0), process: { threadId: 2, cpuUserMs: null, cpuSystemMs: null } },
    sinceMs: 1000,
  },
  {
    name: 'was held up by a child process it waits for, and answers late',
    state: 'running',
    parts: { ...standing(2300, 0.01), ...open(2250) },
  },
  { name: 'has turned and then opened a short callback', state: 'running', parts: { ...open(300) } },
  {
    name: 'has turned in a slow beat and is stuck for seconds since',
    state: 'blocked',
    beatMs: 10_000,
    parts: { ...open(5000), process: { cpuUserMs: 5200, cpuSystemMs: 0 } },
    sinceMs: 5000,
  },
  {
    name: 'has turned in a slow beat and was perhaps paused since',
    state: 'running',
    beatMs: 10_000,
    parts: { ...open(5000), process: { cpuUserMs: 900, cpuSystemMs: 0 } },
  },
  { name: 'was only just attached to', state: 'running', parts: standing(20, 1) },
  { name: 'is paused on Node 18', state: 'paused', parts: withoutTurns(standing(1000, 0)) },
  { name: 'is blocked on Node 18', state: 'blocked', parts: withoutTurns({ ...standing(1000, 1), ...open(1200) }) },
  {
    name: 'is blocked on Node 18 by something that no hook sees',
    state: 'blocked',
    parts: withoutTurns(standing(1000, 1)),
  },
  {
    name: 'is only very busy on Node 18',
    state: 'running',
    parts: withoutTurns({
      ...standing(1000, 1),
      phases: { poll: { busyMs: 900, callbacks: 500, longestMs: 3, longestSite: null } },
    }),
  },
  {
    name: 'cannot be told from very busy on Node 18 at level observe',
    state: 'running',
    level: 'observe',
    parts: withoutTurns(standing(1000, 1)),
  },
];

describe('Monitor: the state of the target', () => {
  for (const { name, state, parts, sinceMs, level = 'track', beatMs = 1000 } of CASES) {
    it(`says ${state} of a target that ${name}`, () => {
      const feed = new Feed({ level, beatMs });
      if (parts.windowMs === undefined || parts.windowMs >= 1000) feed.beat();
      const snapshot = feed.beat(parts);
      assert.equal(snapshot.state, state);
      assert.equal(feed.monitor.state, state);
      if (sinceMs !== undefined) {
        assert.equal(snapshot.stateSinceMs, sinceMs);
        assert.equal(feed.monitor.stateSinceTimeMs, feed.timeMs - sinceMs);
      }
    });
  }

  it('counts the time in a state on, and anew in the next', () => {
    const feed = new Feed();
    assert.equal(feed.beats(4).stateSinceMs, 3000);
    assert.equal(feed.beats(3, () => standing(1000, 1)).stateSinceMs, 3000);
    const snapshot = feed.beat();
    assert.equal(snapshot.state, 'running');
    assert.equal(snapshot.stateSinceMs, 0);
  });

  it('counts blocked from the start of the callback that is open', () => {
    const feed = new Feed();
    feed.beat();
    feed.beat({ ...standing(1000, 1), ...open(1400) });
    assert.equal(feed.beat({ ...standing(1000, 1), ...open(2400) }).stateSinceMs, 2400);
  });

  it('keeps its judgement over a window that is too short to tell', () => {
    const feed = new Feed();
    feed.beat();
    feed.beat(standing(1000, 0));
    assert.equal(feed.beat(standing(30, 1)).state, 'paused');
    assert.equal(feed.beat({ windowMs: 30, loop: { turns: 2, idleMs: 0 } }).state, 'running');
  });

  it('believes the debugger at once, whatever the CPU says', () => {
    const feed = new Feed();
    feed.beat();
    feed.monitor.setPausedByDebugger(true, feed.timeMs + 400);
    assert.equal(feed.monitor.state, 'paused');
    assert.equal(feed.monitor.snapshot?.state, 'paused');
    const paused = feed.beat();
    assert.equal(paused.state, 'paused');
    assert.equal(paused.stateSinceMs, 600);
    feed.monitor.setPausedByDebugger(false, feed.timeMs + 10);
    assert.equal(feed.monitor.state, 'running');
    assert.equal(feed.beat().state, 'running');
  });

  it('shows the last window before a pause while paused, and the rest live', () => {
    const feed = new Feed();
    const before = feed.beat({ windowMs: 1001, loop: { idleMs: 700 } });
    const paused = feed.beat({
      ...standing(1000, 0),
      totals: { timers: 5, immediates: 0, requests: 0, handles: 0, promises: null },
    });
    assert.equal(paused.state, 'paused');
    assert.deepEqual(paused.loop, before.loop);
    assert.deepEqual(paused.phases, before.phases);
    assert.equal(paused.windowMs, 1001, 'so that the parts still add up');
    assert.equal(paused.pendingTotals.timers, 5);
    assert.equal(paused.cpu.userShare, 0);
    assert.ok(paused.notes.some((note) => note.includes('paused')));
    assert.equal(feed.monitor.lastPoint?.utilization, null);
    assert.equal(feed.monitor.lastPoint.state, 'paused');
  });

  it('knows nothing of the loop of a target that was paused before the attach', () => {
    const { loop, phases, state } = new Feed().beat(standing(1000, 0));
    assert.equal(state, 'paused');
    assert.equal(loop.utilization, null);
    assert.ok(phases.every(({ busyMs, callbacks }) => busyMs === null && callbacks === null));
  });

  it('does not take the time of a pause for a long callback', () => {
    const feed = new Feed();
    feed.beat();
    feed.monitor.setPausedByDebugger(true, feed.timeMs);
    feed.beat({ ...standing(1000, 0), ...open(1000) });
    feed.monitor.setPausedByDebugger(false, feed.timeMs);
    const halted = { timers: { busyMs: 900, callbacks: 1, longestMs: 1900, longestSite: null } };
    const after = feed.beat({ phases: halted });
    assert.equal(after.state, 'running');
    assert.deepEqual(after.findings, []);
    assert.ok(after.notes.some((note) => note.includes('lies in a pause')));
    const own = { timers: { busyMs: 400, callbacks: 1, longestMs: 400, longestSite: null } };
    assert.equal(feed.beat({ phases: own }).findings.length, 1);
  });

  it('does not take a pause that began and ended between two beats for a long callback', () => {
    const feed = new Feed();
    feed.beat();
    feed.monitor.setPausedByDebugger(true, feed.timeMs + 100);
    feed.monitor.setPausedByDebugger(false, feed.timeMs + 800);
    const halted = { timers: { busyMs: 700, callbacks: 1, longestMs: 700, longestSite: null } };
    assert.deepEqual(feed.beat({ phases: halted }).findings, []);
  });

  it('says for how long there has been no answer, keeps the figures, and recovers', () => {
    const feed = new Feed();
    const last = feed.beat({ totals: { timers: 9, immediates: 0, requests: 0, handles: 0, promises: null } });
    feed.monitor.noAnswer(feed.timeMs + 2000, 1500);
    feed.monitor.noAnswer(feed.timeMs + 3000, 2500);
    assert.equal(feed.monitor.state, 'notAnswering');
    const silent = feed.monitor.snapshot;
    assert.equal(silent?.state, 'notAnswering');
    assert.equal(silent.stateSinceMs, 2500);
    assert.equal(silent.sequence, last.sequence);
    assert.equal(silent.timeMs, last.timeMs);
    assert.equal(silent.pendingTotals.timers, 9);
    feed.timeMs += 3000;
    assert.equal(feed.beat().state, 'running');
  });

  it('goes on saying paused when the debugger stopped the target in our own call', () => {
    const feed = new Feed();
    feed.beat();
    feed.monitor.setPausedByDebugger(true, feed.timeMs + 100);
    feed.monitor.noAnswer(feed.timeMs + 3000, 2900);
    assert.equal(feed.monitor.snapshot?.state, 'paused');
    assert.equal(feed.monitor.snapshot.stateSinceMs, 2900);
    assert.equal(feed.monitor.lastPoint?.timers, null);
  });

  it('does not take an idle Node 18, whose waiting is counted too short, for a paused one', () => {
    const feed = new Feed();
    feed.monitor.applyCpu(summary({ idleShare: 0.99 }), []);
    const snapshot = feed.beat({ ...withoutTurns(standing(1000, 0.01)), notes: ['idleCountedShort'] });
    assert.equal(snapshot.state, 'running');
  });

  it('does not take the time without an answer for a pause', () => {
    const feed = new Feed();
    feed.beat();
    feed.monitor.noAnswer(feed.timeMs + 4000, 3000);
    const snapshot = feed.beat({ ...standing(5000, 0), ...open(4900) });
    assert.equal(snapshot.state, 'running');
    assert.equal(snapshot.findings[0]?.text, 'A timers callback has been running for 4.9 s.');
  });

  it('stays detached once detached, with its last picture', () => {
    const feed = new Feed();
    feed.beat({ pending: [] }, { 1: site('a.ts', 1) });
    feed.monitor.detached(feed.timeMs + 50);
    feed.monitor.noAnswer(feed.timeMs + 60, 60);
    feed.monitor.setPausedByDebugger(true, feed.timeMs + 70);
    assert.equal(feed.monitor.state, 'detached');
    assert.equal(feed.monitor.stateSinceTimeMs, feed.timeMs + 50);
    assert.equal(feed.monitor.snapshot?.state, 'detached');
    assert.equal(feed.monitor.history().length, 1);
  });
});
