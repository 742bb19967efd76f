/** A row at its place. One that was there may be gone: it stays a little, greyed, so that the others do not jump. */
export interface Placed<R> {
  row: R;
  /** When it was seen to be gone, on the host's clock; null while it is there. */
  endedAtMs: number | null;
  /** What it was sorted by last. */
  value: string | number | null;
  /** Its value was asked for since the order was made: it may stand where it does not belong. */
  isLoose: boolean;
  /** The beat in which it was new, or came at another place than in the beat before. */
  beat: number;
}

/** What {@link arrange} remembers from beat to beat: carried on, not copied. */
export interface Order<R> {
  /** Sort and grouping that the order was made for. */
  signature: string;
  placed: readonly Placed<R>[];
  byKey: Map<string, Placed<R>>;
  /** Those that are there, as their rows came. */
  there: readonly Placed<R>[];
  /** Those that are gone, and keep their place for a while. */
  ended: Set<Placed<R>>;
  beat: number;
  wasHeld: boolean;
}

export interface ArrangeOptions<R> {
  signature: string;
  /** What rows are sorted by. */
  value: (row: R) => string | number | null;
  /** Whether that is a figure: the greatest stands on top when `descending`. */
  isFigure: boolean;
  /** Whether a row that is the same object as before has the same value. */
  isSteady: boolean;
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

type Placing<R> = (a: Placed<R>, b: Placed<R>) => number;

/** By value, then by key. */
function placing<R extends { key: string }>(descending: boolean): Placing<R> {
  return (a, b) =>
    compareValues(a.value, b.value, descending) || (a.row.key < b.row.key ? -1 : a.row.key > b.row.key ? 1 : 0);
}

/** Those that are there, in their order: most are in it, and only the loose ones are compared with others. */
function inOrder<R>(placed: readonly Placed<R>[], compare: Placing<R>): Placed<R>[] {
  const firm = placed.filter(({ endedAtMs, isLoose }) => endedAtMs === null && !isLoose);
  const loose = placed.filter(({ endedAtMs, isLoose }) => endedAtMs === null && isLoose).sort(compare);
  const all: Placed<R>[][] = [];
  let from = 0;
  for (const one of loose) {
    one.isLoose = false;
    let to = firm.length;
    for (let low = from; low < to;) {
      const middle = (low + to) >>> 1;
      if (compare(firm[middle] ?? one, one) < 0) low = middle + 1;
      else to = middle;
    }
    all.push(firm.slice(from, to), [one]);
    from = to;
  }
  return [...all, firm.slice(from)].flat();
}

/** The rows of a beat beside those of the beat before. */
interface Changes<R> {
  there: Placed<R>[];
  /** With another row than before, or back again. */
  changed: Placed<R>[];
  added: Placed<R>[];
  gone: Placed<R>[];
}

/** Of very many rows most are the same objects as before, in the same order: of these nothing else is looked at. */
function changesOf<R extends { key: string }>(
  before: readonly Placed<R>[],
  rows: readonly R[],
  byKey: Map<string, Placed<R>>,
  beat: number,
): Changes<R> {
  const changed: Placed<R>[] = [];
  const added: Placed<R>[] = [];
  const passed: Placed<R>[] = [];
  const there = new Array<Placed<R>>(rows.length);
  let at = 0;
  let to = 0;
  for (const row of rows) {
    let one = before[at];
    while (one && one.row !== row && one.row.key !== row.key) {
      passed.push(one);
      one = before[++at];
    }
    at++;
    if (one?.row !== row) {
      one ??= byKey.get(row.key);
      if (one) changed.push(one);
      else {
        one = { row, endedAtMs: null, value: null, isLoose: true, beat };
        byKey.set(row.key, one);
        added.push(one);
      }
      one.row = row;
      one.beat = beat;
    }
    there[to++] = one;
  }
  // One that only changed its place was found by its key.
  const gone = [...passed, ...before.slice(at)].filter((one) => one.beat !== beat);
  return { there, changed, added, gone };
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
  const ended = same?.ended ?? new Set<Placed<R>>();
  const beat = (same?.beat ?? 0) + 1;
  const { there, changed, added, gone } = changesOf(same?.there ?? [], rows, byKey, beat);
  const isLetGo = same?.wasHeld === true && !held;
  const isJudged = !held && options.isFigure;
  // Values may be dear, and most orders are kept.
  const asked = isLetGo || (isJudged && !options.isSteady) ? there : isJudged ? [...changed, ...added] : added;
  for (const one of asked) {
    one.value = value(one.row);
    one.isLoose = true;
  }
  for (const one of changed) {
    one.endedAtMs = null;
    ended.delete(one);
  }
  for (const one of gone) {
    one.row = options.ended(one.row);
    one.endedAtMs = nowMs;
    ended.add(one);
  }
  let placed = same?.placed ?? [];
  const over = held ? [] : [...ended].filter(({ endedAtMs }) => nowMs - (endedAtMs ?? nowMs) >= KEEP_ENDED_MS);
  for (const one of over) {
    byKey.delete(one.row.key);
    ended.delete(one);
  }
  if (over.length > 0) placed = placed.filter((one) => one.endedAtMs === null || ended.has(one));
  const compare = placing<R>(descending);
  if (added.length > 0) placed = same ? [...placed, ...added.sort(compare)] : inOrder(added, compare);
  const order = { signature, placed, byKey, there, ended, beat, wasHeld: held };
  const isTouched = asked.length > 0 || over.length > 0;
  if (!same || !(isLetGo || (isJudged && isTouched && isPlainlyWrong(placed, descending)))) return order;
  for (const { row } of ended) byKey.delete(row.key);
  ended.clear();
  return { ...order, placed: inOrder(placed, compare) };
}

const collator = new Intl.Collator(undefined, { numeric: true });

/** Compares text as people do, and numbers by size; what is not known comes last either way. */
export function compareValues(a: string | number | null, b: string | number | null, descending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const sign = descending ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return (a - b) * sign;
  return collator.compare(String(a), String(b)) * sign;
}
