import type { CpuSummary, HeldUp } from '../protocol/probe';
import type { HotFunction, SiteId } from '../protocol/snapshot';

const KEEP_MS = 10_000;
const MAX_STRETCHES = 50;
const MAX_ROWS = 200;

interface Stretch {
  summary: CpuSummary;
  sites: SiteId[];
  callers: SiteId[];
}

/** Synchronous calls and regular expressions with the functions that made them, and the time of all stretches. */
export interface HeldCalls {
  spanMs: number;
  /** Most first. */
  calls: (Pick<HeldUp, 'what' | 'module' | 'ms'> & { site: SiteId })[];
}

/** The stretches of the CPU profile of about the last ten seconds. */
export class CpuStretches {
  private stretches: Stretch[] = [];
  private beatsWithout = 0;

  /** Nothing is left when so many beats went by without a stretch: the sampler is off. */
  constructor(private readonly validBeats: number) {}

  get size(): number {
    return this.stretches.length;
  }

  /** `sites` is parallel to `summary.functions`, `callers` to `summary.held`. */
  add(summary: CpuSummary, sites: SiteId[], callers: SiteId[]): void {
    this.beatsWithout = 0;
    this.stretches.push({ summary, sites, callers });
    // The newest always stays, however long it is; before it as many as make ten seconds.
    let keptMs = 0;
    let first = this.stretches.length;
    while (first > 0 && keptMs < KEEP_MS) keptMs += this.stretches[--first]?.summary.durationMs ?? 0;
    this.stretches.splice(0, Math.max(first, this.stretches.length - MAX_STRETCHES));
  }

  /** To be called once a beat. */
  beat(): void {
    if (++this.beatsWithout > this.validBeats) this.stretches = [];
  }

  /** The latest stretch that has samples; null when there is none. */
  latest(): CpuSummary | null {
    for (let index = this.stretches.length - 1; index >= 0; index--) {
      const summary = this.stretches[index]?.summary;
      if (summary && summary.samples > 0) return summary;
    }
    return null;
  }

  /** The program's function that was on the stack for the most time of the latest stretch; null when there is none. */
  busiest(): SiteId | null {
    const { summary, sites } = this.stretches.at(-1) ?? {};
    let mostMs = 0;
    let busiest: SiteId | null = null;
    summary?.functions.forEach(({ url, totalMs }, index) => {
      if (url === '' || url.startsWith('node:') || totalMs <= mostMs) return;
      mostMs = totalMs;
      busiest = sites?.[index] ?? null;
    });
    return busiest;
  }

  /** What held up the loop; nothing while there are no samples. */
  heldCalls(): HeldCalls {
    let spanMs = 0;
    const calls = new Map<string, HeldCalls['calls'][number]>();
    for (const { summary, callers } of this.stretches) {
      spanMs += summary.durationMs;
      summary.held.forEach(({ what, module, ms }, index) => {
        const site = callers[index];
        if (site === undefined) return;
        const key = `${site} ${module} ${what}`;
        const call = calls.get(key);
        if (call) call.ms += ms;
        else calls.set(key, { what, module, site, ms });
      });
    }
    return { spanMs, calls: [...calls.values()].sort((a, b) => b.ms - a.ms) };
  }

  /** Whether the latest stretch came with this beat. */
  get isFresh(): boolean {
    return this.beatsWithout === 1;
  }

  /** The time of all stretches; null when there is none. */
  get durationMs(): number | null {
    if (this.stretches.length === 0) return null;
    return this.stretches.reduce((sum, { summary }) => sum + summary.durationMs, 0);
  }

  /** Functions by self time, most first; null when there is no stretch. */
  rows(): HotFunction[] | null {
    if (this.stretches.length === 0) return null;
    const rows = new Map<SiteId, HotFunction>();
    for (const { summary, sites } of this.stretches) {
      summary.functions.forEach(({ selfMs, totalMs }, index) => {
        const site = sites[index];
        if (site === undefined) return;
        const row = rows.get(site);
        if (row) {
          row.selfMs += selfMs;
          row.totalMs += totalMs;
        } else {
          rows.set(site, { site, selfMs, totalMs });
        }
      });
    }
    return [...rows.values()].sort((a, b) => b.selfMs - a.selfMs || a.site - b.site).slice(0, MAX_ROWS);
  }
}
