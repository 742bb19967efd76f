import { SiteTable } from '../../src/model/siteTable';
import { sumOfThreads } from '../../src/model/sumOfThreads';
import type {
  CallTree,
  HistoryPoint,
  PanelPast,
  PanelProcess,
  PanelTarget,
  PanelThread,
  ToPanel,
} from '../../src/protocol/panel';
import type { PendingGroup, PhaseName, Site, Snapshot } from '../../src/protocol/snapshot';
import {
  attachmentOf,
  chartPoint,
  group,
  historyOf,
  MB,
  NOW_MS,
  phaseFigures,
  pointOf,
  POINTS,
  SITES,
  snapshotOf,
  unknownPoint,
} from '../support/samples';

export type SampleState =
  'live' | 'paused' | 'blocked' | 'notAnswering' | 'viewPaused' | 'detached' | 'idle' | 'observe' | 'node18' | 'deep';

type AttachmentMessage = Extract<ToPanel, { type: 'attachment' }>;

function standing(beats: number, change: (timeMs: number) => HistoryPoint): HistoryPoint[] {
  return historyOf().map((before, at) => (at >= POINTS - beats ? change(before.timeMs) : before));
}

const still = (rows: PendingGroup[], ms: number): PendingGroup[] =>
  rows.map((row) => ({ ...row, delta: 0, oldestMs: row.oldestMs === null ? null : row.oldestMs + ms }));

const silent = { latenessP50Ms: null, latenessP99Ms: null, latenessMaxMs: null, utilization: null };

function blockedSnapshot(): Snapshot {
  const snapshot = snapshotOf();
  return {
    ...snapshot,
    state: 'blocked',
    stateSinceMs: 4214,
    openCallback: { phase: 'timers', sinceMs: 4214, site: 3 },
    loop: { utilization: 1, turns: 0, activeMs: 1001.3, idleMs: 0, method: 'counter', timerLateness: null },
    phases: snapshot.phases.map((figures) => {
      if (figures.busyMs === null) return figures;
      const none = {
        ...figures,
        busyMs: 0,
        callbacks: figures.callbacks === null ? null : 0,
        longestMs: null,
        longestSite: null,
      };
      return figures.phase === 'timers' ? { ...none, busyMs: 1001.3 } : none;
    }),
    pending: still(snapshot.pending, 4214),
    cpu: { userShare: 0.98, systemShare: 0.02 },
    findings: snapshot.findings.slice(1),
  };
}

function idleSnapshot(): Snapshot {
  const snapshot = snapshotOf();
  return {
    ...snapshot,
    loop: { utilization: 0, turns: 0, activeMs: 0, idleMs: 1001.3, method: 'counter', timerLateness: null },
    phases: snapshot.phases.map((figures) =>
      figures.busyMs === null
        ? figures
        : {
            ...figures,
            busyMs: 0,
            callbacks: figures.callbacks === null ? null : 0,
            longestMs: null,
            longestSite: null,
          },
    ),
    pending: [],
    pendingTotals: { timers: 0, immediates: 0, requests: 0, handles: 0, promises: null },
    listeners: [],
    hot: [],
    hotMs: null,
    cpu: { userShare: 0.001, systemShare: 0.001 },
    memory: { ...snapshot.memory, heapUsedBytes: 41 * MB, heapTotalBytes: 58 * MB, gcMs: 0, gcCount: 0 },
    findings: [],
  };
}

/** Nearly asleep on a Node that does not count its idle time: it is known from CPU samples. */
export function sampledIdleSnapshot(): Snapshot {
  const snapshot = idleSnapshot();
  return { ...snapshot, loop: { ...snapshot.loop, utilization: 0.0004, method: 'sampled' } };
}

function observedSnapshot(): Snapshot {
  const snapshot = snapshotOf();
  const shares: Partial<Record<PhaseName, number>> = {
    poll: 90,
    check: 0,
    close: 0,
    timers: 600,
    nextTick: 10,
    microtasks: 50,
  };
  return {
    ...snapshot,
    level: 'observe',
    loop: { ...snapshot.loop, timerLateness: null },
    phases: snapshot.phases.map(({ phase: name }) =>
      name in shares ? phaseFigures(name, 'sampled', shares[name] ?? null) : phaseFigures(name, 'notObservable'),
    ),
    pending: [
      group('Timeout', 'timers', 241, null, { origin: 'beforeAttach', oldestMs: null }),
      group('TCPSocketWrap', 'poll', 12, null, { origin: 'beforeAttach', oldestMs: null }),
    ],
    listeners: [],
    findings: [],
  };
}

/** Level deep: promises that wait for a database, with what waits for them. */
export function deepSnapshot(oneIn = 16): Snapshot {
  const snapshot = snapshotOf();
  const promise = (count: number, site: number, oldestMs: number, parents: number[], delta = 0): PendingGroup =>
    group('PROMISE', 'microtasks', count, site, { delta, oldestMs, parents, referenced: null });
  const pending = [
    ...snapshot.pending,
    promise(320, 16, 242_000, [13, 6], 16),
    promise(48, 13, 1_450, [6]),
    promise(16, 8, 727_000, [1, 2]),
    promise(16, 7, 12, []),
  ];
  const text = 'About 320 promises awaited at db.ts:41 are pending and grow by 2 a second; the oldest is 4 min old.';
  return {
    ...snapshot,
    level: 'deep',
    phases: snapshot.phases.map((figures) =>
      figures.phase === 'microtasks' ? phaseFigures('microtasks', 'hooks', 47.2, 1840, 2.1, 13) : figures,
    ),
    pending: pending.sort((a, b) => b.count - a.count),
    pendingTotals: { ...snapshot.pendingTotals, promises: 400 },
    promises: { followed: 25, oneIn, method: oneIn > 1 ? 'sampled' : 'hooks' },
    sites: { ...snapshot.sites, 16: { ...snapshot.sites[4], function: 'query', line: 41, package: null } as Site },
    findings: [
      ...snapshot.findings,
      {
        id: 'promise-leak:PROMISE@16',
        rule: 'promise-leak',
        severity: 'warning',
        text,
        site: 16,
        action: 'showPending',
      },
    ],
    cost: { ...snapshot.cost, deepMs: 3.1 },
    notes: [
      'Pending callbacks and idle/prepare cannot be observed from JavaScript.',
      ...(oneIn > 1 ? [`At level deep one in ${oneIn} awaits is followed: counts of promises are estimates.`] : []),
    ],
  };
}

/** The sum of a busy main thread and of two workers that have little to do. */
export function sumMessage(): AttachmentMessage {
  const main = snapshotOf();
  const { target } = main;
  const calm = { ...idleSnapshot(), findings: main.findings.slice(1, 2), pending: main.pending.slice(0, 5) };
  const workers = [1, 2].map((id): Snapshot => ({ ...calm, target: { ...target, thread: `worker ${id}` } }));
  const missing = new Map([['worker 12', 'Worker 12 is not in the sum, and is tried again. It does not answer.']]);
  const snapshot = sumOfThreads({ snapshots: [main, ...workers], missing, sequence: 7 }, new SiteTable());
  const attachment = attachmentOf({ attachmentId: 'a1-all', threadId: 'all', threads: THREADS, threadCount: 4 });
  return { ...attachmentMessage('live'), attachment, snapshot };
}

/** The message that draws an attachment in a state, as the extension sends it. */
export function attachmentMessage(state: SampleState = 'live'): AttachmentMessage {
  const snapshot = snapshotOf();
  const message: AttachmentMessage = {
    type: 'attachment',
    attachment: attachmentOf(),
    targets: [{ attachmentId: 'a1', label: 'api.js (4321)', state: 'running' }],
    history: historyOf(),
    marks: [],
    snapshot,
  };
  switch (state) {
    case 'live':
      return message;
    case 'paused':
      return {
        ...message,
        attachment: attachmentOf({ state: 'paused', stateSinceTimeMs: NOW_MS - 12_000 }),
        snapshot: { ...snapshot, state: 'paused', stateSinceMs: 12_000, pending: still(snapshot.pending, 12_000) },
        history: standing(12, (timeMs) =>
          chartPoint(timeMs, { ...silent, cpuUserShare: 0.004, cpuSystemShare: 0.002, gcMs: 0, state: 'paused' }),
        ),
      };
    case 'blocked':
      return {
        ...message,
        attachment: attachmentOf({ state: 'blocked', stateSinceTimeMs: NOW_MS - 4214 }),
        snapshot: blockedSnapshot(),
        history: standing(4, (timeMs) =>
          chartPoint(timeMs, { ...silent, cpuUserShare: 0.98, cpuSystemShare: 0.02, gcMs: 0, state: 'blocked' }),
        ),
      };
    case 'notAnswering':
      return {
        ...message,
        attachment: attachmentOf({ state: 'notAnswering', stateSinceTimeMs: NOW_MS - 7000 }),
        snapshot: { ...snapshot, sequence: 717, timeMs: NOW_MS - 7000, pending: still(snapshot.pending, 0) },
        history: standing(7, (timeMs) => unknownPoint(timeMs, 'notAnswering')),
      };
    case 'viewPaused':
      return { ...message, attachment: attachmentOf({ viewPausedAtMs: NOW_MS, beatsWhilePaused: 12 }) };
    case 'detached':
      return {
        ...message,
        attachment: attachmentOf({
          state: 'detached',
          stateSinceTimeMs: NOW_MS,
          endedBecause: 'Hooks are off, patched methods restored, the inspector closed again.',
        }),
        snapshot: { ...snapshot, state: 'detached', pending: still(snapshot.pending, 0) },
      };
    case 'idle':
      return {
        ...message,
        snapshot: idleSnapshot(),
        history: historyOf().map((before) => ({ ...pointOf(idleSnapshot()), timeMs: before.timeMs })),
      };
    case 'observe':
      return { ...message, attachment: attachmentOf({ level: 'observe' }), snapshot: observedSnapshot() };
    case 'deep':
      return { ...message, attachment: attachmentOf({ level: 'deep' }), snapshot: deepSnapshot() };
    case 'node18':
      return {
        ...message,
        attachment: attachmentOf({ nodeVersion: '18.20.4' }),
        snapshot: {
          ...snapshot,
          target: { ...snapshot.target, nodeVersion: '18.20.4' },
          loop: { ...snapshot.loop, turns: null },
          phases: [...snapshot.phases].sort((a, b) => Number(b.phase === 'timers') - Number(a.phase === 'timers')),
        },
      };
  }
}

export function beatMessage(snapshot: Snapshot, attachment = attachmentOf()): Extract<ToPanel, { type: 'beat' }> {
  return { type: 'beat', attachment, snapshot, kept: null, point: pointOf(snapshot) };
}

/** A beat of a minute before, in which less was pending and another function ran. */
export function pastMessage(change: Partial<PanelPast> = {}): Extract<ToPanel, { type: 'past' }> {
  const { pending, ...rest } = snapshotOf();
  const timeMs = NOW_MS - 60_000;
  const snapshot = {
    ...rest,
    timeMs,
    loop: { ...rest.loop, utilization: 0.21 },
    pending: pending.slice(0, 3),
    findings: rest.findings.slice(1, 2),
    hot: [{ site: 8, selfMs: 77, totalMs: 80 }],
  };
  return {
    type: 'past',
    past: { fromMs: timeMs, toMs: timeMs, beats: 1, snapshot, pendingLeft: 0, listenersLeft: 0, ...change },
  };
}

const PROCESSES: PanelProcess[] = [
  { pid: 4321, program: 'api.js', nodeVersion: '24.2.0', startedAtMs: NOW_MS - 731_000, inspector: null },
  {
    pid: 4377,
    program: 'worker.js',
    nodeVersion: '24.2.0',
    startedAtMs: NOW_MS - 730_000,
    inspector: '127.0.0.1:9230',
  },
  { pid: 5120, program: 'vite', nodeVersion: null, startedAtMs: NOW_MS - 3 * 3_600_000, inspector: null },
];

export function emptyMessage(processes = PROCESSES): Extract<ToPanel, { type: 'empty' }> {
  return { type: 'empty', processes, lookedUpAtMs: NOW_MS - 3000 };
}

export function connectingMessage(error: string | null = null): Extract<ToPanel, { type: 'connecting' }> {
  return {
    type: 'connecting',
    label: 'api.js',
    steps: [
      { label: 'Find the process', state: 'done', tookMs: 102, detail: 'pid 4321 runs Node 24.2.0' },
      {
        label: 'Connect to its inspector',
        state: 'done',
        tookMs: 412,
        detail: 'opened at 127.0.0.1:9229; it is closed again at detach',
      },
      { label: 'Check that it is the right process', state: 'done', tookMs: 8, detail: 'pid 4321 answers' },
      { label: 'Put in the probe', state: error === null ? 'active' : 'failed', tookMs: null, detail: '' },
      { label: 'First beat', state: 'waiting', tookMs: null, detail: '' },
    ],
    error,
  };
}

export const THREADS: PanelThread[] = [
  { threadId: 0, name: '', ended: false },
  { threadId: 1, name: 'resize.js', ended: false },
  { threadId: 12, name: 'a name that a program gave its thread', ended: false },
];

export const TARGETS: PanelTarget[] = [
  { attachmentId: 'a1', label: 'api.js (4321)', state: 'running' },
  { attachmentId: 'a2', label: 'worker.js (4377)', state: 'paused' },
];

const nodeSite = (name: string): Site => {
  return { function: name, url: 'node:internal/timers', line: 500, column: 3, package: null, generated: null };
};

/** What ran: processTimers > buildReport > (query of pg, handleOrder > buildReport), and what is too small. */
export const CALLS: CallTree = {
  durationMs: 10_000,
  callers: [-1, -1, 0, 0, 2, 2, 5],
  sites: [20, 14, 3, null, 4, 13, 3],
  selfMs: [0, 1000, 3000, 200, 800, 1000, 1000],
  places: { 20: nodeSite('processTimers'), 3: SITES[3]!, 4: SITES[4]!, 13: SITES[13]!, 14: SITES[14]! },
};
