import * as l10n from '@vscode/l10n';
import type { Finding, MemoryFigures, PromiseFigures, Snapshot, TargetState } from '../protocol/snapshot';
import { siteIdsOf, sumOf } from './figures';
import { SEVERITY_ORDER } from './findings/findings';
import { aboutWorker } from './notes';
import type { SiteTable } from './siteTable';
import { longestOpen, summedLoop } from './summedLoop';
import {
  capital,
  findingsOf,
  nameOf,
  partOf,
  summedHot,
  summedListeners,
  summedPending,
  type ThreadPart,
} from './summedTables';
import { duration, listed } from './words';

/** What there is of the threads of a process. */
export interface ThreadsSeen {
  /** The last snapshot of each, that of the main thread first. */
  snapshots: readonly [Snapshot, ...Snapshot[]];
  /** Sentences about those that run and of which there is none, by "worker 3". */
  missing: ReadonlyMap<string, string>;
  /** That of the sum. */
  sequence: number;
}

/** So many threads are named in a note. */
const NAMED = 5;

/**
 * One picture of all threads. Counts, sizes of heaps and what was dropped are added; so are the times of the loops that
 * turn, of which 100 % is the time of all of them together: utilization is their mean. Timer lateness and the longest
 * callbacks are the worst of any thread. What Node tells of the process only (CPU, resident set, uptime) is the main
 * thread's. A figure that is not known of one thread is not known of all. A thread that does not answer is left out, a
 * paused one with its loop, and both are named. `sites` gives places the same ids in each beat.
 */
export function sumOfThreads({ snapshots, missing, sequence }: ThreadsSeen, sites: SiteTable): Snapshot {
  const [main] = snapshots;
  const answering = snapshots.filter(({ state }) => state !== 'notAnswering');
  const parts = answering.map((snapshot) => partOf(snapshot, (site) => sites.intern(site)));
  const turning = parts.filter(({ snapshot }) => snapshot.state !== 'paused');
  const add = (pick: (snapshot: Snapshot) => number | null): number | null => sumOf(answering.map(pick));
  const count = (pick: (snapshot: Snapshot) => number): number => answering.reduce((sum, one) => sum + pick(one), 0);
  const snapshot: Snapshot = {
    ...main,
    ...summedLoop(turning.length > 0 ? turning : parts),
    ...stateOf(snapshots),
    sequence,
    target: { ...main.target, thread: 'all threads' },
    openCallback: longestOpen(turning),
    pending: summedPending(parts),
    pendingTotals: {
      timers: add(({ pendingTotals }) => pendingTotals.timers),
      immediates: add(({ pendingTotals }) => pendingTotals.immediates),
      requests: add(({ pendingTotals }) => pendingTotals.requests),
      handles: add(({ pendingTotals }) => pendingTotals.handles),
      promises: add(({ pendingTotals }) => pendingTotals.promises),
    },
    promises: promisesOf(answering),
    listeners: summedListeners(parts),
    hot: summedHot(parts),
    hotMs: hotMsOf(answering),
    memory: memoryOf(main, answering),
    sites: {},
    findings: [...outside(snapshots, missing), ...findingsOf(parts)].sort(
      (a, b) => SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity],
    ),
    rulesChecked: Math.max(...snapshots.map(({ rulesChecked }) => rulesChecked)),
    dropped: {
      resources: count(({ dropped }) => dropped.resources),
      sites: count(({ dropped }) => dropped.sites),
      beats: count(({ dropped }) => dropped.beats),
      promises: count(({ dropped }) => dropped.promises),
    },
    cost: {
      drainMs: add(({ cost }) => cost.drainMs),
      batchBytes: add(({ cost }) => cost.batchBytes),
      deepMs: add(({ cost }) => cost.deepMs),
    },
    notes: notesOf(parts),
  };
  const ids = snapshot.pending.flatMap(({ site, parents }) => [site, ...parents]);
  return { ...snapshot, sites: sites.pick([...ids, ...siteIdsOf(snapshot)], snapshot.timeMs) };
}

/** Of those whose functions are known. */
function hotMsOf(snapshots: readonly Snapshot[]): number | null {
  const known = snapshots.map(({ hotMs }) => hotMs).filter((ms) => ms !== null);
  return known.length > 0 ? sumOf(known) : null;
}

/** It runs while one of them does. */
function stateOf(snapshots: readonly Snapshot[]): Pick<Snapshot, 'state' | 'stateSinceMs'> {
  const order: readonly TargetState[] = ['running', 'blocked', 'paused', 'notAnswering'];
  const state = order.find((one) => snapshots.some((snapshot) => snapshot.state === one)) ?? 'detached';
  const since = snapshots.filter((snapshot) => snapshot.state === state).map(({ stateSinceMs }) => stateSinceMs);
  return { state, stateSinceMs: since.length > 0 ? Math.min(...since) : 0 };
}

function promisesOf(snapshots: readonly Snapshot[]): PromiseFigures | null {
  const known = snapshots.map(({ promises }) => promises).filter((promises) => promises !== null);
  if (known.length === 0 || known.length < snapshots.length) return null;
  return {
    followed: known.reduce((sum, { followed }) => sum + followed, 0),
    oneIn: Math.max(...known.map(({ oneIn }) => oneIn)),
    method: known.some(({ method }) => method === 'sampled') ? 'sampled' : 'hooks',
  };
}

/** Each thread has a heap, with a limit of its own that the others do not help to reach. */
function memoryOf(main: Snapshot, snapshots: readonly Snapshot[]): MemoryFigures {
  const add = (pick: (memory: MemoryFigures) => number | null): number | null =>
    sumOf(snapshots.map(({ memory }) => pick(memory)));
  return {
    rssBytes: main.memory.rssBytes,
    heapUsedBytes: add((memory) => memory.heapUsedBytes),
    heapTotalBytes: add((memory) => memory.heapTotalBytes),
    heapLimitBytes: snapshots.length === 1 ? main.memory.heapLimitBytes : null,
    externalBytes: add((memory) => memory.externalBytes),
    arrayBuffersBytes: add((memory) => memory.arrayBuffersBytes),
    gcMs: add((memory) => memory.gcMs),
    gcCount: add((memory) => memory.gcCount),
  };
}

/** The threads that are not in the sum, as findings: else it would only look small. */
function outside(snapshots: readonly Snapshot[], missing: ThreadsSeen['missing']): Finding[] {
  const finding = (thread: string, text: string): Finding => {
    return { id: `notInSum@${thread}`, rule: 'notInSum', severity: 'warning', text, site: null, action: null };
  };
  const silent = snapshots.filter(({ state }) => state === 'notAnswering');
  return [
    ...silent.map((snapshot) => {
      const { thread } = snapshot.target;
      const text = l10n.t(
        '{0} has not answered for {1}, and is not in the sum meanwhile.',
        capital(nameOf(snapshot)),
        duration(snapshot.stateSinceMs),
      );
      return finding(thread, text);
    }),
    ...[...missing].map(([thread, sentence]) => finding(thread, sentence)),
  ];
}

function notesOf(parts: readonly ThreadPart[]): string[] {
  const notes = [
    l10n.t(
      'This is the sum of all threads, each in its last window: 100 % of the loop is the time of all threads together, and utilization is their mean. Timer lateness is that of the worst thread. CPU, RSS and the time it is up are those of the process; each heap has a limit of its own, which is shown with its thread.',
    ),
  ];
  const paused = parts.filter(({ snapshot }) => snapshot.state === 'paused').map(({ snapshot }) => nameOf(snapshot));
  if (paused.length > 0 && paused.length < parts.length) {
    notes.push(
      l10n.t('Paused in the debugger: {0}. That time is not in the sum, what is pending there is.', named(paused)),
    );
  }
  const threadsOf = new Map<string, string[]>();
  for (const { snapshot } of parts) {
    const ofOne = new Set(aboutWorker(snapshot.target.nodeVersion, false));
    for (const note of snapshot.notes) {
      if (ofOne.has(note)) continue;
      const threads = threadsOf.get(note);
      if (threads) threads.push(nameOf(snapshot));
      else threadsOf.set(note, [nameOf(snapshot)]);
    }
  }
  for (const [note, threads] of threadsOf) {
    notes.push(threads.length === parts.length ? note : l10n.t('{0}: {1}', capital(named(threads)), note));
  }
  return notes;
}

function named(threads: readonly string[]): string {
  const more = threads.length - NAMED;
  const first = listed(threads.slice(0, NAMED));
  return more > 0 ? l10n.t('{0} and {1} more', first, more) : first;
}
