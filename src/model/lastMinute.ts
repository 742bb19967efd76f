import type { Batch } from '../protocol/probe';
import type { ListenerGroup, PhaseFigures } from '../protocol/snapshot';
import type { RuleView } from './findings/rule';
import { countAbove } from './histogram';
import { LongCallbacks } from './longCallbacks';
import { MAX_LISTENER_ROWS } from './listeners';
import { Trend, Trends } from './trend';

/** Counts below are not followed for growth: half of what the rules ask for. */
const FOLLOW_FROM = 5;
/** A timer counts as held up when it was late by this part of the longest callback. */
const LATE_PART = 0.1;
const LATE_LEAST_MS = 5;

/** What rules need to know of the minute before: growth, and the longest callback. */
export class LastMinute {
  private readonly listeners = new Trends(FOLLOW_FROM, MAX_LISTENER_ROWS);
  private readonly heap = new Trend();
  private readonly longCallbacks = new LongCallbacks();

  get size(): number {
    return this.listeners.size + this.longCallbacks.size;
  }

  /** Takes the counts of one beat. */
  follow(batch: Batch, listeners: readonly ListenerGroup[]): void {
    this.listeners.add(batch.nowMs, listeners);
    this.heap.add(batch.nowMs, batch.process.heapUsedBytes);
  }

  /** Takes the longest callback of a beat; not to be called for one that holds a pause in the debugger. */
  followCallbacks(batch: Batch, phases: readonly PhaseFigures[]): void {
    for (const { phase, longestMs, longestSite } of phases) {
      if (longestMs === null) continue;
      const lateMs = Math.max(LATE_LEAST_MS, longestMs * LATE_PART);
      this.longCallbacks.add({
        timeMs: batch.nowMs,
        durationMs: longestMs,
        phase,
        site: longestSite,
        lateTimers: batch.lateness ? countAbove(batch.lateness.buckets, lateMs) : 0,
      });
    }
  }

  /** The part of a {@link RuleView} that looks back. */
  view(nowMs: number): Pick<RuleView, 'longest' | 'listenerGrowth' | 'heapGrowthBytesPerMinute'> {
    const heap = this.heap.troughGrowth();
    return {
      longest: this.longCallbacks.longest(nowMs),
      listenerGrowth: (key, goingOn) => this.listeners.growth(key, goingOn),
      heapGrowthBytesPerMinute: heap && heap.perSecond * 60,
    };
  }

  /** Forgets the counts of listeners, as when the probe starts anew; what the program did stays. */
  clearCounts(): void {
    this.listeners.clear();
  }
}
