import {
  LEVELS,
  PHASES,
  SNAPSHOT_VERSION,
  type Finding,
  type HotFunction,
  type ListenerGroup,
  type PendingGroup,
  type PhaseFigures,
  type Site,
  type Snapshot,
  type TargetState,
} from '../protocol/snapshot';
import { fail, list, nullable, number, object, position, text, type Shape } from '../target/shapes';

/** The greatest time that a `Date` can hold. */
const LATEST_MS = 8.64e15;

/** One of these texts. */
function oneOf<T extends string>(...known: readonly T[]): Shape<T> {
  return (value) => known.find((one) => one === value) ?? fail(`one of ${known.join(', ')}`);
}

/** A time of the host's clock. */
export const time: Shape<number> = (value) => {
  const ms = number(value);
  return ms >= 0 && ms <= LATEST_MS ? ms : fail('a time');
};
/** A state of a target. */
export const state = oneOf<TargetState>('running', 'paused', 'blocked', 'notAnswering', 'detached');

const phase = oneOf(...PHASES);
const siteId = nullable(number);
const maybe = nullable(number);

const phases: Shape<PhaseFigures[]> = (value) => {
  const figures = list(
    object<PhaseFigures>({
      phase,
      busyMs: maybe,
      callbacks: maybe,
      longestMs: maybe,
      longestSite: siteId,
      method: oneOf('hooks', 'sampled', 'counter', 'notObservable'),
    }),
  )(value);
  const named = new Set(figures.map((one) => one.phase));
  return figures.length === PHASES.length && named.size === PHASES.length ? figures : fail('all phases');
};

const pendingGroup = object<PendingGroup>({
  key: text,
  type: text,
  phase,
  count: number,
  referenced: maybe,
  delta: number,
  oldestMs: maybe,
  site: siteId,
  origin: oneOf('observed', 'beforeAttach'),
  parents: list(number),
});

const listenerGroup = object<ListenerGroup>({
  key: text,
  emitter: text,
  event: text,
  count: number,
  limit: maybe,
  delta: number,
  emitters: number,
  sites: list(object<ListenerGroup['sites'][number]>({ site: number, count: number })),
});

const site = object<Site>({
  function: text,
  url: text,
  line: position,
  column: position,
  package: nullable(text),
  generated: nullable(object<NonNullable<Site['generated']>>({ url: text, line: position, column: position })),
});

const finding = object<Finding>({
  id: text,
  rule: text,
  severity: oneOf('error', 'warning', 'info'),
  text,
  site: siteId,
  action: nullable(oneOf('showPending', 'showListeners', 'showProcess', 'profile')),
});

const sites: Shape<Snapshot['sites']> = (value) => {
  if (typeof value !== 'object' || value === null) return fail('an object');
  const entries = list((entry: unknown) => entry as [string, unknown])(Object.entries(value));
  const numbered = entries.map(([id, each]) => [/^\d{1,15}$/.test(id) ? id : fail('numbered'), site(each)] as const);
  return Object.fromEntries(numbered);
};

/** A snapshot from outside, checked in every field. */
export const snapshotShape = object<Snapshot>({
  version: (value) => (value === SNAPSHOT_VERSION ? value : fail(String(SNAPSHOT_VERSION))),
  sequence: number,
  timeMs: time,
  windowMs: number,
  threads: number,
  target: object<Snapshot['target']>({
    pid: number,
    title: text,
    program: text,
    nodeVersion: text,
    uptimeMs: number,
    thread: text,
  }),
  state,
  stateSinceMs: number,
  openCallback: nullable(object<NonNullable<Snapshot['openCallback']>>({ phase, sinceMs: number, site: siteId })),
  level: oneOf(...LEVELS),
  loop: object<Snapshot['loop']>({
    utilization: maybe,
    turns: maybe,
    activeMs: maybe,
    idleMs: maybe,
    method: nullable(oneOf('counter', 'sampled')),
    timerLateness: nullable(
      object<NonNullable<Snapshot['loop']['timerLateness']>>({
        p50Ms: number,
        p99Ms: number,
        maxMs: number,
        count: number,
      }),
    ),
  }),
  phases,
  pending: list(pendingGroup),
  pendingTotals: object<Snapshot['pendingTotals']>({
    timers: maybe,
    immediates: maybe,
    requests: maybe,
    handles: maybe,
    promises: maybe,
  }),
  promises: nullable(
    object<NonNullable<Snapshot['promises']>>({ followed: number, oneIn: number, method: oneOf('hooks', 'sampled') }),
  ),
  listeners: list(listenerGroup),
  cpu: object<Snapshot['cpu']>({ userShare: maybe, systemShare: maybe }),
  hot: nullable(list(object<HotFunction>({ site: number, selfMs: number, totalMs: number }))),
  hotMs: maybe,
  memory: object<Snapshot['memory']>({
    rssBytes: maybe,
    heapUsedBytes: maybe,
    heapTotalBytes: maybe,
    heapLimitBytes: maybe,
    externalBytes: maybe,
    arrayBuffersBytes: maybe,
    gcMs: maybe,
    gcCount: maybe,
  }),
  sites,
  findings: list(finding),
  rulesChecked: number,
  dropped: object<Snapshot['dropped']>({ resources: number, sites: number, beats: number, promises: number }),
  cost: object<Snapshot['cost']>({ drainMs: maybe, batchBytes: maybe, deepMs: maybe }),
  notes: list(text),
});
