import type { PhaseName, SiteId } from '../protocol/snapshot';

/** The longest callback of one beat. */
export interface LongCallback {
  timeMs: number;
  durationMs: number;
  phase: PhaseName;
  site: SiteId | null;
  /** Timers of that beat that started late by a good part of its duration. */
  lateTimers: number;
}

const KEEP_MS = 60_000;

/** The longest callback of the last minute: shorter ones that are older than a longer one never matter again. */
export class LongCallbacks {
  /** Oldest first, and longest first: each is longer than all after it. */
  private readonly queue: LongCallback[] = [];

  get size(): number {
    return this.queue.length;
  }

  add(callback: LongCallback): void {
    for (let last = this.queue.at(-1); last && outweighs(callback, last); last = this.queue.at(-1)) this.queue.pop();
    this.queue.push(callback);
  }

  longest(timeMs: number): LongCallback | null {
    while (this.queue[0] && timeMs - this.queue[0].timeMs > KEEP_MS) this.queue.shift();
    return this.queue[0] ?? null;
  }

  clear(): void {
    this.queue.length = 0;
  }
}

/** Longer, or nearly as long and with a place where the other has none: places are looked up after the first beat. */
function outweighs(callback: LongCallback, other: LongCallback): boolean {
  if (callback.durationMs >= other.durationMs) return true;
  const located = callback.site !== null && other.site === null && callback.phase === other.phase;
  return located && callback.durationMs >= other.durationMs * 0.8;
}
