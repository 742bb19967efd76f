import type { Batch } from '../protocol/probe';
import type { ListenerGroup, PendingGroup, PhaseFigures } from '../protocol/snapshot';
import type { RuleView } from './findings';
import { countAbove } from './histogram';
import { LongCallbacks } from './longCallbacks';
import { kindOf } from './kinds';
import { MAX_LISTENER_ROWS } from './listeners';
import { MAX_GROUPS } from './pending';
import { Trend, Trends } from './trend';

/** Counts below are not followed for growth: half of what the rules ask for. */
const FOLLOW_FROM = 5;
/** A timer counts as held up when it was late by this part of the longest callback. */
const LATE_PART = 0.1;
const LATE_LEAST_MS = 5;

/** What rules need to know of the minute before: growth, and the longest callback. */
export class LastMinute {
  // The one that leaks may be the least of them: all are followed.
  private readonly pending = new Trends(FOLLOW_FROM, MAX_GROUPS);
  private readonly listeners = new Trends(FOLLOW_FROM, MAX_LISTENER_ROWS);
  private readonly heap = new Trend();
  private readonly longCallbacks = new LongCallbacks();

  get size(): number {
    return this.pending.size + this.listeners.size + this.longCallbacks.size;
  }

  /** Takes the counts of one beat. */
  follow(batch: Batch, pending: readonly PendingGroup[], listeners: readonly ListenerGroup[]): void {
    const oneIn = batch.promises?.oneIn ?? 1;
    const stepOf = ({ type }: PendingGroup): number => (oneIn > 1 && kindOf(type) === 'promise' ? oneIn : 1);
    this.pending.add(batch.nowMs, pending, withReplaced(pending), stepOf);
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
  view(nowMs: number): Pick<RuleView, 'longest' | 'pendingGrowth' | 'listenerGrowth' | 'heapGrowthBytesPerMinute'> {
    const heap = this.heap.troughGrowth();
    return {
      longest: this.longCallbacks.longest(nowMs),
      pendingGrowth: (key, goingOn) => this.pending.growth(key, goingOn),
      listenerGrowth: (key, goingOn) => this.listeners.growth(key, goingOn),
      heapGrowthBytesPerMinute: heap && heap.perSecond * 60,
    };
  }

  /** Forgets the counts, as when the probe starts anew; what the program did stays. */
  clearCounts(): void {
    this.pending.clear();
    this.listeners.clear();
  }
}

/**
 * What existed before the attach ends bit by bit, and its successors are seen being made: such a group only seems to
 * grow. So what is left from before is added to each group of its type, and only the sum can grow.
 */
function withReplaced(pending: readonly PendingGroup[]): (group: PendingGroup) => number {
  const before = new Map<string, number>();
  for (const { type, count, origin } of pending) {
    if (origin === 'beforeAttach') before.set(type, (before.get(type) ?? 0) + count);
  }
  return ({ type, count, origin }) => (origin === 'beforeAttach' ? count : count + (before.get(type) ?? 0));
}
