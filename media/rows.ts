/** A row at its place. One that was there may be gone: it stays a little, greyed, so that the others do not jump. */
export interface Placed<R> {
  row: R;
  /** When it was seen to be gone, on the host's clock; null while it is there. */
  endedAtMs: number | null;
  /** What it was sorted by last. */
  value: string | number | null;
  /** The beat in which it was there last. */
  beat: number;
}

/** What {@link arrange} remembers from beat to beat: carried on, not copied. */
export interface Order<R> {
  /** Sort and grouping that the order was made for. */
  signature: string;
  placed: readonly Placed<R>[];
  byKey: Map<string, Placed<R>>;
  beat: number;
  wasHeld: boolean;
}

export interface ArrangeOptions<R> {
  signature: string;
  /** What rows are sorted by. */
  value: (row: R) => string | number | null;
  /** Whether that is a figure: the greatest stands on top when `descending`. */
  isFigure: boolean;
  descending: boolean;
  /** Pointer or focus is inside: nothing may change its place. */
  held: boolean;
  /** What is shown of a row that has ended. */
  ended: (row: R) => R;
  nowMs: number;
}

const KEEP_ENDED_MS = 6_000;

/** The order is plainly wrong when a row stands below one that it exceeds by half: small swaps are not worth a jump. */
function isPlainlyWrong<R>(placed: readonly Placed<R>[], descending: boolean): boolean {
  let edge = descending ? Infinity : -Infinity;
  for (const { value, endedAtMs } of placed) {
    if (endedAtMs !== null) continue;
    const figure = Number(value ?? 0);
    if (descending ? figure > edge * 1.5 + 2 : edge > figure * 1.5 + 2) return true;
    edge = descending ? Math.min(edge, figure) : Math.max(edge, figure);
  }
  return false;
}

/** Sorts by value, then by key; what is nearly in order costs little. */
function sort<R extends { key: string }>(placed: Placed<R>[], descending: boolean): void {
  placed.sort(
    (a, b) =>
      compareValues(a.value, b.value, descending) || (a.row.key < b.row.key ? -1 : a.row.key > b.row.key ? 1 : 0),
  );
}

/**
 * Puts the rows of a beat into an order that is as calm as can be: kept from the beat before, new rows below, ended rows
 * for 6 s where they were. It is made anew when the reader sorts, when pointer and focus leave, and, while neither is
 * inside, when it has become plainly wrong.
 */
export function arrange<R extends { key: string }>(
  before: Order<R> | null,
  rows: readonly R[],
  options: ArrangeOptions<R>,
): Order<R> {
  const { signature, value, descending, held, nowMs } = options;
  const same = before?.signature === signature ? before : null;
  const byKey = same?.byKey ?? new Map<string, Placed<R>>();
  const beat = (same?.beat ?? 0) + 1;
  const added: Placed<R>[] = [];
  const isLetGo = same?.wasHeld === true && !held;
  // Values may be dear, and most orders are kept: then only new rows are asked.
  const asksAll = isLetGo || (!held && options.isFigure);
  for (const row of rows) {
    let one = byKey.get(row.key);
    if (one && asksAll) one.value = value(row);
    else if (!one) {
      one = { row, endedAtMs: null, value: value(row), beat };
      byKey.set(row.key, one);
      added.push(one);
    }
    if (one.row !== row) one.row = row;
    one.endedAtMs = null;
    one.beat = beat;
  }
  const placed: Placed<R>[] = [];
  for (const one of same?.placed ?? []) {
    if (one.beat !== beat) {
      if (one.endedAtMs === null) {
        one.row = options.ended(one.row);
        one.endedAtMs = nowMs;
      } else if (!held && nowMs - one.endedAtMs >= KEEP_ENDED_MS) {
        byKey.delete(one.row.key);
        continue;
      }
    }
    placed.push(one);
  }
  sort(added, descending);
  for (const one of added) placed.push(one);
  const order = { signature, placed, byKey, beat, wasHeld: held };
  if (!same || !(isLetGo || (asksAll && isPlainlyWrong(placed, descending)))) return order;
  const there = placed.filter(({ endedAtMs }) => endedAtMs === null);
  for (const { row, endedAtMs } of placed) if (endedAtMs !== null) byKey.delete(row.key);
  // From the order that there is: most of it stays.
  sort(there, descending);
  return { ...order, placed: there };
}

const collator = new Intl.Collator(undefined, { numeric: true });

/** Compares text as people do, and numbers by size; what is not known comes last either way. */
export function compareValues(a: string | number | null, b: string | number | null, descending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const sign = descending ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return (a - b) * sign;
  return collator.compare(String(a), String(b)) * sign;
}
