import type { PendingGroup } from '../src/protocol/snapshot';

/** A sparkline shows so many beats. */
export const TREND_BEATS = 40;

/** From a beat on there were so many, until the next step; the first is the beat in which the group was seen first. */
interface Step {
  beat: number;
  count: number;
}

/** Counts of the pending groups over the last beats that this page has seen: a beat costs what has changed in it. */
export class Trends {
  private beat = 0;
  private readonly steps = new Map<string, Step[]>();

  /** A beat is over, in which these groups changed and these ended. */
  add(changed: readonly PendingGroup[], ended: readonly string[]): void {
    this.beat++;
    for (const { key, count } of changed) this.step(key, count);
    // A group that is gone keeps its line for a while: it may come back in the next beat.
    for (const key of ended) if (this.steps.has(key)) this.step(key, 0);
    if (this.beat % TREND_BEATS === 0) this.forget();
  }

  /** Oldest first, the newest last; null where it was not there yet. */
  of(key: string): readonly (number | null)[] {
    const steps = this.steps.get(key);
    const length = Math.min(TREND_BEATS, this.beat);
    const counts = new Array<number | null>(length).fill(null);
    if (!steps) return counts;
    const first = this.beat - length + 1;
    steps.forEach(({ beat, count }, at) => {
      const until = steps[at + 1]?.beat ?? this.beat + 1;
      counts.fill(count, Math.max(0, beat - first), Math.max(0, until - first));
    });
    return counts;
  }

  /** How many more there are than at the beginning of the line. */
  growth(key: string): number {
    const steps = this.steps.get(key);
    if (!steps) return 0;
    const since = this.beat - TREND_BEATS + 1;
    const first = steps.findLast(({ beat }) => beat <= since) ?? steps[0];
    return (steps.at(-1)?.count ?? 0) - (first?.count ?? 0);
  }

  private step(key: string, count: number): void {
    const steps = this.steps.get(key);
    if (!steps) {
      this.steps.set(key, [{ beat: this.beat, count }]);
      return;
    }
    if (steps.at(-1)?.count === count) return;
    steps.push({ beat: this.beat, count });
    // The last one before the line begins says what it begins with.
    if ((steps[1]?.beat ?? Infinity) <= this.beat - TREND_BEATS) steps.shift();
  }

  private forget(): void {
    for (const [key, steps] of this.steps) {
      const last = steps.at(-1);
      if (last?.count === 0 && last.beat <= this.beat - TREND_BEATS) this.steps.delete(key);
    }
  }
}
