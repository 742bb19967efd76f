import type { CallTree } from '../protocol/panel';
import type { Finding, HotFunction, Snapshot } from '../protocol/snapshot';
import { hotOf, mergedCalls } from './calls';
import { siteIdsOf, sumOf } from './figures';
import { SEVERITY_ORDER } from './findings/findings';
import { summedLoop } from './summedLoop';

/** With more rows 120 beats of a busy target would take too much memory. */
const MOST_PENDING = 200;
const MOST_LISTENERS = 100;

/** What stays of a beat: its snapshot without the smaller rows, and what ran in it. */
export interface KeptBeat {
  snapshot: Snapshot;
  /** Null when no samples came with it. */
  calls: CallTree | null;
  /** Rows that were not kept. */
  pendingLeft: number;
  listenersLeft: number;
}

/** Bounds a beat to what is kept. Its hot functions are those of ten seconds: `calls` says what ran in it alone. */
export function keptBeat(snapshot: Snapshot, calls: CallTree | null): KeptBeat {
  const pending = snapshot.pending.slice(0, MOST_PENDING);
  const listeners = snapshot.listeners.slice(0, MOST_LISTENERS);
  const kept: Snapshot = { ...snapshot, pending, listeners, hot: snapshot.hot && [], sites: {} };
  const ids = pending.flatMap(({ site, parents }) => [site, ...parents]);
  for (const id of [...ids, ...siteIdsOf(kept)]) {
    const site = id === null ? undefined : snapshot.sites[id];
    if (id !== null && site) kept.sites[id] = site;
  }
  return {
    snapshot: kept,
    calls,
    pendingLeft: snapshot.pending.length - pending.length,
    listenersLeft: snapshot.listeners.length - listeners.length,
  };
}

/**
 * Some beats of one attachment as one picture, oldest first: times, counts and changes are added, of the longest callback
 * and of the lateness of timers it is the worst; findings are those of all of them. What is a state (pending, listeners,
 * memory) is as the last beat has it. The loop of beats in which the target was paused is left out.
 */
export function sumOfBeats(beats: readonly [KeptBeat, ...KeptBeat[]], trees: readonly CallTree[]): Snapshot {
  const snapshots = beats.map(({ snapshot }) => snapshot);
  const last = snapshots.at(-1) ?? beats[0].snapshot;
  const turned = snapshots.filter(({ state }) => state !== 'paused');
  const calls = mergedCalls(trees);
  const hot = last.hot && hotOf(calls);
  return {
    ...last,
    ...loopOf(turned.length > 0 ? turned : [last]),
    threads: last.threads,
    pending: withChanges(
      last.pending,
      snapshots.map(({ pending }) => pending),
    ),
    listeners: withChanges(
      last.listeners,
      snapshots.map(({ listeners }) => listeners),
    ),
    cpu: {
      userShare: meanOf(snapshots, ({ cpu }) => cpu.userShare),
      systemShare: meanOf(snapshots, ({ cpu }) => cpu.systemShare),
    },
    hot,
    hotMs: hot && calls.durationMs,
    memory: {
      ...last.memory,
      gcMs: sumOf(snapshots.map(({ memory }) => memory.gcMs)),
      gcCount: sumOf(snapshots.map(({ memory }) => memory.gcCount)),
    },
    sites: Object.assign({}, ...snapshots.map(({ sites }) => sites), hot && placesOf(calls, hot)) as Snapshot['sites'],
    findings: findingsOf(snapshots),
    dropped: {
      resources: countOf(snapshots, ({ dropped }) => dropped.resources),
      sites: countOf(snapshots, ({ dropped }) => dropped.sites),
      beats: countOf(snapshots, ({ dropped }) => dropped.beats),
      promises: countOf(snapshots, ({ dropped }) => dropped.promises),
    },
  };
}

/** A window is as long as those of all beats; of a sum of threads each has all of its threads. */
function loopOf(snapshots: readonly Snapshot[]): Pick<Snapshot, 'windowMs' | 'loop' | 'phases'> {
  const { loop, phases } = summedLoop(snapshots.map((snapshot) => ({ snapshot, siteOf: (id) => id })));
  const wholeMs = countOf(snapshots, ({ windowMs, threads }) => windowMs * threads);
  const utilization = loop.activeMs === null || wholeMs <= 0 ? null : loop.activeMs / wholeMs;
  return { windowMs: countOf(snapshots, ({ windowMs }) => windowMs), loop: { ...loop, utilization }, phases };
}

function countOf(snapshots: readonly Snapshot[], pick: (snapshot: Snapshot) => number): number {
  return snapshots.reduce((sum, snapshot) => sum + pick(snapshot), 0);
}

/** Each weighs as much as its window is long. */
function meanOf(snapshots: readonly Snapshot[], pick: (snapshot: Snapshot) => number | null): number | null {
  const allMs = countOf(snapshots, ({ windowMs }) => windowMs);
  const sum = sumOf(
    snapshots.map((snapshot) => {
      const value = pick(snapshot);
      return value === null ? null : value * snapshot.windowMs;
    }),
  );
  return sum === null || allMs <= 0 ? null : sum / allMs;
}

function withChanges<R extends { key: string; delta: number }>(
  rows: readonly R[],
  all: readonly (readonly R[])[],
): R[] {
  const changes = new Map<string, number>();
  for (const { key, delta } of all.flat()) changes.set(key, (changes.get(key) ?? 0) + delta);
  return rows.map((row) => ({ ...row, delta: changes.get(row.key) ?? row.delta }));
}

function placesOf({ places }: CallTree, hot: readonly HotFunction[]): Snapshot['sites'] {
  return Object.fromEntries(hot.flatMap(({ site }) => (places[site] ? [[site, places[site]]] : [])));
}

/** Each as it was told last. */
function findingsOf(snapshots: readonly Snapshot[]): Finding[] {
  const found = new Map(snapshots.flatMap(({ findings }) => findings.map((finding) => [finding.id, finding] as const)));
  return [...found.values()].sort((a, b) => SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity]);
}
