import * as l10n from '@vscode/l10n';
import type { FindingMark, HistoryPoint } from '../src/protocol/panel';
import type { TargetState } from '../src/protocol/snapshot';
import { fixed, NOT_KNOWN, percent, whole } from './format';

/** Beats that the charts show. */
export const BEATS = 120;

export interface Line {
  label: string;
  /** Custom property of the stylesheet. */
  colour: string;
  width: number;
  dashed?: boolean;
  /** Tint of the area under the line, in per cent. */
  fill?: boolean;
  /** What is drawn; null is a gap. */
  value: (point: HistoryPoint) => number | null;
  /** What is read in the head, when that is not what is drawn. */
  read?: (point: HistoryPoint) => number | null;
}

/** One of the four charts. */
export interface ChartSpec {
  id: string;
  title: string;
  unit: string;
  lines: Line[];
  show: (value: number | null) => string;
  /** Logarithmic from this value on. */
  logFrom?: number;
  /** The scale never ends below this. */
  leastTop: number;
  /** Two lines between which the area is tinted. */
  range?: [from: number, to: number];
  /** Drawn as a dashed line when it fits the scale. */
  limit?: (point: HistoryPoint) => number | null;
  /** Ticks at the foot. */
  ticks?: (point: HistoryPoint) => boolean;
  /** Further figures of the head. */
  extra?: { label: string; text: (point: HistoryPoint) => string }[];
}

const inMegabytes = (bytes: number | null): number | null => (bytes === null ? null : bytes / 2 ** 20);

const sum = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

export const CHARTS: readonly ChartSpec[] = [
  {
    id: 'lateness',
    title: l10n.t('Timer lateness'),
    unit: l10n.t('ms, log'),
    logFrom: 0.1,
    leastTop: 1000,
    range: [0, 2],
    show: (value) => fixed(value, value !== null && value < 10 ? 1 : 0),
    lines: [
      { label: 'p50', colour: '--timers', width: 1.6, value: (point) => point.latenessP50Ms },
      { label: 'p99', colour: '--timers', width: 1, value: (point) => point.latenessP99Ms },
      { label: l10n.t('max'), colour: '--timers', width: 1, dashed: true, value: (point) => point.latenessMaxMs },
    ],
  },
  {
    id: 'cpu',
    title: 'CPU',
    unit: l10n.t('% of one core'),
    leastTop: 1,
    show: (value) => percent(value),
    lines: [
      { label: l10n.t('user'), colour: '--fg', width: 1.3, fill: true, value: (point) => point.cpuUserShare },
      {
        label: l10n.t('system'),
        colour: '--faint',
        width: 1,
        value: (point) => sum(point.cpuUserShare, point.cpuSystemShare),
        read: (point) => point.cpuSystemShare,
      },
    ],
  },
  {
    id: 'heap',
    title: l10n.t('Heap'),
    unit: 'MB',
    leastTop: 10,
    show: (value) => fixed(value, 0),
    limit: (point) => inMegabytes(point.heapLimitBytes),
    ticks: (point) => (point.gcMs ?? 0) > 0,
    lines: [
      {
        label: l10n.t('used'),
        colour: '--fg',
        width: 1.3,
        fill: true,
        value: (point) => inMegabytes(point.heapUsedBytes),
      },
      { label: l10n.t('total'), colour: '--faint', width: 1, value: (point) => inMegabytes(point.heapTotalBytes) },
    ],
    extra: [
      { label: l10n.t('limit'), text: (point) => fixed(inMegabytes(point.heapLimitBytes), 0) },
      { label: l10n.t('GC ms'), text: (point) => fixed(point.gcMs, point.gcMs !== null && point.gcMs < 1 ? 1 : 0) },
    ],
  },
  {
    id: 'pending',
    title: l10n.t('Pending'),
    unit: '',
    leastTop: 10,
    show: whole,
    lines: [
      { label: l10n.t('timers'), colour: '--timers', width: 1.3, value: (point) => point.timers },
      { label: l10n.t('handles'), colour: '--poll', width: 1.3, value: (point) => point.handles },
      { label: l10n.t('requests'), colour: '--requests', width: 1, value: (point) => point.requests },
    ],
  },
];

/** The points between two times, with an empty one wherever beats are missing, so that no line bridges a gap. */
export interface Stretch {
  times: number[];
  points: (HistoryPoint | null)[];
  fromMs: number;
  toMs: number;
}

/** Cuts the last {@link BEATS} beats up to a time out of the history, or as many as are wanted. */
export function stretchOf(history: readonly HistoryPoint[], beatMs: number, toMs: number, beats = BEATS): Stretch {
  const fromMs = toMs - beats * beatMs;
  const stretch: Stretch = { times: [], points: [], fromMs, toMs };
  let before: number | null = null;
  for (const point of history) {
    if (before !== null && point.timeMs <= before) continue;
    if (before !== null && point.timeMs - before > 2.5 * beatMs && point.timeMs > fromMs) {
      stretch.times.push(before + beatMs);
      stretch.points.push(null);
    }
    before = point.timeMs;
    // One more on either side: the lines go on to the edge.
    if (point.timeMs < fromMs - beatMs || point.timeMs > toMs + beatMs) continue;
    stretch.times.push(point.timeMs);
    stretch.points.push(point);
  }
  return stretch;
}

/** The point at a time, if a beat came near it. */
export function pointAt(stretch: Stretch, timeMs: number, beatMs: number): HistoryPoint | null {
  let best: HistoryPoint | null = null;
  let distance = beatMs * 0.75;
  for (const point of stretch.points) {
    if (point === null || Math.abs(point.timeMs - timeMs) > distance) continue;
    best = point;
    distance = Math.abs(point.timeMs - timeMs);
  }
  return best;
}

/** A stretch of time in which the target did not run freely. */
export interface Band {
  fromMs: number;
  toMs: number;
}

/** When the process has ended and started again: the first beat after each end. */
export function restartsIn(stretch: Stretch): number[] {
  const times: number[] = [];
  let ended = false;
  for (const point of stretch.points) {
    if (point === null) continue;
    if (ended && point.state !== 'detached') times.push(point.timeMs);
    ended = point.state === 'detached';
  }
  return times;
}

const SEVERITIES = ['error', 'warning', 'info'] as const;

/** When findings began, one mark a beat with the worst of them. */
export function marksIn(marks: readonly FindingMark[], { fromMs, toMs }: Stretch): FindingMark[] {
  const found = new Map<number, FindingMark>();
  for (const mark of marks) {
    if (mark.timeMs < fromMs || mark.timeMs > toMs) continue;
    const other = found.get(mark.timeMs);
    const severity = SEVERITIES.find((one) => one === mark.severity || one === other?.severity) ?? mark.severity;
    found.set(mark.timeMs, { ...mark, severity, text: other ? `${other.text}\n${mark.text}` : mark.text });
  }
  return [...found.values()];
}

/** Where the charts need explaining: paused, blocked, not answering; `now` is the state that lasts until the end. */
export function bandsOf(stretch: Stretch, beatMs: number, now: { state: TargetState; sinceMs: number }): Band[] {
  const bands: Band[] = [];
  const lasts = now.state !== 'running' && now.state !== 'detached';
  for (const point of stretch.points) {
    if (point === null || point.state === 'running' || point.state === 'detached') continue;
    const last = bands[bands.length - 1];
    const fromMs = point.timeMs - beatMs;
    if (last && fromMs <= last.toMs + beatMs) last.toMs = point.timeMs;
    else bands.push({ fromMs, toMs: point.timeMs });
  }
  if (lasts) {
    const rest = bands.filter((band) => band.toMs < now.sinceMs);
    return [...rest, { fromMs: Math.max(stretch.fromMs, now.sinceMs), toMs: stretch.toMs }];
  }
  return bands;
}

/** The least of 1, 2, 5, 10, 20, 50, ... that is not below a value. */
export function stepUp(value: number): number {
  if (!(value > 0)) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= value * (1 - 1e-9)) ?? 10;
  return step * power;
}

export interface Scale {
  top: number;
  /** The limit stands within the scale. */
  limit: number | null;
  /** Until when a lower top must have been enough before the scale shrinks. */
  shrinkAtMs: number | null;
}

const SHRINK_AFTER_MS = 30_000;
/** From this share on the limit is worth the room it takes. */
const LIMIT_NEAR = 0.6;

function greatest(spec: ChartSpec, stretch: Stretch): number {
  let top = 0;
  for (const point of stretch.points) {
    if (point === null) continue;
    for (const line of spec.lines) top = Math.max(top, line.value(point) ?? 0);
  }
  return top;
}

function wanted(spec: ChartSpec, stretch: Stretch): { top: number; limit: number | null } {
  const highest = greatest(spec, stretch);
  if (spec.logFrom !== undefined) {
    return { top: Math.max(spec.leastTop, 10 ** Math.ceil(Math.log10(Math.max(highest, 1)))), limit: null };
  }
  const newest = stretch.points.findLast((point) => point !== null);
  const limit = newest && spec.limit ? spec.limit(newest) : null;
  if (limit !== null && highest >= limit * LIMIT_NEAR) return { top: limit * 1.1, limit };
  return { top: Math.max(spec.leastTop, stepUp(highest)), limit: null };
}

/** The scale after a beat: it grows at once, and shrinks only after 30 s without need. */
export function nextScale(before: Scale | null, spec: ChartSpec, stretch: Stretch, nowMs: number): Scale {
  const { top, limit } = wanted(spec, stretch);
  if (!before || top >= before.top) return { top, limit, shrinkAtMs: null };
  const shrinkAtMs = before.shrinkAtMs ?? nowMs + SHRINK_AFTER_MS;
  return nowMs >= shrinkAtMs
    ? { top, limit, shrinkAtMs: null }
    : { ...before, limit: before.limit ?? limit, shrinkAtMs };
}

/** What stands beside the grid lines of a chart, from the top. */
export function gridOf(spec: ChartSpec, scale: Scale): { value: number; label: string }[] {
  if (spec.logFrom !== undefined) {
    const lines = [];
    for (let value = spec.logFrom * 10; value < scale.top; value *= 10) {
      const power = Math.round(Math.log10(value));
      lines.unshift({ value, label: power % 2 === 0 ? whole(10 ** power) : '' });
    }
    return lines;
  }
  const top = scale.limit ?? scale.top;
  return [
    { value: top, label: spec.id === 'cpu' ? percent(top) : whole(top) },
    { value: 0, label: '' },
  ];
}

/** Reading of a line at a point. */
export function readLine(spec: ChartSpec, line: Line, point: HistoryPoint | null): string {
  if (point === null) return NOT_KNOWN;
  return spec.show((line.read ?? line.value)(point));
}
