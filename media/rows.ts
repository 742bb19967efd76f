/** A row that was there may be gone: it stays a little, greyed, so that the others do not jump. */
export interface Placed<R> {
  row: R;
  /** When it was seen to be gone, on the host's clock; null while it is there. */
  endedAtMs: number | null;
}

/** What {@link arrange} remembers from beat to beat. */
export interface Order<R> {
  /** Sort and grouping that the order was made for. */
  signature: string;
  placed: readonly Placed<R>[];
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
function isPlainlyWrong<R>(placed: readonly Placed<R>[], { value, descending }: ArrangeOptions<R>): boolean {
  let edge = descending ? Infinity : -Infinity;
  for (const { row, endedAtMs } of placed) {
    if (endedAtMs !== null) continue;
    const figure = Number(value(row) ?? 0);
    if (descending ? figure > edge * 1.5 + 2 : edge > figure * 1.5 + 2) return true;
    edge = descending ? Math.min(edge, figure) : Math.max(edge, figure);
  }
  return false;
}

/** Sorts by value, then by key; each value is asked for once, and what is nearly in order costs little. */
function sorted<R extends { key: string }>(rows: readonly R[], options: ArrangeOptions<R>): Placed<R>[] {
  const { value, descending } = options;
  const withValues = rows.map((row) => ({ row, value: value(row) }));
  withValues.sort(
    (a, b) =>
      compareValues(a.value, b.value, descending) || (a.row.key < b.row.key ? -1 : a.row.key > b.row.key ? 1 : 0),
  );
  return withValues.map(({ row }) => ({ row, endedAtMs: null }));
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
  const { signature, held, nowMs } = options;
  const order = (placed: Placed<R>[]): Order<R> => ({ signature, placed, wasHeld: held });
  if (before?.signature !== signature) return order(sorted(rows, options));

  const current = new Map<string, R>();
  for (const row of rows) current.set(row.key, row);
  const placed: Placed<R>[] = [];
  let found = 0;
  for (const one of before.placed) {
    const row = current.get(one.row.key);
    if (row) {
      found++;
      placed.push(row === one.row && one.endedAtMs === null ? one : { row, endedAtMs: null });
    } else if (one.endedAtMs === null) placed.push({ row: options.ended(one.row), endedAtMs: nowMs });
    else if (held || nowMs - one.endedAtMs < KEEP_ENDED_MS) placed.push(one);
  }
  const known = found < current.size ? new Set(before.placed.map(({ row }) => row.key)) : null;
  if (known) {
    const added = sorted(
      rows.filter(({ key }) => !known.has(key)),
      options,
    );
    for (const one of added) placed.push(one);
  }
  if ((before.wasHeld && !held) || (!held && options.isFigure && isPlainlyWrong(placed, options))) {
    // From the order that there is: most of it stays.
    return order(
      sorted(
        placed.flatMap(({ row, endedAtMs }) => (endedAtMs === null ? [row] : [])),
        options,
      ),
    );
  }
  return order(placed);
}

const collator = new Intl.Collator(undefined, { numeric: true });

/** Compares text as people do, and numbers by size; what is not known comes last either way. */
export function compareValues(a: string | number | null, b: string | number | null, descending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const sign = descending ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return (a - b) * sign;
  return collator.compare(String(a), String(b)) * sign;
}
