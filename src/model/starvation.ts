import type { OpenCallback, PhaseFigures, SiteId, TargetState } from '../protocol/snapshot';

/** A loop that does not turn because a queue that runs between its callbacks does not become empty. */
export interface Starvation {
  queue: 'nextTick' | 'microtasks';
  /** How long the loop has not turned. */
  sinceMs: number;
  /** Callbacks of nextTick; null when they are not counted. */
  perSecond: number | null;
  /** The program's function that used most of the time; null when it is not known. */
  site: SiteId | null;
}

/**
 * A queue that takes more than this share of the time outside garbage collections holds up the loop: samples in native code
 * say of no queue that they belong to it.
 */
const LEAST_SHARE = 0.4;

interface Judged {
  state: TargetState;
  stateSinceMs: number;
  windowMs: number;
  /** Of the window; null when it is not known. */
  gcMs: number | null;
  openCallback: OpenCallback | null;
  phases: readonly PhaseFigures[];
  busiest: SiteId | null;
}

/** Whether a queue, and no single callback, holds up a loop that is blocked. */
export function starvationOf(judged: Judged): Starvation | null {
  const { state, windowMs, openCallback, phases } = judged;
  if (state !== 'blocked' || (openCallback?.sinceMs ?? 0) > windowMs / 2) return null;
  const found = { sinceMs: judged.stateSinceMs, site: judged.busiest };
  const leastMs = (windowMs - (judged.gcMs ?? 0)) * LEAST_SHARE;
  const holds = (figures?: PhaseFigures): boolean => (figures?.busyMs ?? 0) > leastMs;
  if (holds(phases.find(({ phase }) => phase === 'microtasks'))) {
    return { ...found, queue: 'microtasks', perSecond: null };
  }
  const ticks = phases.find(({ phase }) => phase === 'nextTick');
  const callbacks = ticks?.callbacks ?? null;
  // Callbacks that do next to nothing use less time than Node uses between them.
  if (!holds(ticks) && (callbacks === null || callbacks < 2)) return null;
  return { ...found, queue: 'nextTick', perSecond: callbacks === null ? null : (callbacks / windowMs) * 1000 };
}
