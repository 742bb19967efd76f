/** A row that was there may be gone: it stays a little, greyed, so that the others do not jump. */
export interface Placed<R> {
  row: R;
  ended: boolean;
}

/** What {@link arrange} remembers from beat to beat. */
export interface Order<R> {
  /** Sort and grouping that the order was made for. */
  signature: string;
  keys: string[];
  last: Map<string, R>;
  endedAtMs: Map<string, number>;
  wasHeld: boolean;
}

export interface ArrangeOptions<R> {
  signature: string;
  compare: (a: R, b: R) => number;
  /** The figure that is sorted by, where it is one; the greatest stands on top when `descending`. */
  figure: ((row: R) => number) | null;
  descending: boolean;
  /** Pointer or focus is inside: nothing may change its place. */
  held: boolean;
  nowMs: number;
}

const KEEP_ENDED_MS = 6_000;

/** The order is plainly wrong when a row stands below one that it exceeds by half: small swaps are not worth a jump. */
function plainlyWrong(figures: number[], descending: boolean): boolean {
  let edge = descending ? Infinity : -Infinity;
  for (const figure of figures) {
    if (descending ? figure > edge * 1.5 + 2 : edge > figure * 1.5 + 2) return true;
    edge = descending ? Math.min(edge, figure) : Math.max(edge, figure);
  }
  return false;
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
): { order: Order<R>; placed: Placed<R>[] } {
  const { signature, compare, figure, descending, held, nowMs } = options;
  const current = new Map(rows.map((row) => [row.key, row]));
  const fresh = (): string[] => [...rows].sort(compare).map((row) => row.key);
  const start = (): Order<R> => ({ signature, keys: fresh(), last: current, endedAtMs: new Map(), wasHeld: held });
  const place = (order: Order<R>): { order: Order<R>; placed: Placed<R>[] } => ({
    order,
    placed: order.keys.flatMap((key): Placed<R>[] => {
      const row = current.get(key);
      if (row) return [{ row, ended: false }];
      const ended = order.last.get(key);
      return ended ? [{ row: ended, ended: true }] : [];
    }),
  });
  if (before?.signature !== signature || (before.wasHeld && !held)) return place(start());

  const endedAtMs = new Map<string, number>();
  const keys = before.keys.filter((key) => {
    if (current.has(key)) return true;
    const at = before.endedAtMs.get(key) ?? nowMs;
    endedAtMs.set(key, at);
    const stays = held || nowMs - at < KEEP_ENDED_MS;
    if (!stays) endedAtMs.delete(key);
    return stays;
  });
  const known = new Set(keys);
  const added = rows.filter((row) => !known.has(row.key)).sort(compare);
  keys.push(...added.map((row) => row.key));
  const last = new Map(
    keys.flatMap((key) => {
      const row = current.get(key) ?? before.last.get(key);
      return row ? [[key, row] as const] : [];
    }),
  );
  if (!held && figure) {
    const figures = keys.flatMap((key) => {
      const row = current.get(key);
      return row ? [figure(row)] : [];
    });
    if (plainlyWrong(figures, descending)) return place(start());
  }
  return place({ signature, keys, last, endedAtMs, wasHeld: held });
}

/** Compares text as people do, and numbers by size; what is not known comes last either way. */
export function compareValues(a: string | number | null, b: string | number | null, descending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const sign = descending ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return (a - b) * sign;
  return String(a).localeCompare(String(b), undefined, { numeric: true }) * sign;
}
