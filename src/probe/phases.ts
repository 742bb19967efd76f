import { LATENESS_BUCKETS, latenessBucket, type BatchPhase } from '../protocol/probe';
import type { PhaseName } from '../protocol/snapshot';

/** The phases that hooks see. */
export const HOOKED = ['poll', 'check', 'close', 'timers', 'nextTick'] as const satisfies readonly PhaseName[];
export type HookedPhase = (typeof HOOKED)[number];

interface Bucket {
  busyMs: number;
  callbacks: number;
  longestMs: number;
  longestSite: number;
  /** The function that ran longest, for the host to look up its place. */
  longestFunction: unknown;
}

const empty = (): Bucket => ({ busyMs: 0, callbacks: 0, longestMs: 0, longestSite: 0, longestFunction: undefined });

/** Callback time and counts by phase, and how late timers started; read and reset once a beat. */
export class Phases {
  private readonly buckets: Record<HookedPhase, Bucket> = {
    poll: empty(),
    check: empty(),
    close: empty(),
    timers: empty(),
    nextTick: empty(),
  };
  private readonly latenessCounts = new Uint32Array(LATENESS_BUCKETS);
  private latenessMaxMs = 0;
  private timersRun = 0;

  /** Adds a callback that is over, with what was not counted of it yet; true when it is the longest of its phase so far. */
  add(phase: HookedPhase, busyMs: number, totalMs: number): boolean {
    const bucket = this.buckets[phase];
    bucket.busyMs += busyMs;
    bucket.callbacks++;
    if (totalMs <= bucket.longestMs) return false;
    bucket.longestMs = totalMs;
    return true;
  }

  /** Adds time of a callback that is not over yet. */
  addBusy(phase: HookedPhase, ms: number): void {
    this.buckets[phase].busyMs += ms;
  }

  setLongest(phase: HookedPhase, site: number, callback: unknown): void {
    const bucket = this.buckets[phase];
    bucket.longestSite = site;
    bucket.longestFunction = callback;
  }

  late(ms: number): void {
    this.timersRun++;
    const lateMs = ms > 0 ? ms : 0;
    const bucket = latenessBucket(lateMs);
    this.latenessCounts[bucket] = (this.latenessCounts[bucket] ?? 0) + 1;
    if (lateMs > this.latenessMaxMs) this.latenessMaxMs = lateMs;
  }

  /** The functions of the longest callbacks, where they were kept. */
  longestFunctions(): { phase: HookedPhase; callback: unknown }[] {
    return HOOKED.map((phase) => ({ phase, callback: this.buckets[phase].longestFunction })).filter(
      ({ callback }) => callback !== undefined,
    );
  }

  takePhases(): Record<HookedPhase, BatchPhase> {
    const out = {} as Record<HookedPhase, BatchPhase>;
    for (const phase of HOOKED) {
      const { busyMs, callbacks, longestMs, longestSite } = this.buckets[phase];
      out[phase] = { busyMs, callbacks, longestMs, longestSite: longestSite || null };
      this.buckets[phase] = empty();
    }
    return out;
  }

  takeLateness(): { buckets: [number, number][]; maxMs: number } | null {
    if (this.timersRun === 0) return null;
    const buckets: [number, number][] = [];
    this.latenessCounts.forEach((count, bucket) => {
      if (count) buckets.push([bucket, count]);
    });
    const maxMs = this.latenessMaxMs;
    this.latenessCounts.fill(0);
    this.latenessMaxMs = 0;
    this.timersRun = 0;
    return { buckets, maxMs };
  }
}
