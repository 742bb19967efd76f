import type { PendingGroup } from '../src/protocol/snapshot';

/** A sparkline shows so many beats. */
export const TREND_BEATS = 40;

/** A count for each of the last beats, oldest first; null where it was not there yet. */
export type Counts = readonly (number | null)[];

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

  /** The line of a group. */
  of(key: string): Counts {
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

  /** The line of several groups together; null where none of them was there yet. */
  sum(keys: Iterable<string>): Counts {
    const length = Math.min(TREND_BEATS, this.beat);
    const first = this.beat - length + 1;
    const changes = new Array<number>(length).fill(0);
    let from = length;
    for (const key of keys) {
      const steps = this.steps.get(key);
      const start = steps?.[0];
      if (!steps || !start) continue;
      from = Math.min(from, Math.max(0, start.beat - first));
      let before = 0;
      for (const { beat, count } of steps) {
        const at = beat > first ? beat - first : 0;
        changes[at] = (changes[at] ?? 0) + count - before;
        before = count;
      }
    }
    let count = 0;
    return changes.map((change, at) => {
      count += change;
      return at < from ? null : count;
    });
  }

  /** Whether a group is gone, and its line is not yet. */
  isEnding(key: string): boolean {
    return this.steps.get(key)?.at(-1)?.count === 0;
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

/** So many rows are in sight at most, and some more. */
const ROWS = 200;

/** Lines of rows that gather groups: a group that is gone stays in the line of its row, which else would change behind itself. */
export class GatheredTrends {
  /** Keys of the groups that a row has gathered, lately drawn rows last. */
  private readonly gathered = new Map<string, Set<string>>();

  constructor(private readonly trends: Trends) {}

  /** To be asked for once a beat while the row is drawn. */
  of(row: string, members: readonly PendingGroup[]): Counts {
    const keys = this.gathered.get(row) ?? new Set();
    for (const { key } of members) keys.add(key);
    if (keys.size > members.length) {
      const there = new Set(members.map(({ key }) => key));
      for (const key of keys) if (!there.has(key) && !this.trends.isEnding(key)) keys.delete(key);
    }
    this.gathered.delete(row);
    this.gathered.set(row, keys);
    const [oldest] = this.gathered.keys();
    if (this.gathered.size > ROWS && oldest !== undefined) this.gathered.delete(oldest);
    return this.trends.sum(keys);
  }
}
