import { DEFAULTS } from '../../src/protocol/defaults';
import type { HistoryPoint, PanelAttachment } from '../../src/protocol/panel';
import type {
  ListenerGroup,
  Method,
  PendingGroup,
  PhaseFigures,
  PhaseName,
  Site,
  SiteId,
  Snapshot,
} from '../../src/protocol/snapshot';

/** Host clock of all samples, in the reader's time zone. */
export const NOW_MS = new Date(2025, 10, 20, 14, 3, 19).getTime();
const BEAT_MS = 1000;
export const POINTS = 121;
export const MB = 2 ** 20;

function source(file: string, line: number, column: number, name: string, pkg: string | null = null): Site {
  return {
    function: name,
    url: `file:///srv/api/src/${file}`,
    line,
    column,
    package: pkg,
    generated: file.endsWith('.ts')
      ? { url: `file:///srv/api/dist/${file.replace('.ts', '.js')}`, line, column }
      : null,
  };
}

/** The places that the samples speak of. */
export const SITES: Record<SiteId, Site> = {
  1: source('poller.ts', 31, 5, 'poll'),
  2: source('server.ts', 22, 8, 'listen'),
  3: source('report.ts', 88, 3, 'buildReport'),
  4: source('db.ts', 14, 20, 'connect', 'pg'),
  5: source('retry.ts', 9, 10, 'withRetry'),
  6: source('server.ts', 27, 10, 'onConnection'),
  7: source('mail.ts', 57, 12, 'readTemplate'),
  8: source('poller.ts', 34, 17, 'fetchStatus'),
  9: source('queue.ts', 77, 5, 'flush'),
  10: source('config.ts', 19, 3, 'watchConfig', 'chokidar'),
  11: source('shutdown.ts', 8, 1, '(module)'),
  12: source('http.ts', 12, 16, 'createAgent', 'undici'),
  13: source('orders.ts', 64, 9, 'handleOrder'),
  14: source('queue.ts', 52, 7, 'drain'),
  15: source('metrics.ts', 12, 3, 'startMetrics'),
};

/** Figures of one phase; what is not given is not known. */
export function phaseFigures(
  name: PhaseName,
  method: Method,
  busyMs: number | null = null,
  callbacks: number | null = null,
  longestMs: number | null = null,
  longestSite: SiteId | null = null,
): PhaseFigures {
  return { phase: name, busyMs, callbacks, longestMs, longestSite, method };
}

/** A group of the pending table; its key is made of type and site. */
export function group(
  type: string,
  phaseName: PhaseName,
  count: number,
  site: SiteId | null,
  more: Partial<PendingGroup> = {},
): PendingGroup {
  const origin = more.origin ?? 'observed';
  return {
    key: `${type}@${site ?? 'before'}`,
    type,
    phase: phaseName,
    count,
    referenced: count,
    delta: 0,
    oldestMs: 60_000,
    site,
    origin,
    parents: [],
    ...more,
  };
}

const PENDING: PendingGroup[] = [
  group('Timeout', 'timers', 240, 1, { delta: 1, oldestMs: 242_000 }),
  group('TCPWRAP', 'poll', 8, 6, { oldestMs: 96_000 }),
  group('TCPWRAP', 'poll', 4, 4, { oldestMs: 728_000 }),
  group('Timeout', 'timers', 4, 12, { referenced: 0, oldestMs: 4_100 }),
  group('FSREQCALLBACK', 'poll', 2, 7, { delta: -1, oldestMs: 38 }),
  group('PIPEWRAP', 'poll', 2, null, { referenced: 0, oldestMs: null, origin: 'beforeAttach' }),
  group('TCPSERVERWRAP', 'poll', 1, 2, { oldestMs: 731_000, origin: 'beforeAttach' }),
  group('GETADDRINFOREQWRAP', 'poll', 1, 8, { delta: 1, oldestMs: 12 }),
  group('Timeout', 'timers', 1, 15, { oldestMs: 730_000 }),
  group('Immediate', 'check', 1, 9, { oldestMs: 1 }),
  group('FSEVENTWRAP', 'poll', 1, 10, { oldestMs: 729_000 }),
  group('SIGNALWRAP', 'poll', 1, 11, { referenced: 0, oldestMs: 730_000 }),
];

/** A row of the listeners table. */
export function listeners(
  emitter: string,
  event: string,
  count: number,
  emitters: number,
  sites: ListenerGroup['sites'],
): ListenerGroup {
  const several = emitters > 1;
  const key = `${emitter}/${event}#${several ? '*' : '1'}`;
  return { key, emitter, event, count, limit: several ? null : 10, delta: 0, emitters, sites };
}

/** A busy service: a long timers callback, leaking intervals, a listener leak, a heap near its limit. */
export function snapshotOf(change: Partial<Snapshot> = {}): Snapshot {
  return {
    version: 1,
    sequence: 724,
    timeMs: NOW_MS,
    windowMs: 1001.3,
    threads: 1,
    target: {
      pid: 4321,
      title: 'node',
      program: '/srv/api/api.js',
      nodeVersion: '24.2.0',
      uptimeMs: 731_000,
      thread: 'main',
    },
    state: 'running',
    stateSinceMs: 724_000,
    openCallback: null,
    level: 'track',
    loop: {
      utilization: 0.78,
      turns: 412,
      activeMs: 781,
      idleMs: 220.3,
      method: 'counter',
      timerLateness: { p50Ms: 0.4, p99Ms: 41, maxMs: 350, count: 96 },
    },
    phases: [
      phaseFigures('pending', 'notObservable'),
      phaseFigures('prepare', 'notObservable'),
      phaseFigures('poll', 'hooks', 92.4, 310, 6.8, 13),
      phaseFigures('check', 'hooks', 4.1, 9, 1.2, 9),
      phaseFigures('close', 'hooks', 0, 0),
      phaseFigures('timers', 'hooks', 611.6, 96, 350.2, 3),
      phaseFigures('nextTick', 'hooks', 8.9, 655, 0.3, 14),
      phaseFigures('microtasks', 'sampled', 47.2),
    ],
    pending: PENDING,
    pendingTotals: { timers: 245, immediates: 1, requests: 3, handles: 17, promises: null },
    promises: null,
    listeners: [
      listeners('Server', 'error', 14, 1, [
        { site: 5, count: 11 },
        { site: 2, count: 3 },
      ]),
      listeners('Socket', 'data', 12, 12, [
        { site: 6, count: 8 },
        { site: 4, count: 4 },
      ]),
      listeners('Client', 'error', 4, 4, [{ site: 4, count: 4 }]),
      listeners('process', 'SIGTERM', 1, 1, [{ site: 11, count: 1 }]),
    ],
    cpu: { userShare: 0.71, systemShare: 0.06 },
    hot: [
      { site: 3, selfMs: 512, totalMs: 604 },
      { site: 13, selfMs: 58, totalMs: 88 },
      { site: 1, selfMs: 21, totalMs: 34 },
      { site: 14, selfMs: 6, totalMs: 9 },
    ],
    hotMs: 1000,
    memory: {
      rssBytes: 588 * MB,
      heapUsedBytes: 412 * MB,
      heapTotalBytes: 448 * MB,
      heapLimitBytes: 512 * MB,
      externalBytes: 21 * MB,
      arrayBuffersBytes: 14 * MB,
      gcMs: 12,
      gcCount: 3,
    },
    sites: SITES,
    findings: [
      {
        id: 'blocked-loop',
        rule: 'blocked-loop',
        severity: 'error',
        text: 'One timers callback ran for 350 ms, buildReport at report.ts:88; it held up 14 timers.',
        site: 3,
        action: 'profile',
      },
      {
        id: 'timer-leak:Timeout@1',
        rule: 'timer-leak',
        severity: 'warning',
        text: '240 timers from poller.ts:31 are pending and grow by 1 a second; the oldest is 4 min old.',
        site: 1,
        action: 'showPending',
      },
      {
        id: 'heap-near-limit',
        rule: 'heap-near-limit',
        severity: 'warning',
        text: 'The heap uses 412 MB of its limit of 512 MB (80 %) and grows by 36 MB a minute.',
        site: null,
        action: 'showProcess',
      },
      {
        id: 'listeners-over-limit:Server/error#1',
        rule: 'listeners-over-limit',
        severity: 'warning',
        text: 'Server has 14 "error" listeners (limit 10), 11 of them added at retry.ts:9.',
        site: 5,
        action: 'showListeners',
      },
    ],
    rulesChecked: 6,
    dropped: { resources: 0, sites: 0, beats: 0, promises: 0 },
    cost: { drainMs: 0.4, batchBytes: 2100, deepMs: null },
    notes: [
      'Pending callbacks and idle/prepare cannot be observed from JavaScript.',
      'At level track promises are not followed: how many are pending is not known. Level deep shows them.',
    ],
    ...change,
  };
}

/** The beat after a snapshot: a second later, timers take turns in being a little less and more busy, one group grows. */
export function nextSnapshot(before: Snapshot, change: Partial<Snapshot> = {}): Snapshot {
  const lessMs = before.sequence % 2 === 0 ? 31.5 : -31.5;
  const phases = before.phases.map((figures) =>
    figures.phase === 'timers' && figures.busyMs !== null ? { ...figures, busyMs: figures.busyMs - lessMs } : figures,
  );
  const activeMs = (before.loop.activeMs ?? 0) - lessMs;
  const idleMs = (before.loop.idleMs ?? 0) + lessMs;
  return {
    ...before,
    sequence: before.sequence + 1,
    timeMs: before.timeMs + BEAT_MS,
    target: { ...before.target, uptimeMs: before.target.uptimeMs + BEAT_MS },
    stateSinceMs: before.stateSinceMs + BEAT_MS,
    phases,
    loop: { ...before.loop, utilization: activeMs / before.windowMs, turns: 430, activeMs, idleMs },
    pending: before.pending.map((row, at) =>
      at === 0 ? { ...row, count: row.count + 1, referenced: row.count + 1 } : row,
    ),
    ...change,
  };
}

/** A point of the charts. */
export function chartPoint(timeMs: number, change: Partial<HistoryPoint> = {}): HistoryPoint {
  return {
    timeMs,
    latenessP50Ms: 0.4,
    latenessP99Ms: 41,
    latenessMaxMs: 350,
    cpuUserShare: 0.71,
    cpuSystemShare: 0.06,
    heapUsedBytes: 412 * MB,
    heapTotalBytes: 448 * MB,
    heapLimitBytes: 512 * MB,
    gcMs: 12,
    timers: 245,
    handles: 17,
    requests: 3,
    utilization: 0.78,
    state: 'running',
    ...change,
  };
}

/** A gap: nothing is known of this beat but the state. */
export function unknownPoint(timeMs: number, state: HistoryPoint['state']): HistoryPoint {
  const gone = Object.fromEntries(Object.keys(chartPoint(timeMs)).map((key) => [key, null])) as unknown as HistoryPoint;
  return { ...gone, timeMs, state };
}

/** What the charts get of a snapshot. */
export function pointOf({ timeMs, cpu, loop, memory, pendingTotals, state }: Snapshot): HistoryPoint {
  const { heapUsedBytes, heapTotalBytes, heapLimitBytes, gcMs } = memory;
  const { timers, handles, requests } = pendingTotals;
  return chartPoint(timeMs, {
    latenessP50Ms: loop.timerLateness?.p50Ms ?? null,
    latenessP99Ms: loop.timerLateness?.p99Ms ?? null,
    latenessMaxMs: loop.timerLateness?.maxMs ?? null,
    cpuUserShare: cpu.userShare,
    cpuSystemShare: cpu.systemShare,
    heapUsedBytes,
    heapTotalBytes,
    heapLimitBytes,
    gcMs,
    timers,
    handles,
    requests,
    utilization: loop.utilization,
    state,
  });
}

/** Two minutes in which something began to go wrong in the middle; always the same. */
export function historyOf(endMs = NOW_MS): HistoryPoint[] {
  let seed = 7;
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  return Array.from({ length: POINTS }, (_, at) => {
    const timeMs = endMs - (POINTS - 1 - at) * BEAT_MS;
    if (at === POINTS - 1) return chartPoint(timeMs);
    const late = at > 68;
    return chartPoint(timeMs, {
      latenessP50Ms: 0.3 + random() * 0.3,
      latenessP99Ms: late ? 36 + random() * 8 : 3 + random() * 2,
      latenessMaxMs: late ? 290 + random() * 60 : 9 + random() * 5,
      cpuUserShare: late ? 0.6 + random() * 0.12 : 0.24 + random() * 0.08,
      cpuSystemShare: 0.04 + random() * 0.03,
      heapUsedBytes: (322 + at * 0.6 + (at % 10) * 2.2) * MB,
      heapTotalBytes: (384 + Math.floor(at / 24) * 12.8) * MB,
      gcMs: at % 10 === 0 ? 10 + random() * 6 : 0,
      timers: 125 + at,
      handles: 15 + Math.round(random() * 3),
      requests: Math.round(random() * random() * 14),
    });
  });
}

export function attachmentOf(change: Partial<PanelAttachment> = {}): PanelAttachment {
  return {
    attachmentId: 'a1',
    targetId: 'a1',
    threadId: 0,
    threads: [],
    threadCount: 1,
    name: 'api.js',
    pid: 4321,
    nodeVersion: '24.2.0',
    state: 'running',
    stateSinceTimeMs: NOW_MS - 724_000,
    endedBecause: null,
    awaited: false,
    level: 'track',
    beatMs: BEAT_MS,
    viewPausedAtMs: null,
    beatsWhilePaused: 0,
    distortion: null,
    thresholds: DEFAULTS.thresholds,
    ...change,
  };
}
