import type { PendingGroup } from '../protocol/snapshot';
import type { Kind } from './kinds';
import { compare, older, type Row } from './pendingRow';
import { SampleClock, SAMPLES, Trend, type Growth } from './trend';

/** Counts below are not followed: half of what the rules ask for. */
const FOLLOW_FROM = 5;
/** What has not risen for so many samples does not grow, or does not go on growing. */
const LATELY = SAMPLES / 4;
const LATELY_GROWN = SAMPLES / 3;

/** A row whose count grows. */
export interface Growing {
  group: PendingGroup;
  kind: Kind;
  /** Over the last minute; null when that alone would not be called growth. */
  growth: Growth | null;
  /** Growth that had been found before goes on; null when it does not. */
  goingOn: Growth | null;
}

/** A row that has enough members to be followed. */
interface Followed {
  row: Row;
  trend: Trend;
  /** The sample in which it has risen last, and the one before; it begins with both. */
  risenIn: number;
  risenBefore: number;
  /** Its growth has been found: it takes less to go on. */
  hasGrown: boolean;
}

/** Growth of the rows of the pending table over the last minute; a row that does not change costs nothing. */
export class PendingGrowth {
  private readonly clock = new SampleClock();
  private readonly followed = new Map<Row, Followed>();
  /** Those that have risen lately. */
  private readonly risen = new Set<Followed>();
  /** Rows that have changed since the last sample. */
  private readonly changedRows = new Set<Row>();
  /** Members from before the attach by type, and the types of which there are others now. */
  private readonly left = new Map<string, number>();
  private readonly leftChanged = new Set<string>();

  /** A row has another picture than before; with nobody in it the row is gone. */
  changed(row: Row, before: PendingGroup): void {
    this.countLeft(before, -before.count);
    this.countLeft(row.picture, row.picture.count);
    this.changedRows.add(row);
  }

  /** Takes a sample when one is due; `rows` are all that there are, and each promise stands for so many. */
  follow(nowMs: number, rows: Iterable<Row>, promisesOneIn: number): void {
    if (!this.clock.isDue(nowMs)) return;
    if (this.leftChanged.size > 0) {
      for (const row of rows) if (this.leftChanged.has(row.picture.type)) this.changedRows.add(row);
      this.leftChanged.clear();
    }
    for (const row of this.changedRows) this.sample(row, row.kind === 'promise' ? promisesOneIn : 1);
    this.changedRows.clear();
  }

  /** The rows that grow, most first. */
  growing(nowMs: number): Growing[] {
    const growing: Growing[] = [];
    for (const followed of this.risen) {
      const { row, trend } = followed;
      if (this.clock.samples - followed.risenIn > (followed.hasGrown ? LATELY_GROWN : LATELY)) {
        this.risen.delete(followed);
        followed.hasGrown = false;
        continue;
      }
      // Growth rises from the first third of the minute to the second, and once more after that.
      const growth = this.clock.samples - followed.risenBefore < SAMPLES ? trend.growth() : null;
      if (growth) followed.hasGrown = true;
      const goingOn = followed.hasGrown ? trend.goingOn() : null;
      if (!growth && !goingOn) continue;
      growing.push({ group: older(row.picture, nowMs - row.pictureMs), kind: row.kind, growth, goingOn });
    }
    return growing.sort((a, b) => compare(a.group, b.group));
  }

  private sample(row: Row, step: number): void {
    const { type, count, origin } = row.picture;
    let followed = this.followed.get(row);
    if (count < FOLLOW_FROM) {
      this.followed.delete(row);
      if (followed) this.risen.delete(followed);
      return;
    }
    if (!followed) {
      const { samples } = this.clock;
      followed = { row, trend: new Trend(this.clock), risenIn: samples, risenBefore: samples, hasGrown: false };
      this.followed.set(row, followed);
    }
    // What existed before the attach ends bit by bit, and its successors are seen being made: they only seem to grow. So
    // what is left of it is added to each row of its type, and only the sum can grow.
    const value = origin === 'beforeAttach' ? count : count + (this.left.get(type) ?? 0);
    const { latest } = followed.trend;
    if (latest !== null && value > latest) {
      followed.risenBefore = followed.risenIn;
      followed.risenIn = this.clock.samples;
      this.risen.add(followed);
    }
    followed.trend.take(value, step);
  }

  private countLeft({ type, origin }: PendingGroup, change: number): void {
    if (origin !== 'beforeAttach' || change === 0) return;
    const left = (this.left.get(type) ?? 0) + change;
    if (left > 0) this.left.set(type, left);
    else this.left.delete(type);
    this.leftChanged.add(type);
  }
}
