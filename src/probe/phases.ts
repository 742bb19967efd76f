import { LATENESS_BUCKETS, latenessBucket, type BatchPhase } from '../protocol/probe';
import type { PhaseName } from '../protocol/snapshot';
import { Kind } from './types';

/** The phases that hooks see. */
export const HOOKED = ['poll', 'check', 'close', 'timers', 'nextTick'] as const satisfies readonly PhaseName[];
export type HookedPhase = (typeof HOOKED)[number];

/** Index in {@link HOOKED}: phases are told apart by number while callbacks run. */
export const enum Phase {
  Poll = 0,
  Check,
  Close,
  Timers,
  NextTick,
}

/** The phase a callback of a kind runs in; a handle whose close was requested runs in `close` instead. */
export function hookedPhaseOf(kind: Kind): Phase {
  if (kind === Kind.Tick) return Phase.NextTick;
  if (kind === Kind.Timer) return Phase.Timers;
  return kind === Kind.Immediate ? Phase.Check : Phase.Poll;
}

/** Callback time and counts by phase, and how late timers started; read and reset once a beat. */
export class Phases {
  private readonly busyMs = new Float64Array(HOOKED.length);
  private readonly callbacks = new Uint32Array(HOOKED.length);
  private readonly longestMs = new Float64Array(HOOKED.length);
  private readonly longestSites = new Uint32Array(HOOKED.length);
  /** The functions that ran longest, for the host to look up their place. */
  private readonly functions: unknown[] = HOOKED.map(() => undefined);
  private readonly latenessCounts = new Uint32Array(LATENESS_BUCKETS);
  private latenessMaxMs = 0;
  private timersRun = 0;

  /** Adds a callback that is over, with what was not counted of it yet; true when it is the longest of its phase so far. */
  add(phase: Phase, busyMs: number, totalMs: number): boolean {
    this.busyMs[phase] = (this.busyMs[phase] ?? 0) + busyMs;
    this.callbacks[phase] = (this.callbacks[phase] ?? 0) + 1;
    if (totalMs <= (this.longestMs[phase] ?? 0)) return false;
    this.longestMs[phase] = totalMs;
    return true;
  }

  /** Adds time of a callback that is not over yet. */
  addBusy(phase: Phase, ms: number): void {
    this.busyMs[phase] = (this.busyMs[phase] ?? 0) + ms;
  }

  setLongest(phase: Phase, site: number, callback: unknown): void {
    this.longestSites[phase] = site;
    this.functions[phase] = callback;
  }

  late(ms: number): void {
    this.timersRun++;
    const lateMs = ms > 0 ? ms : 0;
    const bucket = latenessBucket(lateMs);
    this.latenessCounts[bucket] = (this.latenessCounts[bucket] ?? 0) + 1;
    if (lateMs > this.latenessMaxMs) this.latenessMaxMs = lateMs;
  }

  /** The functions of the longest callbacks, where they were kept. */
  longestFunctions(): { phase: Phase; callback: unknown }[] {
    return this.functions
      .map((callback, phase: Phase) => ({ phase, callback }))
      .filter(({ callback }) => callback !== undefined);
  }

  takePhases(): Record<HookedPhase, BatchPhase> {
    const out = {} as Record<HookedPhase, BatchPhase>;
    HOOKED.forEach((name, phase) => {
      out[name] = {
        busyMs: this.busyMs[phase] ?? 0,
        callbacks: this.callbacks[phase] ?? 0,
        longestMs: this.longestMs[phase] ?? 0,
        longestSite: siteOrNull(this.longestSites[phase]),
      };
    });
    for (const figures of [this.busyMs, this.callbacks, this.longestMs, this.longestSites]) figures.fill(0);
    this.functions.fill(undefined);
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

function siteOrNull(site: number | undefined): number | null {
  return site === undefined || site === 0 ? null : site;
}
