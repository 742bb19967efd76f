import { Monitor, type BeatAt, type MonitorOptions } from '../../src/model/monitor';
import { DEFAULTS } from '../../src/protocol/defaults';
import { latenessBucket, PROBE_VERSION, type Batch, type BatchGroup, type CpuSummary } from '../../src/protocol/probe';
import type { Site, Snapshot } from '../../src/protocol/snapshot';

export const THRESHOLDS = DEFAULTS.thresholds;
export const START_MS = 1_763_625_600_000;

/** A site as the attachment hands it over, already mapped to its source. */
export function site(url: string, line: number, name = ''): Site {
  return { function: name, url: `file:///srv/${url}`, line, column: 5, package: null, generated: null };
}

export function group(overrides: Partial<BatchGroup> = {}): BatchGroup {
  return {
    group: 0,
    type: 'Timeout',
    phase: 'timers',
    site: null,
    beforeAttach: false,
    count: 1,
    referenced: 1,
    oldestMs: 0,
    parents: [],
    ...overrides,
  };
}

/** Timers that started late: so many by so much. */
export function lateness(...timers: [ms: number, count: number][]): NonNullable<Batch['lateness']> {
  return {
    buckets: timers.map(([ms, count]) => [latenessBucket(ms), count]),
    maxMs: Math.max(...timers.map(([ms]) => ms)),
  };
}

export function summary(overrides: Partial<CpuSummary> = {}): CpuSummary {
  return {
    durationMs: 1000,
    samples: 100,
    phaseShares: { poll: 0, check: 0, close: 0, timers: 0, nextTick: 0, microtasks: 0 },
    idleShare: 1,
    gcShare: 0,
    collectionShare: 0,
    programShare: 0,
    functions: [],
    calls: { callers: [], functions: [], selfMs: [] },
    held: [],
    lines: [],
    ...overrides,
  };
}

export interface BatchParts extends Partial<Omit<Batch, 'process' | 'loop'>> {
  process?: Partial<Batch['process']>;
  loop?: Partial<Batch['loop']>;
}

/** Feeds a monitor with made-up batches of a target that runs evenly, but for the parts that a test sets. */
export class Feed {
  readonly monitor: Monitor;
  timeMs = START_MS;
  nowMs = 5000;
  sequence = 0;
  readonly beatMs: number;

  constructor(options: Partial<MonitorOptions> = {}) {
    const all = { level: 'track' as const, thresholds: THRESHOLDS, beatMs: 1000, ...options };
    this.beatMs = all.beatMs;
    this.monitor = new Monitor(all);
  }

  batch(parts: BatchParts = {}): Batch {
    const windowMs = parts.windowMs ?? this.beatMs;
    this.nowMs += windowMs;
    this.timeMs += windowMs;
    this.sequence++;
    const idleMs = parts.loop?.idleMs ?? windowMs * 0.8;
    return {
      version: PROBE_VERSION,
      sequence: this.sequence,
      full: this.sequence === 1,
      nowMs: this.nowMs,
      windowMs,
      phases: {},
      lateness: null,
      openCallback: null,
      inAtomicsWait: false,
      unlocated: [],
      pending: [],
      totals: { timers: 0, immediates: 0, requests: 0, handles: 0, promises: null },
      promises: null,
      listeners: [],
      owners: { unheard: [], servers: [], pools: [], streams: [] },
      events: [],
      sites: [],
      dropped: { resources: 0, sites: 0, emitters: 0, promises: 0 },
      drainMs: 0.4,
      notes: [],
      ...parts,
      loop: { turns: 40, activeMs: windowMs - idleMs, ...parts.loop, idleMs },
      process: {
        pid: 4321,
        title: 'node',
        program: '/srv/api.js',
        nodeVersion: '24.2.0',
        uptimeMs: this.nowMs,
        threadId: 0,
        cpuUserMs: windowMs * 0.15,
        cpuSystemMs: windowMs * 0.05,
        rssBytes: 140e6,
        heapUsedBytes: 61e6,
        heapTotalBytes: 78e6,
        heapLimitBytes: 512e6,
        externalBytes: 2e6,
        arrayBuffersBytes: 1e6,
        threadPoolSize: 4,
        ...parts.process,
      },
    };
  }

  /** One beat later. */
  beat(parts: BatchParts = {}, sites: Record<number, Site> = {}, at: Partial<BeatAt> = {}): Snapshot {
    const batch = this.batch(parts);
    const known = new Map(Object.entries(sites).map(([number, value]) => [Number(number), value]));
    return this.monitor.applyBatch(batch, { timeMs: this.timeMs, sites: known, ...at });
  }

  /** Several beats; `parts` by the number of the beat, from 0. Answers the last picture. */
  beats(count: number, parts: (beat: number) => BatchParts = () => ({}), sites: Record<number, Site> = {}): Snapshot {
    let snapshot = this.beat(parts(0), sites);
    for (let beat = 1; beat < count; beat++) snapshot = this.beat(parts(beat));
    return snapshot;
  }
}

/** A window in which the loop stood still: all active, no turn. */
export function standing(windowMs: number, cpuShare: number): BatchParts {
  return {
    windowMs,
    loop: { turns: 0, idleMs: 0 },
    process: { cpuUserMs: windowMs * cpuShare, cpuSystemMs: 0 },
  };
}
