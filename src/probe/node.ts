/** The parts of Node that the probe uses, as far as it uses them: it is built without Node's types. */

export interface AsyncHook {
  enable(): AsyncHook;
  disable(): AsyncHook;
}

export interface AsyncHooks {
  createHook(callbacks: {
    init?: (asyncId: number, type: string, triggerAsyncId: number, resource: object) => void;
    before?: (asyncId: number) => void;
    after?: (asyncId: number) => void;
    trackPromises?: boolean;
  }): AsyncHook;
  executionAsyncId(): number;
  executionAsyncResource(): object;
  /** Resource type -> number of its provider, for everything that native code creates. */
  asyncWrapProviders: Record<string, number>;
}

/** A native object of Node that async_hooks reports: handles, requests, parsers. */
export interface AsyncWrap {
  getAsyncId(): number;
  getProviderType(): number;
  /** Handles only: `undefined` once the native half is gone. */
  hasRef?(): boolean | undefined;
  /** Crypto jobs: the callback of an asynchronous one. */
  ondone?: unknown;
  /** zlib: the input while it works on it. */
  buffer?: unknown;
}

/** `Timeout` of node:timers; fields read by name, the same from Node 18 to 26. */
export interface Timeout {
  _idleTimeout: number;
  _idleStart: number;
  _idleNext: Timeout | null;
  _onTimeout: unknown;
  _repeat: number | null;
  _destroyed: boolean;
  hasRef(): boolean;
}

/** `Immediate` of node:timers. */
export interface Immediate {
  _idleNext: Immediate | null;
  _onImmediate: unknown;
  _destroyed: boolean;
  hasRef(): boolean;
}

/** What is inside Node's own modules, as far as it could be reached; see src/target/internals.ts. */
export interface Internals {
  /** What `performance.now` calls when it has made sure of its `this`, which takes a third of its time. */
  now?: () => number;
  /** Duration -> circular list of timers: the list is its own head. */
  timerListMap?: Record<string, { _idlePrev: Timeout | null; _idleNext: Timeout | null }>;
  immediateQueue?: { head: Immediate | null };
  timers?: TimersBinding;
  asyncWrap?: AsyncWrapBinding;
  /** State of a promise, 0 while it is pending; undefined for what is no promise. Does not count as handling it. */
  getPromiseDetails?: (promise: unknown) => [state: number, result?: unknown] | undefined;
}

export interface TimersBinding {
  /**
   * The time on the clock of `_idleStart`, in ms. Only as a method: where V8 compiles a call of it without its receiver,
   * the process is aborted (Node 20 to 26).
   */
  getLibuvNow(): number;
}

export interface AsyncWrapBinding {
  /** [0] counts the enabled hooks that have an `init`. */
  async_hook_fields: Uint32Array;
  setPromiseHooks(...hooks: unknown[]): void;
  /** Missing in Node 18. */
  getPromiseHooks?(): unknown[];
}

export type Listener = (...args: unknown[]) => unknown;

export interface EventEmitter {
  _events?: Record<string | symbol, Listener | Listener[] | undefined>;
  _eventsCount?: unknown;
  _maxListeners?: unknown;
  setMaxListeners?: unknown;
}

export interface EventEmitterClass {
  prototype: object;
  defaultMaxListeners: unknown;
  /** The key of an EventTarget under which its limit is. */
  kMaxEventTargetListeners: symbol;
}

export interface Process {
  pid: number;
  /** The program may have put anything here. */
  title: unknown;
  argv: unknown[];
  version: string;
  platform: string;
  env: Record<string, string | undefined>;
  uptime(): number;
  cpuUsage(): { user: number; system: number };
  /** Of the thread that asks; since Node 22.19 and 24. */
  threadCpuUsage?(): { user: number; system: number };
  memoryUsage(): { rss: number; heapTotal: number; heapUsed: number; external: number; arrayBuffers?: number };
  getActiveResourcesInfo?(): string[];
  _getActiveHandles(): object[];
  _getActiveRequests(): object[];
  listenerCount(event: string): number;
  on(event: string, listener: Listener): void;
  removeListener(event: string, listener: Listener): void;
}

export interface Performance {
  now(): number;
  eventLoopUtilization(): { idle: number; active: number };
  nodeTiming: { uvMetricsInfo?: { loopCount: number } };
}

export type Require = (name: string) => unknown;

/** What evaluated code has at hand: globals, and the inspector's command line API. */
export interface Given {
  process: Process;
  require: Require;
  profile: (name: string) => void;
  profileEnd: (name: string) => void;
}
