import * as l10n from '@vscode/l10n';
import type { Method, OpenCallback, PhaseFigures, PhaseName, SiteId, Snapshot } from '../src/protocol/snapshot';
import { fixed } from './format';

/** What the window is divided into: the phases, with poll split into waiting and callbacks, and what is left over. */
export type PartName = PhaseName | 'wait' | 'other';

export interface Part {
  name: PartName;
  ms: number | null;
  /** Of the window, 0..1. */
  share: number | null;
  callbacks: number | null;
  longestMs: number | null;
  longestSite: SiteId | null;
  method: Method | 'remainder';
  /** A callback of this part that is still running. */
  open: OpenCallback | null;
}

/** nextTick and microtask queue run between any two callbacks: they are no phases, and stand on the inner ring. */
export const INNER: ReadonlySet<PartName> = new Set(['nextTick', 'microtasks']);

export const PART_NAMES: Readonly<Record<PartName, string>> = {
  pending: 'pending callbacks',
  prepare: 'idle, prepare',
  wait: l10n.t('poll: waiting'),
  poll: l10n.t('poll: callbacks'),
  check: 'check',
  close: 'close callbacks',
  timers: 'timers',
  nextTick: l10n.t('nextTick queue'),
  microtasks: l10n.t('microtask queue'),
  other: l10n.t('other active'),
};

export const SHORT_NAMES: Readonly<Record<PartName, string>> = {
  ...PART_NAMES,
  pending: 'pending',
  prepare: 'prepare',
  wait: l10n.t('waiting'),
  poll: 'poll',
  close: 'close',
  nextTick: 'nextTick',
  microtasks: 'microtasks',
  other: l10n.t('other'),
};

export const METHOD_NAMES: Readonly<Record<Part['method'], string>> = {
  hooks: l10n.t('hooks'),
  sampled: l10n.t('sampled'),
  counter: l10n.t('counter'),
  remainder: l10n.t('remainder'),
  notObservable: l10n.t('not observable'),
};

const WHAT: Readonly<Record<PartName, string>> = {
  pending: l10n.t('Pending callbacks: I/O errors put off to the next turn. What runs here is counted under poll.'),
  prepare: l10n.t('Idle and prepare: used inside Node only. Their time is in other.'),
  wait: l10n.t('Poll, waiting: the loop sleeps until I/O arrives or a timer is due.'),
  poll: l10n.t('Poll, callbacks: sockets, files, DNS, child processes.'),
  check: l10n.t('Check: setImmediate callbacks.'),
  close: l10n.t('Close callbacks: "close" of handles.'),
  timers: l10n.t('Timers: setTimeout and setInterval callbacks.'),
  nextTick: l10n.t(
    'nextTick queue: process.nextTick, run after every callback of every phase; its place on the ring says how long, not when.',
  ),
  microtasks: l10n.t(
    'Microtask queue: promises and queueMicrotask, run after the nextTick queue; its place on the ring says how long, not when.',
  ),
  other: l10n.t(
    'Active time that no callback explains: Node and V8 themselves, and the parts that cannot be observed.',
  ),
};

const HOW: Readonly<Record<Part['method'], string>> = {
  hooks: l10n.t('Measured by hooks: every callback.'),
  sampled: l10n.t('Sampled: an estimate from the CPU profile, without exact counts.'),
  counter: l10n.t('Counter: loop idle time, as Node counts it.'),
  remainder: l10n.t('Remainder: the window minus all other rows.'),
  notObservable: l10n.t('Not observable from JavaScript here: see the notes.'),
};

/** What a part is and how its figures were obtained. */
export function explain(part: Part): string {
  return `${WHAT[part.name]}\n${HOW[part.method]}`;
}

/** What the utilization is and how it was obtained, as sentences. */
export function explainUtilization({ loop, threads }: Pick<Snapshot, 'loop' | 'threads'>): string {
  const { utilization, method } = loop;
  const how = utilization === null || method === null ? 'notObservable' : method;
  const what =
    threads === 1
      ? l10n.t('Utilization: the share of the window in which the loop did not wait.')
      : l10n.t("Utilization: the mean of {0} threads. At 100 % no thread's loop would ever wait.", threads);
  return `${what}\n${HOW[how]}`;
}

/** All of the time that the parts divide. */
export function wholeMs({ windowMs, threads }: Pick<Snapshot, 'windowMs' | 'threads'>): number {
  return windowMs * threads;
}

/** Stands before every number that is an estimate. */
export const ABOUT = '≈\u202f';

/** `≈` before a number that was sampled and is not zero. */
export function about(method: Part['method'] | null, value: number | null): string {
  return method === 'sampled' && value ? ABOUT : '';
}

/** A share of the window as per cent without the sign; the whole of it has no decimals, so that it is no wider. */
export function sharePercent(share: number | null): string {
  return share !== null && share >= 0.9995 ? fixed(share * 100, 0) : fixed(share === null ? null : share * 100);
}

function phasePart(figures: PhaseFigures, open: OpenCallback | null): Omit<Part, 'share'> {
  const { phase, busyMs, callbacks, longestMs, longestSite, method } = figures;
  const own = open?.phase === phase ? open : null;
  const longer = own && own.sinceMs >= (longestMs ?? 0);
  return {
    name: phase,
    ms: busyMs,
    callbacks,
    longestMs: longer ? own.sinceMs : longestMs,
    longestSite: longer ? own.site : longestSite,
    method,
    open: own,
  };
}

/** The parts of a snapshot in the loop order of its Node version; those that are known add up to {@link wholeMs}. */
export function partsOf(snapshot: Snapshot): Part[] {
  const { loop, openCallback } = snapshot;
  const allMs = wholeMs(snapshot);
  const none = { callbacks: null, longestMs: null, longestSite: null, open: null };
  const found: Omit<Part, 'share'>[] = [];
  for (const figures of snapshot.phases) {
    if (figures.phase === 'poll')
      found.push({
        ...none,
        name: 'wait',
        ms: loop.idleMs,
        method: loop.idleMs === null ? 'notObservable' : (loop.method ?? 'counter'),
      });
    found.push(phasePart(figures, openCallback));
  }
  const sum = (parts: typeof found): number => parts.reduce((total, part) => total + (part.ms ?? 0), 0);
  // Samples are an estimate: where they claim more than the exact figures leave, they give way.
  const sampled = found.filter((part) => part.method === 'sampled');
  const excess = sum(found) - allMs;
  const claimed = sum(sampled);
  if (excess > 0 && claimed > 0) {
    for (const part of sampled) if (part.ms !== null) part.ms *= Math.max(0, claimed - excess) / claimed;
  }
  const rest = loop.idleMs === null ? null : Math.max(0, allMs - sum(found));
  found.push({ ...none, name: 'other', ms: rest, method: rest === null ? 'notObservable' : 'remainder' });
  return found.map((part) => ({ ...part, share: part.ms === null || allMs <= 0 ? null : part.ms / allMs }));
}

export interface Arc extends Part {
  /** Degrees clockwise from 12 o'clock. */
  from: number;
  length: number;
}

const NOTCH = 9;
/** The least width that is seen; 0.7 % of the window at most, and the table has the exact figure. */
export const LEAST_DEGREES = 2.4;

/** Places the parts on the circle: angle is share, but a fixed notch for what is not known and a least width for what is small. */
export function placeOnRing(parts: readonly Part[]): Arc[] {
  const scale = 360 - parts.filter((part) => part.share === null).length * NOTCH;
  const isSmall = (share: number): boolean => share * scale < LEAST_DEGREES;
  const shares = parts.flatMap((part) => (part.share === null ? [] : [part.share]));
  const free = scale - shares.filter(isSmall).length * LEAST_DEGREES;
  const large = shares.filter((share) => !isSmall(share)).reduce((total, share) => total + share, 0);
  // Where the waiting is not known the circle stays open: the known parts must not grow to fill it.
  const whole = parts.some((part) => part.name === 'wait' && part.share === null) ? Math.max(1, large) : large || 1;
  let from = 0;
  return parts.map((part) => {
    const { share } = part;
    const length = share === null ? NOTCH : isSmall(share) ? LEAST_DEGREES : (share / whole) * free;
    const arc = { ...part, from, length };
    from += length;
    return arc;
  });
}
