/** Steady growth, as far back as the samples of the last minute go. */
export interface Growth {
  perSecond: number;
  overMs: number;
}

/** How far back growth is looked for. */
export const TREND_MS = 60_000;
export const SAMPLES = 60;
/** A beat that comes a little early still makes a sample. */
const TOLERANCE_MS = 50;
const MIN_SAMPLES = 5;
const MIN_SPAN_MS = 5000;
const LEAST_RISE = 3;
const SURE_SAMPLES = 10;
const BINS = 8;
const MIN_TROUGH_SPAN_MS = 20_000;

/** When samples were taken: one a second over the last minute, unless it looks further back. */
export class SampleClock {
  private readonly times: number[] = [];
  /** How many there have been. */
  samples = 0;

  constructor(readonly spanMs = TREND_MS) {}

  /** Begins a sample, or answers false when the last one is too recent; `timeMs` is any clock that runs forward. */
  isDue(timeMs: number): boolean {
    if (this.samples > 0 && timeMs - this.timeOf(this.samples) < this.spanMs / SAMPLES - TOLERANCE_MS) return false;
    this.samples++;
    this.times[this.samples % SAMPLES] = timeMs;
    return true;
  }

  /** Time of the sample of this number, from 1; the last minute is kept. */
  timeOf(sample: number): number {
    return this.times[sample % SAMPLES] ?? 0;
  }
}

/** One sample a second of a count over the last minute, and whether it grows. */
export class Trend {
  private readonly values: number[] = new Array<number>(SAMPLES).fill(0);
  private newest = 0;
  private used = 0;
  /** Number of the sample up to which values are filled in: what does not change costs nothing until it is asked for. */
  private filled = Infinity;
  /** A count moves by this much at least: it stands for so many where only some are counted. */
  private step = 1;
  /** What {@link Trend.growth} last answered: it is asked several times a beat. */
  private known: Growth | null | undefined;
  /** The same of {@link Trend.troughGrowth}. */
  private troughs: { sample: number; growth: Growth | null } | undefined;

  /** Trends that take their samples at the same time share a clock. */
  constructor(private readonly clock = new SampleClock()) {}

  /** The value of the newest sample; null before the first. */
  get latest(): number | null {
    return this.used === 0 ? null : this.newest;
  }

  /** Takes a sample when one is due. */
  add(timeMs: number, value: number): void {
    if (this.clock.isDue(timeMs)) this.take(value);
  }

  /** Takes the sample that the clock has begun; while it is not called the value stays as it was. */
  take(value: number, step = 1): void {
    const sample = this.clock.samples;
    if (this.used === 0) this.filled = sample - 1;
    this.fillUpTo(sample - 1);
    this.newest = value;
    this.step = step;
    this.fillUpTo(sample);
  }

  /**
   * Growth that goes on: each third of the time lies above the middle of the third before it, and the last quarter has
   * still risen. So neither a warm-up that has ended nor a count that swings is growth.
   */
  growth(): Growth | null {
    this.fillUpTo(this.clock.samples);
    if (this.known === undefined) this.known = this.findGrowth();
    return this.known;
  }

  /** Growth that was found before goes on while the last third has risen: a short stall does not end it. */
  goingOn(): Growth | null {
    this.fillUpTo(this.clock.samples);
    const first = this.firstRecent();
    if (this.used - first < MIN_SAMPLES || !this.hasRisenOver((this.used - first) / 3)) return null;
    const perSecond = this.slope(first) * 1000;
    return perSecond > 0 ? { perSecond, overMs: this.span(first) } : null;
  }

  /** Growth of what is left after each collection: the lowest values of each third rise, by so much in all; else null. */
  troughGrowth(leastRise = 0): Growth | null {
    this.fillUpTo(this.clock.samples);
    if (this.troughs?.sample !== this.clock.samples) {
      this.troughs = { sample: this.clock.samples, growth: this.findTroughGrowth(leastRise) };
    }
    return this.troughs.growth;
  }

  private findTroughGrowth(leastRise: number): Growth | null {
    const first = this.firstRecent();
    const span = this.span(first);
    if (this.used - first < 6 || span < MIN_TROUGH_SPAN_MS) return null;
    const [one, two, three] = this.thirds(first).map(([from, to]) => this.lowestAt(from, to)) as [
      number,
      number,
      number,
    ];
    const [a, b, c] = [this.value(one), this.value(two), this.value(three)];
    if (!(a < b && b < c) || c - a < leastRise) return null;
    return { perSecond: ((c - a) / (this.time(three) - this.time(one))) * 1000, overMs: span };
  }

  private fillUpTo(sample: number): void {
    if (this.filled >= sample) return;
    this.filled = Math.max(this.filled, sample - SAMPLES);
    while (this.filled < sample) {
      this.filled++;
      this.values[this.filled % SAMPLES] = this.newest;
      if (this.used < SAMPLES) this.used++;
    }
    this.known = undefined;
  }

  private hasRisenOver(samples: number): boolean {
    const newest = this.used - 1;
    return this.value(newest) > this.value(newest - Math.max(2, Math.floor(samples)));
  }

  private findGrowth(): Growth | null {
    const first = this.firstRecent();
    const count = this.used - first;
    const span = this.span(first);
    if (count < MIN_SAMPLES || span < MIN_SPAN_MS - TOLERANCE_MS) return null;
    // First what is soon told: most counts do not rise.
    if (!this.hasRisenOver(count / 4)) return null;
    const [a, b, c] = this.thirds(first);
    if (this.lowest(...b) <= this.mean(...a) || this.lowest(...c) <= this.mean(...b)) return null;
    if (!this.isDirected(first)) return null;
    const perSecond = this.slope(first) * 1000;
    return perSecond > 0 ? { perSecond, overMs: span } : null;
  }

  /** Whether the rise is more than chance: counts swing by about their root, and a plain leak hardly ever goes down. */
  private isDirected(first: number): boolean {
    const count = this.used - first;
    const swing = Math.sqrt(this.mean(first, this.used) * this.step);
    const leastRise = LEAST_RISE * this.step;
    const { rise, path } = this.steps(first, 1);
    if (rise >= leastRise && rise >= path * 0.9) return count >= SURE_SAMPLES || rise >= 2 * swing;
    if (count < 2 * BINS) return false;
    // Under traffic single samples swing; their means show whether there is a leak below.
    const means = this.steps(first, count / BINS);
    return means.rise >= leastRise && means.rise >= means.path * 0.6 && means.rise >= 4 * swing;
  }

  /** From the first to the last mean of so many samples: how far up, and how far up and down together. */
  private steps(first: number, width: number): { rise: number; path: number } {
    let rise = 0;
    let path = 0;
    let before: number | null = null;
    for (let bin = 0; Math.round(first + (bin + 1) * width) <= this.used; bin++) {
      const mean = this.mean(Math.round(first + bin * width), Math.round(first + (bin + 1) * width));
      if (before !== null) {
        rise += mean - before;
        path += Math.abs(mean - before);
      }
      before = mean;
    }
    return { rise, path };
  }

  /** Index of the first sample of the time looked at; slow beats keep more than that. */
  private firstRecent(): number {
    const end = this.time(this.used - 1);
    let first = 0;
    while (first < this.used && end - this.time(first) > this.clock.spanMs) first++;
    return first;
  }

  private span(first: number): number {
    return this.used > first ? this.time(this.used - 1) - this.time(first) : 0;
  }

  private thirds(first: number): [[number, number], [number, number], [number, number]] {
    const third = (this.used - first) / 3;
    const one = first + Math.round(third);
    const two = first + Math.round(2 * third);
    return [
      [first, one],
      [one, two],
      [two, this.used],
    ];
  }

  private lowest(from: number, to: number): number {
    return this.value(this.lowestAt(from, to));
  }

  /** Index of the first of the lowest values. */
  private lowestAt(from: number, to: number): number {
    let lowest = from;
    for (let i = from + 1; i < to; i++) if (this.value(i) < this.value(lowest)) lowest = i;
    return lowest;
  }

  private mean(from: number, to: number): number {
    let sum = 0;
    for (let i = from; i < to; i++) sum += this.value(i);
    return sum / (to - from);
  }

  /** Least squares, a millisecond. */
  private slope(first: number): number {
    const count = this.used - first;
    const start = this.time(first);
    let sumTime = 0;
    let sumValue = 0;
    for (let i = first; i < this.used; i++) {
      sumTime += this.time(i) - start;
      sumValue += this.value(i);
    }
    let above = 0;
    let below = 0;
    for (let i = first; i < this.used; i++) {
      const time = this.time(i) - start - sumTime / count;
      above += time * (this.value(i) - sumValue / count);
      below += time * time;
    }
    return below > 0 ? above / below : 0;
  }

  private time(index: number): number {
    return this.clock.timeOf(this.sampleAt(index));
  }

  private value(index: number): number {
    return this.values[this.sampleAt(index) % SAMPLES] ?? 0;
  }

  /** Number of the sample at an index from the oldest one. */
  private sampleAt(index: number): number {
    return this.filled - this.used + 1 + index;
  }
}

export interface Followed {
  key: string;
  count: number;
}

/** Trends of many counts by key; a count that is small or gone needs none and is forgotten. */
export class Trends {
  private trends = new Map<string, Trend>();
  private readonly clock = new SampleClock();

  /** Counts below `from` are not followed; at most `limit` are. */
  constructor(
    private readonly from: number,
    private readonly limit: number,
  ) {}

  get size(): number {
    return this.trends.size;
  }

  /** Takes the counts of one beat: all that are there now. */
  add(timeMs: number, counts: readonly Followed[]): void {
    if (!this.clock.isDue(timeMs)) return;
    const before = this.trends;
    this.trends = new Map();
    for (const { key, count } of counts) {
      if (count < this.from) continue;
      if (this.trends.size >= this.limit) break;
      const trend = before.get(key) ?? new Trend(this.clock);
      trend.take(count);
      this.trends.set(key, trend);
    }
  }

  /** Of one count: steady growth, or with `goingOn` growth that had been found before. */
  growth(key: string, goingOn = false): Growth | null {
    const trend = this.trends.get(key);
    return (goingOn ? trend?.goingOn() : trend?.growth()) ?? null;
  }

  clear(): void {
    this.trends.clear();
  }
}
