import type { HistoryPoint } from '../protocol/panel';
import type { Snapshot, TargetState } from '../protocol/snapshot';
import { Series } from './series';

/** How far back the charts can go. */
export const HISTORY_MS = 600_000;

const STATES: readonly TargetState[] = ['running', 'paused', 'blocked', 'notAnswering', 'detached'];
const FIGURES = [
  'latenessP50Ms',
  'latenessP99Ms',
  'latenessMaxMs',
  'cpuUserShare',
  'cpuSystemShare',
  'heapUsedBytes',
  'heapTotalBytes',
  'heapLimitBytes',
  'gcMs',
  'timers',
  'handles',
  'requests',
  'utilization',
] as const;
type Figure = (typeof FIGURES)[number];
type Figures = Record<Figure, number | null>;

/** What the charts keep of a snapshot. */
export function pointOf(snapshot: Snapshot): HistoryPoint {
  const { loop, cpu, memory, pendingTotals: totals, state } = snapshot;
  const standing = state === 'paused';
  const lateness = standing ? null : loop.timerLateness;
  return {
    timeMs: snapshot.timeMs,
    latenessP50Ms: lateness?.p50Ms ?? null,
    latenessP99Ms: lateness?.p99Ms ?? null,
    latenessMaxMs: lateness?.maxMs ?? null,
    cpuUserShare: cpu.userShare,
    cpuSystemShare: cpu.systemShare,
    heapUsedBytes: memory.heapUsedBytes,
    heapTotalBytes: memory.heapTotalBytes,
    heapLimitBytes: memory.heapLimitBytes,
    gcMs: memory.gcMs,
    timers: totals.timers,
    handles: totals.handles,
    requests: totals.requests,
    utilization: standing ? null : loop.utilization,
    state,
  };
}

/** A gap: nothing is known of this time but the state. */
export function gap(timeMs: number, state: TargetState): HistoryPoint {
  const point = { timeMs, state } as HistoryPoint;
  for (const figure of FIGURES) point[figure] = null;
  return point;
}

/** What was seen of the process that this one has taken the place of. */
export interface Predecessor {
  /** Oldest first. */
  points: readonly HistoryPoint[];
  /** Host clock. */
  endedAtMs: number;
}

/** Ten minutes of points in a ring of fixed size. */
export class History {
  private readonly series: Series<Figure | 'timeMs' | 'state'>;

  constructor(beatMs: number) {
    this.series = new Series(['timeMs', 'state', ...FIGURES], Math.ceil(HISTORY_MS / beatMs));
  }

  get length(): number {
    return this.series.length;
  }

  /** Goes on from what was seen before a restart, which is a gap in the state `detached`. */
  goOnFrom({ points, endedAtMs }: Predecessor): void {
    for (const point of points) this.push(point);
    this.push(gap(endedAtMs, 'detached'));
  }

  push(point: HistoryPoint): void {
    this.series.push({ ...point, state: STATES.indexOf(point.state) });
  }

  /** The last of them, ten minutes at the most, oldest first. */
  points(withinMs = HISTORY_MS): HistoryPoint[] {
    const newest = this.series.at(this.series.length - 1, 'timeMs') ?? 0;
    const points: HistoryPoint[] = [];
    for (let index = 0; index < this.series.length; index++) {
      const timeMs = this.series.at(index, 'timeMs') ?? 0;
      if (newest - timeMs > withinMs) continue;
      const figures = {} as Figures;
      for (const figure of FIGURES) figures[figure] = this.series.at(index, figure);
      points.push({ timeMs, ...figures, state: STATES[this.series.at(index, 'state') ?? 0] ?? 'running' });
    }
    return points;
  }
}
