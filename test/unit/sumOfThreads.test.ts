import assert from 'node:assert/strict';
import fc from 'fast-check';
import { aboutWorker } from '../../src/model/notes';
import { SiteTable } from '../../src/model/siteTable';
import { groupsOf, partOf } from '../../src/model/summedTables';
import { sumOfThreads, type ThreadsSeen } from '../../src/model/sumOfThreads';
import type { ListenerGroup, PendingGroup, Site, SiteId, Snapshot } from '../../src/protocol/snapshot';
import { group, listeners, MB, phaseFigures, SITES, snapshotOf } from '../support/samples';

/** A snapshot of a worker, or of the main thread for 0. */
function threadOf(threadId: number, change: Partial<Snapshot> = {}): Snapshot {
  const { target, ...rest } = snapshotOf({ findings: [], notes: [], ...change });
  return { ...rest, target: { ...target, thread: threadId === 0 ? 'main' : `worker ${threadId}` } };
}

function sumOf(snapshots: Snapshot[], more: Partial<ThreadsSeen> = {}, sites = new SiteTable()): Snapshot {
  const [main, ...workers] = snapshots;
  return sumOfThreads({ snapshots: [main!, ...workers], missing: new Map(), sequence: 1, ...more }, sites);
}

const loop = (activeMs: number, idleMs: number, maxMs = 1): Snapshot['loop'] => ({
  utilization: activeMs / (activeMs + idleMs),
  turns: 10,
  activeMs,
  idleMs,
  method: 'counter',
  timerLateness: { p50Ms: maxMs / 4, p99Ms: maxMs / 2, maxMs, count: 3 },
});

const phase = (snapshot: Snapshot, name: string): Snapshot['phases'][number] =>
  snapshot.phases.find((one) => one.phase === name)!;

/** "TCPWRAP db.ts:14 (pg)": what makes two groups of different threads the same. */
function placeOf({ type, site }: PendingGroup, sites: Record<SiteId, Site>): string {
  const place = site === null ? undefined : sites[site];
  return place ? `${type} ${place.url}:${place.line} (${place.package})` : type;
}

const total = <T>(all: readonly T[], pick: (one: T) => number): number => all.reduce((sum, one) => sum + pick(one), 0);

describe('The sum of threads', () => {
  it('of one thread shows what that thread shows', () => {
    const one = threadOf(0);
    const sum = sumOf([one]);
    assert.deepEqual([sum.loop.utilization! * sum.windowMs, sum.loop.idleMs], [781, 220.3]);
    assert.deepEqual([sum.windowMs, sum.threads, sum.memory], [one.windowMs, 1, one.memory]);
    const rows = ({ pending }: Snapshot): unknown[] =>
      pending.map(({ count, oldestMs, type }) => `${type} ${count} ${oldestMs}`).sort();
    assert.deepEqual(rows(sum), rows(one));
  });

  it('has the time of all threads for its whole, and the worst lateness and callback', () => {
    const busy = [phaseFigures('timers', 'hooks', 600, 6, 100, 3), phaseFigures('microtasks', 'sampled', 100)];
    const idle = [phaseFigures('timers', 'hooks', 20, 4, 15, 1), phaseFigures('microtasks', 'hooks', 10, 5, 2)];
    const sum = sumOf([
      threadOf(0, { windowMs: 1000, loop: loop(700, 300, 90), phases: busy }),
      threadOf(1, { windowMs: 500, loop: loop(50, 450, 400), phases: idle }),
    ]);
    assert.deepEqual([sum.threads, sum.windowMs, sum.loop.utilization], [2, 750, 0.5]);
    assert.equal(sum.loop.activeMs! + sum.loop.idleMs!, sum.threads * sum.windowMs);
    assert.equal(sum.loop.turns, 20);
    assert.deepEqual(sum.loop.timerLateness, { p50Ms: 100, p99Ms: 200, maxMs: 400, count: 6 });
    const timers = phase(sum, 'timers');
    assert.deepEqual([timers.busyMs, timers.callbacks, timers.longestMs, timers.method], [620, 10, 100, 'hooks']);
    assert.equal(sum.sites[timers.longestSite!]?.line, SITES[3]!.line);
    const microtasks = phase(sum, 'microtasks');
    assert.deepEqual([microtasks.busyMs, microtasks.callbacks, microtasks.method], [110, null, 'sampled']);
    assert.equal(microtasks.longestMs, null, 'the longest of the other thread may be longer');
  });

  it('takes from the main thread what is of the process, and adds the heaps', () => {
    const memory = { ...snapshotOf().memory, heapUsedBytes: 10 * MB, heapTotalBytes: 20 * MB };
    const sum = sumOf([threadOf(0), threadOf(1, { memory, cpu: { userShare: 0.3, systemShare: 0.1 } })]);
    assert.deepEqual(sum.cpu, threadOf(0).cpu, 'the CPU time of the process has that of its threads in it');
    assert.equal(sum.memory.rssBytes, threadOf(0).memory.rssBytes);
    assert.deepEqual([sum.memory.heapUsedBytes, sum.memory.heapTotalBytes], [422 * MB, 468 * MB]);
    assert.equal(sum.memory.heapLimitBytes, null, 'no thread may use the room of another');
    assert.deepEqual(sum.pendingTotals, { timers: 490, immediates: 2, requests: 6, handles: 34, promises: null });
  });

  it('adds the time over which functions were sampled, of the threads that were', () => {
    const hot = [{ site: 1, selfMs: 3, totalMs: 4 }];
    const workers = [threadOf(1, { hot, hotMs: 9000 }), threadOf(2, { hot: null, hotMs: null })];
    assert.equal(sumOf([threadOf(0, { hot, hotMs: 1000 }), ...workers]).hotMs, 10_000);
    assert.equal(sumOf([threadOf(0, { hot: null, hotMs: null })]).hotMs, null);
  });

  it('does not know what is not known of one thread', () => {
    const unknown = threadOf(1, {
      loop: { ...loop(10, 990), turns: null, activeMs: null, idleMs: null, utilization: null, method: null },
      phases: [phaseFigures('timers', 'sampled'), phaseFigures('poll', 'notObservable')],
      pendingTotals: { timers: 1, immediates: null, requests: 1, handles: 1, promises: null },
      memory: { ...snapshotOf().memory, gcMs: null },
    });
    const sum = sumOf([threadOf(0), unknown]);
    assert.deepEqual([sum.loop.utilization, sum.loop.turns, sum.loop.method], [null, null, null]);
    assert.deepEqual([phase(sum, 'timers').busyMs, phase(sum, 'timers').method], [null, 'sampled']);
    assert.deepEqual([phase(sum, 'poll').busyMs, phase(sum, 'poll').method], [null, 'notObservable']);
    assert.deepEqual([sum.pendingTotals.immediates, sum.pendingTotals.timers, sum.memory.gcMs], [null, 246, null]);
  });

  it('names the thread of each finding, and leads to the row of the sum', () => {
    const finding = (id: string, site: SiteId | null): Snapshot['findings'][number] => {
      return { id, rule: 'r', severity: 'warning', text: 'It grows.', site, action: 'showPending' };
    };
    const worker = threadOf(3, {
      sites: { 1: SITES[9]!, 7: SITES[1]! },
      pending: [group('Timeout', 'timers', 5, 7)],
      listeners: [listeners('Server', 'error', 11, 1, [{ site: 7, count: 11 }])],
      findings: [finding('growing:Timeout@7', 7), finding('limit:Server/error#1', 7), finding('blocked', null)],
    });
    const main = threadOf(0, { findings: [{ ...finding('blocked', null), severity: 'error', text: 'It blocks.' }] });
    const { findings, pending, listeners: rows, sites } = sumOf([main, worker]);
    assert.deepEqual(
      findings.map(({ text }) => text),
      ['Main thread: It blocks.', ...Array<string>(3).fill('Worker 3: It grows.')],
    );
    assert.equal(new Set(findings.map(({ id }) => id)).size, 4);
    const keys = findings.map(({ id }) => id.slice(id.indexOf(':') + 1));
    const row = pending.find(({ key }) => key === keys[1]);
    assert.deepEqual([row?.count, sites[row?.site ?? -1]?.line], [245, SITES[1]!.line]);
    assert.equal(sites[findings[1]?.site ?? -1], SITES[1]);
    assert.equal(rows.find(({ key }) => key === keys[2])?.count, 11);
  });

  it('leaves out a thread that does not answer and the loop of a paused one, and says so', () => {
    const silent = threadOf(1, { state: 'notAnswering', stateSinceMs: 5000 });
    const paused = threadOf(2, { state: 'paused', pending: [group('Timeout', 'timers', 1000, null)] });
    const missing = new Map([['worker 4', 'Worker 4 is not in the sum.']]);
    const sum = sumOf([threadOf(0), silent, paused], { missing });
    assert.deepEqual([sum.state, sum.threads, sum.loop.activeMs], ['running', 1, 781]);
    assert.equal(sum.pending[0]?.count, 1000);
    assert.equal(
      total(sum.pending, ({ count }) => count),
      1000 + total(threadOf(0).pending, ({ count }) => count),
    );
    assert.deepEqual(
      sum.findings.map(({ text }) => text),
      ['Worker 1 has not answered for 5 s, and is not in the sum meanwhile.', 'Worker 4 is not in the sum.'],
    );
    assert.ok(sum.notes.some((note) => note.startsWith('Paused in the debugger: worker 2. ')));
  });

  for (const [states, state, sinceMs] of [
    [['blocked', 'running', 'paused'], 'running', 2],
    [['blocked', 'paused', 'blocked'], 'blocked', 1],
    [['paused', 'paused', 'paused'], 'paused', 1],
    [['paused', 'notAnswering', 'paused'], 'paused', 1],
  ] as const) {
    it(`of threads that are ${states.join(', ')} is ${state}`, () => {
      const snapshots = states.map((one, id) => threadOf(id, { state: one, stateSinceMs: id + 1 }));
      const sum = sumOf(snapshots);
      assert.deepEqual([sum.state, sum.stateSinceMs], [state, sinceMs]);
      assert.ok(sum.threads > 0);
    });
  }

  it('says the notes of all threads once, those of some with their names, and none that is about one alone', () => {
    const [worker = ''] = aboutWorker('24.2.0', true);
    const [first, ...rest] = sumOf([
      threadOf(0, { notes: ['All.', 'Main.'] }),
      threadOf(1, { notes: ['All.', worker, 'Some.'] }),
      threadOf(2, { notes: ['All.', worker, 'Some.'] }),
    ]).notes;
    assert.match(first!, /^This is the sum of all threads/);
    assert.deepEqual(rest, ['All.', 'Main thread: Main.', 'Worker 1, worker 2: Some.']);
  });

  describe('of any threads', () => {
    const places = Object.values(SITES);
    const pendingRow = fc.record({
      type: fc.constantFrom('Timeout', 'TCPWRAP', 'FSREQCALLBACK'),
      place: fc.option(fc.nat(places.length - 1), { nil: null }),
      count: fc.integer({ min: 1, max: 1000 }),
      referenced: fc.option(fc.nat(1000), { nil: null }),
      delta: fc.integer({ min: -50, max: 50 }),
      oldestMs: fc.option(fc.nat(1_000_000), { nil: null }),
      origin: fc.constantFrom('observed' as const, 'beforeAttach' as const),
    });
    const listenerRow = fc.record({
      emitter: fc.constantFrom('Server', 'Socket'),
      event: fc.constantFrom('error', 'data#x'),
      emitters: fc.integer({ min: 1, max: 9 }),
      at: fc.array(fc.record({ place: fc.nat(places.length - 1), count: fc.integer({ min: 1, max: 20 }) }), {
        maxLength: 3,
      }),
    });
    /** Each thread numbers the places in its own way. */
    const thread = fc
      .record({
        shift: fc.nat(40),
        pending: fc.uniqueArray(pendingRow, { maxLength: 8, selector: ({ type, place }) => `${type} ${place}` }),
        listeners: fc.uniqueArray(listenerRow, { maxLength: 4, selector: ({ emitter, event }) => emitter + event }),
        busyMs: fc.nat(900),
        windowMs: fc.integer({ min: 1000, max: 2000 }),
      })
      .map(({ shift, pending, listeners: rows, busyMs, windowMs }) => {
        const idOf = (place: number): SiteId => 1 + ((place + shift) % 41);
        return {
          sites: Object.fromEntries(places.map((site, place) => [idOf(place), site])),
          pending: pending.map(({ type, place, ...row }) =>
            group(type, 'poll', row.count, place === null ? null : idOf(place), row),
          ),
          listeners: rows.map(({ emitter, event, emitters, at }): ListenerGroup => {
            const sites = at.map(({ place, count }) => ({ site: idOf(place), count }));
            return listeners(emitter, event, total(sites, ({ count }) => count) + 1, emitters, sites);
          }),
          windowMs,
          loop: loop(busyMs + 50, windowMs - busyMs - 50),
          phases: [phaseFigures('timers', 'hooks', busyMs, 1, busyMs, null)],
        };
      });
    const threads = fc
      .array(thread, { minLength: 1, maxLength: 5 })
      .map((all) => all.map((change, threadId) => threadOf(threadId, change)));

    it('adds up: counts, changes and ages by type and place, listeners, and times', () => {
      fc.assert(
        fc.property(threads, (snapshots) => {
          const sum = sumOf(snapshots);
          const rows = new Map(sum.pending.map((row) => [row.key, row]));
          assert.equal(rows.size, sum.pending.length, 'no key twice');
          const all = snapshots.flatMap(({ pending, sites }) => pending.map((row) => ({ row, sites })));
          for (const place of new Set(all.map(({ row, sites }) => placeOf(row, sites)))) {
            const here = all.filter(({ row, sites }) => placeOf(row, sites) === place).map(({ row }) => row);
            const summed = sum.pending.filter((row) => placeOf(row, sum.sites) === place);
            assert.equal(
              total(summed, ({ count }) => count),
              total(here, ({ count }) => count),
            );
            assert.equal(
              total(summed, ({ delta }) => delta),
              total(here, ({ delta }) => delta),
            );
            const oldest = (some: PendingGroup[]): number => Math.max(...some.map(({ oldestMs }) => oldestMs ?? -1));
            assert.equal(oldest(summed), oldest(here));
            const origins = new Set(here.map(({ origin }) => origin));
            const isPlaced = here.every(({ site }) => site !== null);
            assert.equal(summed.length, isPlaced ? 1 : origins.size);
            if (isPlaced && here.some(({ referenced }) => referenced === null)) {
              assert.equal(summed[0]?.referenced, null);
            }
          }
          for (const name of ['Server', 'Socket']) {
            const of = (some: Snapshot[]): ListenerGroup[] =>
              some.flatMap((one) => one.listeners).filter(({ emitter }) => emitter === name);
            for (const pick of [
              ({ count }: ListenerGroup) => count,
              ({ emitters }: ListenerGroup) => emitters,
              ({ sites }: ListenerGroup) => total(sites, ({ count }) => count),
            ]) {
              assert.equal(total(of([sum]), pick), total(of(snapshots), pick));
            }
          }
          const windowsMs = total(snapshots, ({ windowMs }) => windowMs);
          assert.ok(Math.abs(sum.threads * sum.windowMs - windowsMs) < 1e-6);
          assert.ok(Math.abs(sum.loop.activeMs! + sum.loop.idleMs! - windowsMs) < 1e-6);
          assert.equal(
            phase(sum, 'timers').busyMs,
            total(snapshots, (one) => phase(one, 'timers').busyMs!),
          );
          for (const { site } of sum.pending) assert.ok(site === null || sum.sites[site]);
        }),
        { numRuns: 200 },
      );
    });

    it('finds the groups behind each row again, and keeps its keys when threads come and go', () => {
      fc.assert(
        fc.property(threads, threads, (first, then) => {
          const sites = new SiteTable();
          const before = sumOf(first, {}, sites);
          sumOf(then, {}, sites);
          const after = sumOf([...first].reverse(), {}, sites);
          const keysOf = ({ pending }: Snapshot): string[] => pending.map(({ key }) => key).sort();
          assert.deepEqual(keysOf(after), keysOf(before));
          const parts = first.map((snapshot) => partOf(snapshot, (site) => sites.intern(site)));
          for (const { key, count } of before.pending) {
            const behind = parts.flatMap((part) => groupsOf(part, key));
            assert.equal(
              total(behind, (one) => one.count),
              count,
            );
          }
        }),
        { numRuns: 100 },
      );
    });
  });
});
