import type { Batch } from '../protocol/probe';
import { countAbove, countOf } from './histogram';

const KEEP_MS = 10_000;

interface Beat {
  nowMs: number;
  windowMs: number;
  lateness: Batch['lateness'];
  /** Time in collections; null when no samples are of this window. */
  gcMs: number | null;
}

/** The beats of the last ten seconds, but for those that hold a pause. */
export class Lately {
  private readonly beats: Beat[] = [];

  add({ nowMs, windowMs, lateness }: Batch, gcMs: number | null): void {
    this.beats.push({ nowMs, windowMs, lateness, gcMs });
    // The newest always stays, however long it is.
    while (this.beats.length > 1 && nowMs - (this.beats[0]?.nowMs ?? nowMs) >= KEEP_MS) this.beats.shift();
  }

  /** How many timers ran, how many of them started later than so much, and by how much the latest did. */
  timers(lateMs: number): { spanMs: number; count: number; late: number; worstMs: number } {
    const timers = { spanMs: 0, count: 0, late: 0, worstMs: 0 };
    for (const { windowMs, lateness } of this.beats) {
      timers.spanMs += windowMs;
      if (!lateness) continue;
      timers.count += countOf(lateness.buckets);
      timers.late += countAbove(lateness.buckets, lateMs);
      timers.worstMs = Math.max(timers.worstMs, lateness.maxMs);
    }
    return timers;
  }

  /** Time in collections, and the time in which that is known. */
  collections(): { spanMs: number; gcMs: number } {
    const collections = { spanMs: 0, gcMs: 0 };
    for (const { windowMs, gcMs } of this.beats) {
      if (gcMs === null) continue;
      collections.spanMs += windowMs;
      collections.gcMs += gcMs;
    }
    return collections;
  }
}
