import type { Level, PhaseName } from './snapshot';

/**
 * Host <-> probe. The host injects the probe, keeps the returned {@link ProbeHandle} and calls `drain` once a beat; the
 * probe never sends anything by itself. A batch is one JSON text with everything since the batch before.
 */
export const PROBE_VERSION = 2;

/** The name under which the probe's frames appear in stacks and profiles, to tell them from the program's. */
export const PROBE_URL = 'loopscope:probe';

/** Key, by `Symbol.for`, of the global property that holds the installed probe as `{ probe: ProbeHandle }`. */
export const PROBE_KEY = 'loopscope.probe';

/**
 * Modules of Node that the probe requires: loaded before it is installed, at a moment that is safe for that. Not
 * node:process: to require that one opens the standard streams (Node 18), which then are handles of the program.
 */
export const PROBE_MODULES = [
  'node:async_hooks',
  'node:events',
  'node:inspector',
  'node:module',
  'node:perf_hooks',
  'node:timers',
  'node:util',
  'node:v8',
];

/** Given to the probe at install, as JSON. */
export interface ProbeOptions {
  level: Level;
  /** 0 for the main thread, else that of a worker. */
  threadId: number;
  /** Uninstalls itself when no drain has come for so long. */
  orphanAfterMs: number;
  /** The inspector was opened by us: close it again at uninstall. */
  closeInspector: boolean;
  /** More pending resources than this are not tracked, and counted as dropped. */
  maxResources: number;
  /** Stacks that may be captured a second, of timers and of handles each; half as many for other things. */
  stacksPerSecond: number;
  /** Whether the first frame of a site may lie in node_modules. */
  includePackages: boolean;
}

/** What the host holds in the target. Texts are JSON; once the probe has uninstalled itself they are "". */
export interface ProbeHandle {
  /** A {@link SentBatch}; with `full` the whole picture, else what changed. */
  drain(optionsJson: string): string;
  /** Up to `limit` members of a pending group: {@link Instance}[]. */
  instances(group: number, limit: number): string;
  /** Numbers of callbacks whose place the host should look up: number[]. */
  unlocated(): string;
  /** These callbacks themselves, in the same order. */
  callbacks(): unknown[];
  /** Their first source text, in the same order, and files that were loaded: { texts: string[], files: string[] }. */
  evidence(): string;
  /** The places that the host found, as JSON of {@link Located}[]; answers their site numbers, 0 for none: number[]. */
  located(placesJson: string): string;
  /** Enters what one step of a heap scan found: {@link Scanned}. `objects` are null for what Node itself lists. */
  scanned(step: ScanStep, objects: object[] | null): string;
  /** Takes everything out; names of what could not be put back: string[]. */
  uninstall(): string;
}

/** What a heap scan looks for, one after the other. */
export const SCAN_STEPS = ['timers', 'emitters', 'promises'] as const;
export type ScanStep = (typeof SCAN_STEPS)[number];

/** Timers that are pending, emitters that have listeners, or promises that have not settled. */
export interface Scanned {
  found: number;
  /** Those that were not known before. */
  added: number;
  /** Those that there was no room for. */
  dropped: number;
}

/** Answer to one number of `unlocated`: where the callback was written, positions from 1; null for nowhere. */
export interface Located {
  callback: number;
  place: { function: string; url: string; line: number; column: number } | null;
}

export interface DrainOptions {
  full: boolean;
  /** Ends this named CPU profile and starts the next one (`console.profile`). */
  profile: { start: string | null; end: string | null } | null;
  /** Sites that the host has found to be a package's, by the map of a bundle: from now on the user's is looked for. */
  bundled: number[];
}

/** Everything since the batch before. Counters are differences; "now" figures are absolute. */
export interface Batch {
  version: number;
  /** +1 a batch, from 1 at install: a gap means a lost beat. */
  sequence: number;
  full: boolean;
  /** Target's monotonic clock at the drain (`performance.now()`). */
  nowMs: number;
  windowMs: number;
  process: ProcessFigures;
  loop: BatchLoop;
  /** Levels `track` and `deep`; phases that hooks see. */
  phases: Partial<Record<PhaseName, BatchPhase>>;
  /** How late timers started: counts by bucket of {@link latenessBucket}, and the greatest. */
  lateness: { buckets: [bucket: number, count: number][]; maxMs: number } | null;
  openCallback: { phase: PhaseName; sinceMs: number; site: number | null } | null;
  /** The loop stands in `Atomics.wait`, or perhaps does so in WebAssembly: no debugger is needed for that. */
  inAtomicsWait: boolean;
  /**
   * Whether callbacks wait to be looked up, and which sites of this batch their places replace (`of`; null for pending
   * ones, which have their places from the next batch on).
   */
  unlocated: { callback: number; of: PhaseName | 'openCallback' | null }[];
  /** All groups when `full`, else the changed ones; a group that is empty now comes once with count 0. */
  pending: BatchGroup[];
  /** Pending now, whatever was sent; promises at level `deep` only, else null. */
  totals: { timers: number; immediates: number; requests: number; handles: number; promises: number | null };
  /**
   * Level `deep` only: promises that are followed now, one in so many awaits of the window was followed, and how long
   * the window spent on capturing them. Counts of promises stand for all: they are estimates when `oneIn` is above 1.
   */
  promises: { followed: number; oneIn: number; costMs: number } | null;
  /** All rows when `full`, else the changed ones; a row that is gone comes once with count 0. */
  listeners: BatchListeners[];
  owners: BatchOwners;
  /** What reached the process, at most 20 different ones. */
  events: ProcessEvent[];
  /** New since the batch before (all when `full`). */
  sites: BatchSite[];
  /** Since the batch before; `promises` are pending ones that could not be followed. */
  dropped: { resources: number; sites: number; emitters: number; promises: number };
  /** Time that the drain before this one took in the target, 0 for the first. */
  drainMs: number;
  /** Conditions that limit what can be seen, as codes of {@link ProbeNote}. */
  notes: ProbeNote[];
}

/** Codes the host turns into sentences. */
export type ProbeNote =
  /** Promise hooks could not be kept off: `await` costs more while attached. */
  | 'promiseHooksOn'
  /** Timers from before the attach could not be read: each appears when it first runs. */
  | 'timersBeforeAttachUnknown'
  /** Handles from before the attach that are not ref'd are listed only when they run. */
  | 'unreferencedHandlesUnknown'
  /** There are more rows of listeners than are sent, or too many emitters come and go to follow each. */
  | 'listenersCut'
  /** The process has too many listeners for its warnings or exceptions for one more. */
  | 'processEventsUnknown'
  /** Level `deep` was asked for, and promises cannot be followed here. */
  | 'promisesUnknown'
  /** `Error` is frozen in the program: stacks cannot be captured. */
  | 'placesUnknown'
  /** There are too many places or scripts, or their names are too long. */
  | 'placesCut'
  /**
   * The CPU is sampled by signals, each of which interrupts the wait of the loop; libuv then forgets what it has waited
   * so far. Node's idle time (`eventLoopUtilization`) is far too small, also for the program itself.
   */
  | 'idleCountedShort';

export interface ProcessFigures {
  pid: number;
  title: string;
  program: string;
  nodeVersion: string;
  uptimeMs: number;
  /** 0 for the main thread, else that of a worker: CPU time and heap are those of the thread, the rest is the process's. */
  threadId: number;
  /** Differences over the window; null for a worker of a Node that counts them for the whole process only. */
  cpuUserMs: number | null;
  cpuSystemMs: number | null;
  rssBytes: number;
  heapUsedBytes: number;
  heapTotalBytes: number;
  heapLimitBytes: number;
  externalBytes: number;
  arrayBuffersBytes: number;
  /** Threads that work for file, DNS and crypto requests: UV_THREADPOOL_SIZE. */
  threadPoolSize: number;
}

export interface BatchLoop {
  activeMs: number;
  idleMs: number;
  turns: number | null;
}

export interface BatchPhase {
  busyMs: number;
  callbacks: number;
  longestMs: number;
  longestSite: number | null;
}

/** What the members of a group have in common. */
export interface GroupTraits {
  /** Number of the group in this probe: argument of `instances`. */
  group: number;
  /** As async_hooks names it; PROMISE for those that an await waits for. */
  type: string;
  /** Site number of this probe, or null when not known. */
  site: number | null;
  beforeAttach: boolean;
}

export interface BatchGroup extends GroupTraits {
  /** That its callbacks run in. */
  phase: PhaseName;
  count: number;
  referenced: number | null;
  /** When the oldest was created (or the attach, when it existed before), on the clock of `nowMs`. */
  oldestMs: number | null;
  /** Sites of the async parents of the oldest promise: what awaits it, what awaits that, ...; [] for the rest. */
  parents: number[];
}

/** The rest of a {@link BatchGroup}; parents of promises only. */
export type GroupState = [
  group: number,
  count: number,
  referenced: number | null,
  oldestMs: number | null,
  parents?: number[],
];

/** Groups on their way: traits of those that are told for the first time, and with a full picture of all. */
export interface SentGroups {
  groups: GroupTraits[];
  pending: GroupState[];
}

/** A batch on its way: what a target with thousands of groups pays for one goes with the length of its text. */
export type SentBatch = Omit<Batch, 'pending'> & SentGroups;

export interface BatchListeners {
  /** Number of the emitter in this probe; 0 for several together. */
  emitterId: number;
  emitter: string;
  event: string;
  count: number;
  limit: number | null;
  emitters: number;
  sites: [site: number, count: number][];
}

/** What may be amiss with Node's objects behind handles and with streams, all of it in each batch; nothing at level `observe`. */
export interface BatchOwners {
  /** Sockets that are read and have no "error" listener, by their pending group. */
  unheard: [group: number, count: number][];
  /** Servers that have a limit on their connections. */
  servers: { group: number; connections: number; most: number }[];
  /** Agents of node:http whose requests wait for a socket; `name` begins with host and port, `group` is that of a socket. */
  pools: { group: number; name: string; waiting: number; most: number }[];
  /** Streams that have no "error" listener, sockets left out, by class and by where the program added its first listener. */
  streams: { emitter: string; site: number; count: number }[];
}

/** A warning of the process, or an exception or a rejection that nothing caught before it reached the process. */
export interface ProcessEvent {
  kind: 'warning' | 'uncaughtException' | 'unhandledRejection';
  /** "TypeError", "DeprecationWarning"; "" for what is no error. */
  name: string;
  message: string;
  count: number;
}

/** A place in the running script; lines and columns from 1. */
export interface BatchSite {
  site: number;
  function: string;
  url: string;
  line: number;
  column: number;
}

/** One member of a pending group, for an opened row. */
export interface Instance {
  id: number;
  ageMs: number | null;
  referenced: boolean | null;
  /** An open stream that nobody reads: though it is ref'd, it keeps nothing alive unless a write is under way. */
  idle: boolean;
  /** "every 1000 ms", "10.0.0.7:5432", a path, "pid 4321", "standard input", or "". */
  detail: string;
}

/** HTTPCLIENTREQUEST and HTTPINCOMINGMESSAGE are parsers, whatever their names say. */
const NOT_REQUESTS = ['HTTPCLIENTREQUEST', 'HTTPINCOMINGMESSAGE'];
const REQUEST = /REQ(UEST|WRAP|CALLBACK|PROMISE)?$|^(QUERY|WRITE|SHUTDOWN|UDPSEND|TCPCONNECT|PIPECONNECT)WRAP$/;

/** Whether a native resource type is a request, which ends with its one callback, and no handle. */
export function isRequestType(type: string): boolean {
  return REQUEST.test(type) && !NOT_REQUESTS.includes(type);
}

/** The phase that the callbacks of a resource type run in; those of a handle that is closed run in `close` instead. */
export function phaseOf(type: string): PhaseName {
  if (type === 'Timeout') return 'timers';
  if (type === 'Immediate') return 'check';
  return type === 'PROMISE' ? 'microtasks' : 'poll';
}

/** Lateness is counted in buckets that grow by a twentieth of an octave from 0.1 ms: error at most 1.8 %. */
const FIRST_MS = 0.1;
const PER_OCTAVE = 20;
export const LATENESS_BUCKETS = 480;

/** Bucket of a lateness; 0 holds everything up to 0.1 ms. */
export function latenessBucket(ms: number): number {
  if (!(ms > FIRST_MS)) return 0;
  return Math.min(LATENESS_BUCKETS - 1, Math.ceil(Math.log2(ms / FIRST_MS) * PER_OCTAVE));
}

/** The value that stands for a bucket: its geometric middle. */
export function latenessOfBucket(bucket: number): number {
  return bucket <= 0 ? 0 : FIRST_MS * 2 ** ((bucket - 0.5) / PER_OCTAVE);
}

/** What one stretch of the rolling CPU profile says; made by the sampler, used by the model. */
export interface CpuSummary {
  /** Length of the stretch in ms, and how many samples it has. */
  durationMs: number;
  samples: number;
  /** Shares of the stretch by phase, from the outermost frame of each sample. */
  phaseShares: Record<'poll' | 'check' | 'close' | 'timers' | 'nextTick' | 'microtasks', number>;
  idleShare: number;
  gcShare: number;
  /** Share of all collections, wherever they ran. */
  collectionShare: number;
  /** Native and inspector time that belongs to no frame. */
  programShare: number;
  calls: CallNodes;
  /** Most self time first, at most 400; positions count from 1 in the running script. */
  functions: { function: string; url: string; line: number; column: number; selfMs: number; totalMs: number }[];
  /** What held up the loop with no frame of the program on top, most first, at most 50. */
  held: HeldUp[];
  /** Lines of scripts whose own code, or what of V8 has no frame, took a hundredth or more; most first, at most 20. */
  lines: LineTime[];
}

/** Time in one line of a running script, from 1, and the program's function that is nearest: where that begins. */
export interface LineTime {
  url: string;
  line: number;
  caller: Omit<HeldUp, 'what' | 'module' | 'ms'>;
  ms: number;
}

/** Time in one synchronous call, regular expression or conversion from or to JSON, and the program's function that made it: where that begins. */
export interface HeldUp {
  /** The function of Node's module, as "readFileSync" of "fs", or of "JSON"; or the pattern of a regular expression, of none. */
  what: string;
  module: string | null;
  function: string;
  url: string;
  line: number;
  column: number;
  ms: number;
}

/** A tree of calls, node by node, each after its caller. */
export interface CallNodes {
  /** Where the caller stands; -1 for none. */
  callers: number[];
  /** Index of `functions`; -1 for several together that are not told apart. */
  functions: number[];
  /** Time in the function itself; for several together, with all that they called. */
  selfMs: number[];
}

/** What the kernel says of the loop's thread over a window, as shares of it; made by the target, used by the model. */
export interface ThreadShares {
  /** On a processor. */
  ran: number;
  /** Ready to run, and waiting for a processor: pre-empted, or just woken. */
  queued: number;
}
