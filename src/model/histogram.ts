import { LATENESS_BUCKETS, latenessOfBucket, type Batch } from '../protocol/probe';
import type { LoopFigures } from '../protocol/snapshot';

type BucketCounts = readonly (readonly [bucket: number, count: number])[];

/** How many values the buckets hold. */
export function countOf(buckets: BucketCounts): number {
  let count = 0;
  for (const [, n] of buckets) count += n;
  return count;
}

/** The value below which a share (0..1) of all values lies, by nearest rank; null when there is none. */
export function quantile(buckets: BucketCounts, share: number): number | null {
  const total = countOf(buckets);
  if (total <= 0) return null;
  const rank = Math.max(1, Math.ceil(share * total));
  const sorted = [...buckets].sort((a, b) => a[0] - b[0]);
  let seen = 0;
  let last = 0;
  for (const [bucket, count] of sorted) {
    if (count <= 0) continue;
    seen += count;
    last = latenessOfBucket(Math.min(bucket, LATENESS_BUCKETS - 1));
    if (seen >= rank) break;
  }
  return last;
}

/** How many values lie in buckets that stand for at least so many milliseconds. */
export function countAbove(buckets: BucketCounts, ms: number): number {
  let count = 0;
  for (const [bucket, n] of buckets) if (latenessOfBucket(bucket) >= ms) count += n;
  return count;
}

/** Timer lateness of a window; null when no timer ran. A bucket's middle may lie above the greatest value: cut there. */
export function timerLateness(lateness: Batch['lateness']): LoopFigures['timerLateness'] {
  if (!lateness) return null;
  const p50 = quantile(lateness.buckets, 0.5);
  const p99 = quantile(lateness.buckets, 0.99);
  if (p50 === null || p99 === null) return null;
  const { maxMs } = lateness;
  return { p50Ms: Math.min(p50, maxMs), p99Ms: Math.min(p99, maxMs), maxMs, count: countOf(lateness.buckets) };
}
