import type { Batch, CpuSummary } from '../protocol/probe';
import type { LoopFigures, MemoryFigures, PromiseFigures, SiteId, Snapshot, TargetInfo } from '../protocol/snapshot';
import { timerLateness } from './histogram';

/** Who the target is. */
export function targetOf({ process }: Batch): TargetInfo {
  const { pid, title, program, nodeVersion, uptimeMs } = process;
  return { pid, title, program, nodeVersion, uptimeMs, thread: 'main' };
}

/** CPU time as shares of one core. */
export function cpuOf({ process, windowMs }: Batch): Snapshot['cpu'] {
  if (windowMs <= 0) return { userShare: null, systemShare: null };
  return { userShare: process.cpuUserMs / windowMs, systemShare: process.cpuSystemMs / windowMs };
}

/** Sizes now, and the collections of the window. */
export function memoryOf({ process }: Batch): MemoryFigures {
  const { rssBytes, heapUsedBytes, heapTotalBytes, heapLimitBytes, externalBytes, arrayBuffersBytes } = process;
  const { gcMs, gcCount } = process;
  return {
    rssBytes,
    heapUsedBytes,
    heapTotalBytes,
    heapLimitBytes,
    externalBytes,
    arrayBuffersBytes,
    gcMs,
    gcCount,
  };
}

/** How long the loop waited: by Node's count, or by the samples where these make Node count too short. */
export function idleOf(batch: Batch, samples: CpuSummary | null): number {
  const { windowMs, loop, phases } = batch;
  let { idleMs } = loop;
  if (samples && isCountedShort(batch)) {
    let busyMs = 0;
    for (const phase of Object.values(phases)) busyMs += phase.busyMs;
    idleMs = Math.max(idleMs, Math.min(samples.idleShare * windowMs, windowMs - busyMs));
  }
  return Math.min(Math.max(0, idleMs), windowMs);
}

/** What the loop did; active and idle add up to the window. */
export function loopOf(batch: Batch, idleMs: number, method: LoopFigures['method']): LoopFigures {
  const { windowMs } = batch;
  const activeMs = windowMs - idleMs;
  return {
    utilization: windowMs > 0 ? activeMs / windowMs : null,
    turns: batch.loop.turns,
    activeMs,
    idleMs,
    method,
    timerLateness: timerLateness(batch.lateness),
  };
}

/** How promises were counted: counts are estimates also while some are pending that stand for others. */
export function promisesOf({ promises, totals }: Batch): PromiseFigures | null {
  if (!promises) return null;
  const { followed, oneIn } = promises;
  return { followed, oneIn, method: oneIn > 1 || totals.promises !== followed ? 'sampled' : 'hooks' };
}

/** Whether idle time has to be taken from the samples, because they spoil Node's counter. */
export function isCountedShort(batch: Batch): boolean {
  return batch.notes.includes('idleCountedShort');
}

/** Nothing is known of the loop. */
export const UNKNOWN_LOOP: LoopFigures = {
  utilization: null,
  turns: null,
  activeMs: null,
  idleMs: null,
  method: null,
  timerLateness: null,
};

/** All sites that a snapshot refers to. */
export function siteIdsOf(snapshot: Snapshot): Set<SiteId> {
  const ids = new Set<SiteId | null>([snapshot.openCallback?.site ?? null]);
  for (const { longestSite } of snapshot.phases) ids.add(longestSite);
  for (const { site, parents } of snapshot.pending) {
    ids.add(site);
    for (const parent of parents) ids.add(parent);
  }
  for (const { sites } of snapshot.listeners) for (const { site } of sites) ids.add(site);
  for (const { site } of snapshot.hot ?? []) ids.add(site);
  for (const { site } of snapshot.findings) ids.add(site);
  ids.delete(null);
  return ids as Set<SiteId>;
}
