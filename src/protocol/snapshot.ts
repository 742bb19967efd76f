/**
 * The picture that every side speaks of: one snapshot a beat. The panel draws it, the API hands it out, the headless
 * command prints it. Times are milliseconds (`Ms`), sizes bytes (`Bytes`), shares 0..1; lines and columns of a site
 * count from 1. `null` means "not known here", with the reason in `notes`; it never means 0. Everything counts over the
 * window since the snapshot before, unless it is called "now". Fields may be added; none changes its meaning without a
 * new version.
 */
export const SNAPSHOT_VERSION = 1;

/** What is switched on in the target: see `level` in the settings. */
export const LEVELS = ['observe', 'track', 'deep'] as const;
export type Level = (typeof LEVELS)[number];

/** The six phases of libuv's event loop, then the two queues that Node runs between any two callbacks. */
export const PHASES = ['pending', 'prepare', 'poll', 'check', 'close', 'timers', 'nextTick', 'microtasks'] as const;
export type PhaseName = (typeof PHASES)[number];

/** How a figure was obtained. */
export type Method = 'hooks' | 'sampled' | 'counter' | 'notObservable';

/** What the target is doing; `detached` is the last state an attachment reaches. */
export type TargetState = 'running' | 'paused' | 'blocked' | 'notAnswering' | 'detached';

/** Key into `Snapshot.sites`. */
export type SiteId = number;

export interface Snapshot {
  version: typeof SNAPSHOT_VERSION;
  /** +1 a snapshot, from 1 at attach. */
  sequence: number;
  /** Host clock, Unix epoch. */
  timeMs: number;
  /** Target's monotonic clock, since the snapshot before. */
  windowMs: number;
  /**
   * Whose loops `loop` and `phases` are of: 1, or in a sum how many threads. Their times are added, so that all of the
   * time is `threads` times `windowMs`, of which `utilization` and the share of a phase are parts.
   */
  threads: number;
  target: TargetInfo;
  state: TargetState;
  /** How long it has been in this state. */
  stateSinceMs: number;
  /** The callback that the beat interrupted and that is still running. */
  openCallback: OpenCallback | null;
  level: Level;
  loop: LoopFigures;
  /** Always all eight: the phases in the loop order of the Node version at hand, then nextTick and microtasks. */
  phases: PhaseFigures[];
  /** Groups of what is pending now, most first. */
  pending: PendingGroup[];
  pendingTotals: PendingTotals;
  /** How promises are counted; null below level `deep`. */
  promises: PromiseFigures | null;
  listeners: ListenerGroup[];
  cpu: { userShare: number | null; systemShare: number | null };
  /** From CPU samples, by self time; null while the sampler is off. */
  hot: HotFunction[] | null;
  /** The time that `hot` adds up: about the last ten seconds; null while the sampler is off. */
  hotMs: number | null;
  memory: MemoryFigures;
  sites: Record<SiteId, Site>;
  findings: Finding[];
  rulesChecked: number;
  /** What could not be recorded in the window. */
  dropped: { resources: number; sites: number; beats: number; promises: number };
  /** Our own cost as measured; null while nothing was measured. `deepMs` is what following promises took in the window. */
  cost: { drainMs: number | null; batchBytes: number | null; deepMs: number | null };
  notes: string[];
}

export interface TargetInfo {
  pid: number;
  /** `process.title`. */
  title: string;
  /** Path of the main script, or "" when there is none (REPL, `-e`). */
  program: string;
  /** Without the leading "v". */
  nodeVersion: string;
  uptimeMs: number;
  /** "main", "worker 3", or "all threads" in a sum. */
  thread: string;
}

export interface OpenCallback {
  phase: PhaseName;
  sinceMs: number;
  site: SiteId | null;
}

export interface LoopFigures {
  /** `performance.eventLoopUtilization()` over the window. */
  utilization: number | null;
  /** Loop turns (`uvMetricsInfo.loopCount`); null before Node 20.20. */
  turns: number | null;
  activeMs: number | null;
  idleMs: number | null;
  /** How utilization, active and idle time were obtained; null while they are not known. */
  method: 'counter' | 'sampled' | null;
  /** How late timers started (started - due); null when none ran, or at level `observe`. */
  timerLateness: { p50Ms: number; p99Ms: number; maxMs: number; count: number } | null;
}

export interface PhaseFigures {
  phase: PhaseName;
  busyMs: number | null;
  callbacks: number | null;
  /** The longest single callback of the window; null when none ran or it is not known. */
  longestMs: number | null;
  longestSite: SiteId | null;
  method: Method;
}

export interface PendingGroup {
  /** `type@site`, or `type@before` for what was created before the attach and whose place is not known. */
  key: string;
  /** Resource type as async_hooks names it: Timeout, Immediate, TCPWRAP, FSREQCALLBACK, ...; PROMISE at level `deep`. */
  type: string;
  /** The phase its callback will run in. */
  phase: PhaseName;
  count: number;
  /** How many of them keep the process alive; null when it cannot be known. */
  referenced: number | null;
  /** Change of `count` since the snapshot before. */
  delta: number;
  /** Age of the oldest; since the attach, for what existed before. */
  oldestMs: number | null;
  /** Where it was created; where it is awaited, for promises. */
  site: SiteId | null;
  origin: 'observed' | 'beforeAttach';
  /** For promises: where the oldest one's async parents are awaited, nearest first; [] for the rest. */
  parents: SiteId[];
}

/** The promises of `pending` and `pendingTotals`. */
export interface PromiseFigures {
  /** So many are followed now, and one in so many awaits was followed in the window. */
  followed: number;
  oneIn: number;
  /** `hooks` when every one is counted; `sampled` when counts are estimates from those that are followed. */
  method: 'hooks' | 'sampled';
}

export interface PendingTotals {
  timers: number | null;
  immediates: number | null;
  requests: number | null;
  handles: number | null;
  promises: number | null;
}

export interface ListenerGroup {
  /** `Emitter/event#id` for one emitter, `Emitter/event#*` for several small ones together. */
  key: string;
  /** Class name of the emitter. */
  emitter: string;
  event: string;
  count: number;
  /** Its `getMaxListeners()`; 0 means no limit; null for several together. */
  limit: number | null;
  delta: number;
  /** How many emitters the row stands for. */
  emitters: number;
  /** Who added them, most first; listeners from before the attach have none. */
  sites: { site: SiteId; count: number }[];
}

export interface HotFunction {
  site: SiteId;
  selfMs: number;
  totalMs: number;
}

export interface MemoryFigures {
  rssBytes: number | null;
  heapUsedBytes: number | null;
  heapTotalBytes: number | null;
  heapLimitBytes: number | null;
  externalBytes: number | null;
  arrayBuffersBytes: number | null;
  gcMs: number | null;
  gcCount: number | null;
}

/** A place in source code; `generated` is where the running script has it when a source map led elsewhere. */
export interface Site {
  function: string;
  url: string;
  line: number;
  column: number;
  /** Package under node_modules it belongs to. */
  package: string | null;
  generated: { url: string; line: number; column: number } | null;
}

export type Severity = 'error' | 'warning' | 'info';

/** What helps next, offered beside a finding; `profile` is to look at what used the CPU. */
export type FindingAction = 'showPending' | 'showListeners' | 'showProcess' | 'profile';

export interface Finding {
  id: string;
  rule: string;
  severity: Severity;
  /** One full sentence with its numbers. */
  text: string;
  site: SiteId | null;
  action: FindingAction | null;
}
