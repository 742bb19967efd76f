import type { Batch } from '../protocol/probe';
import type { ListenerGroup, PendingGroup, PhaseFigures } from '../protocol/snapshot';
import type { RuleView } from './findings/rule';
import { countAbove } from './histogram';
import { Lately } from './lately';
import { LongCallbacks } from './longCallbacks';
import { MAX_LISTENER_ROWS } from './listeners';
import { ProcessLog } from './processLog';
import { ThreadPool, type PoolLoad } from './threadPool';
import { SampleClock, Trend, Trends, type Growth } from './trend';

/** Counts below are not followed for growth: half of what the rules ask for. */
const FOLLOW_FROM = 5;
/** A timer counts as held up when it was late by this part of the longest callback. */
const LATE_PART = 0.1;
const LATE_LEAST_MS = 5;
/** How far back growth outside the heap is looked for, and the least rise: V8 lets so much garbage lie there. */
const EXTERNAL_SPAN_MS = 600_000;
const EXTERNAL_RISE_BYTES = 64 * 2 ** 20;

type LookingBack = Pick<
  RuleView,
  | 'longest'
  | 'lately'
  | 'poolLoad'
  | 'processEvents'
  | 'listenerGrowth'
  | 'heapGrowthBytesPerMinute'
  | 'externalGrowthBytesPerMinute'
>;

/** What rules need to know of the time before: mostly of the last minute. */
export class LastMinute {
  private readonly listeners = new Trends(FOLLOW_FROM, MAX_LISTENER_ROWS);
  private readonly heap = new Trend();
  private readonly external = new Trend(new SampleClock(EXTERNAL_SPAN_MS));
  private readonly longCallbacks = new LongCallbacks();
  private readonly threadPool = new ThreadPool();
  private readonly lately = new Lately();
  private readonly processLog = new ProcessLog();
  private poolLoad: PoolLoad | null = null;

  get size(): number {
    return this.listeners.size + this.longCallbacks.size;
  }

  /** Takes the counts of one beat. */
  follow(
    { nowMs, process, events }: Batch,
    listeners: readonly ListenerGroup[],
    requests: readonly PendingGroup[],
  ): void {
    this.listeners.add(nowMs, listeners);
    this.heap.add(nowMs, process.heapUsedBytes);
    this.external.add(nowMs, process.externalBytes);
    this.processLog.add(nowMs, events);
    this.poolLoad = this.threadPool.follow(nowMs, requests, process.threadPoolSize);
  }

  /**
   * Takes the longest callback and the timers of a beat, and its time in collections (null when it is not known); not to
   * be called for a beat that holds a pause in the debugger.
   */
  followCallbacks(batch: Batch, phases: readonly PhaseFigures[], gcMs: number | null): void {
    this.lately.add(batch, gcMs);
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
  view(nowMs: number): LookingBack {
    return {
      lately: this.lately,
      poolLoad: this.poolLoad,
      processEvents: this.processLog.events(nowMs),
      longest: this.longCallbacks.longest(nowMs),
      listenerGrowth: (key, goingOn) => this.listeners.growth(key, goingOn),
      heapGrowthBytesPerMinute: () => perMinute(this.heap.troughGrowth()),
      externalGrowthBytesPerMinute: () => perMinute(this.external.troughGrowth(EXTERNAL_RISE_BYTES)),
    };
  }

  /** Forgets the counts of listeners, as when the probe starts anew; what the program did stays. */
  clearCounts(): void {
    this.listeners.clear();
  }
}

function perMinute(growth: Growth | null): number | null {
  return growth && growth.perSecond * 60;
}
