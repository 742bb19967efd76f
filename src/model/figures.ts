import type { Batch, CpuSummary, ThreadShares } from '../protocol/probe';
import type { LoopFigures, MemoryFigures, PromiseFigures, SiteId, Snapshot, TargetInfo } from '../protocol/snapshot';
import { timerLateness } from './histogram';

/**
 * What a shorter window is filled with is our own work: the first beat comes with the installing of the probe, the second one
 * right after it.
 */
const SHORTEST_MS = 20;

/** Who the target is. */
export function targetOf({ process }: Batch): TargetInfo {
  const { pid, title, program, nodeVersion, uptimeMs, threadId } = process;
  return { pid, title, program, nodeVersion, uptimeMs, thread: threadId === 0 ? 'main' : `worker ${threadId}` };
}

/** CPU time as shares of one core. */
export function cpuOf({ process, windowMs }: Batch): Snapshot['cpu'] {
  const { cpuUserMs, cpuSystemMs } = process;
  if (windowMs < SHORTEST_MS || cpuUserMs === null || cpuSystemMs === null)
    return { userShare: null, systemShare: null };
  return { userShare: cpuUserMs / windowMs, systemShare: cpuSystemMs / windowMs };
}

/** Sizes now, and the time of the window that samples saw in collections. */
export function memoryOf({ process, windowMs }: Batch, samples: CpuSummary | null): MemoryFigures {
  const { rssBytes, heapUsedBytes, heapTotalBytes, heapLimitBytes, externalBytes, arrayBuffersBytes } = process;
  return {
    rssBytes,
    heapUsedBytes,
    heapTotalBytes,
    heapLimitBytes,
    externalBytes,
    arrayBuffersBytes,
    gcMs: samples && samples.collectionShare * windowMs,
    gcCount: null,
  };
}

/** The latest samples, and whether they are of the window itself. */
export interface Sampled {
  samples: CpuSummary;
  isOfWindow: boolean;
}

/** Samples that show so much more active time than the kernel: callbacks that wait and use no CPU. */
const HELD_SHARE = 0.1;
/** A thread in the queue for a processor was busy and pre-empted; for this share of the time at most it was just woken. */
const WOKEN_SHARE = 0.04;

/**
 * How long the loop waited, by Node's count. Where sampling makes Node count too short: by the samples, as far as the
 * kernel agrees, because few samples say little and their time falls more often into the waiting than it should.
 */
export function idleOf(batch: Batch, sampled: Sampled | null, thread: ThreadShares | null): number {
  const countedMs = Math.max(0, batch.loop.idleMs);
  if (!isCountedShort(batch)) return Math.min(countedMs, restOf(batch));
  const idleShare = idleShareOf(sampled, thread) ?? 0;
  return Math.min(Math.max(countedMs, idleShare * batch.windowMs), restOf(batch));
}

function idleShareOf(sampled: Sampled | null, thread: ThreadShares | null): number | null {
  const share = sampled?.samples.idleShare ?? null;
  if (!thread) return share;
  const least = 1 - thread.ran - thread.queued;
  const most = least + Math.min(thread.queued, WOKEN_SHARE);
  if (!sampled || share === null) return most;
  const isHeld = sampled.isOfWindow && least - share > HELD_SHARE;
  return isHeld ? share : Math.min(Math.max(share, least), most);
}

/** A thread that runs less than this may be paused. */
const HARDLY_RAN = 0.05;
/** Less waiting than this may be none: the thread waits for the helpers of the garbage collector as well. */
const LEAST_WAITING = 0.2;

/**
 * As {@link idleOf}, to tell whether the loop stands still: one that is paused has not waited, though its thread did not
 * run; only samples show that.
 */
export function waitedOf(batch: Batch, sampled: Sampled | null, thread: ThreadShares | null): number {
  const waitedMs = idleOf(batch, sampled, thread && thread.ran < HARDLY_RAN ? null : thread);
  return waitedMs < batch.windowMs * LEAST_WAITING ? Math.min(batch.loop.idleMs, waitedMs) : waitedMs;
}

/** What the callbacks that hooks saw leave of the window. */
export function restOf({ windowMs, phases }: Batch): number {
  let restMs = windowMs;
  for (const phase of Object.values(phases)) restMs -= phase.busyMs;
  return Math.max(0, restMs);
}

/** What the loop did; active and idle add up to the window. */
export function loopOf(batch: Batch, idleMs: number, method: LoopFigures['method']): LoopFigures {
  const { windowMs } = batch;
  const activeMs = windowMs - idleMs;
  return {
    utilization: windowMs < SHORTEST_MS ? null : activeMs / windowMs,
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

/** The sum; not known when one of them is not. */
export function sumOf(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return sum;
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

/** The sites that a snapshot refers to beside those of what is pending, some of them several times. */
export function siteIdsOf(snapshot: Snapshot): (SiteId | null)[] {
  const ids = [snapshot.openCallback?.site ?? null];
  for (const { longestSite } of snapshot.phases) ids.push(longestSite);
  for (const { sites } of snapshot.listeners) for (const { site } of sites) ids.push(site);
  for (const { site } of snapshot.hot ?? []) ids.push(site);
  for (const { site } of snapshot.findings) ids.push(site);
  return ids;
}
