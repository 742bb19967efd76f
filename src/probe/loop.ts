import type { Adoption } from './adopt';
import type { Budget } from './budget';
import type { AsyncHooks, Immediate, Timeout, TimersBinding } from './node';
import { HOOKED, hookedPhaseOf, Phase, type HookedPhase, type Phases } from './phases';
import type { RecentKinds } from './recent';
import type { Resources } from './resources';
import type { Sites } from './sites';
import { Kind, type ResourceTypes } from './types';

/** Callbacks shorter than this are not worth looking up their function's place. */
const LONG_MS = 10;
const FIRST_READINGS = 5;
/** What was created in a callback that took longer is dated again. */
const REDATE_MS = 1;
/** After a long silence, so much more time is given for a beat to come: a stopped process must not lose its probe. */
const GRACE_MS = 2000;

/** Stacks that may be captured, apart by what they are for, so that what comes and goes cannot take them from what stays. */
export interface Budgets {
  /** The program's own timers, which also get the place of their callback when they last. */
  timers: Budget;
  /** Handles are dear to make, and often made many at once. */
  handles: Budget;
  /** Requests, and Node's own timers. */
  passing: Budget;
}

type Hook = ReturnType<AsyncHooks['createHook']>;

/**
 * The hooks: follow each resource from its creation through its callbacks. They run some ten times a request of a server,
 * and reading the clock is the dearest step: it is read no more often than the times differ. A hook that throws would
 * end the process.
 */
export class Loop {
  private hook: Hook | undefined;
  private depth = 0;
  private openId = 0;
  private openKind = Kind.Unknown;
  private openPhase = Phase.Poll;
  private openCallback: unknown;
  private startedMs = 0;
  private countedUntilMs = 0;
  /** nextTick callbacks that were queued and have not run. */
  private queuedTicks = 0;
  /** When the last callback ended, if the next tick begins at once; else NaN. */
  private endedMs = NaN;
  private closeSymbol: symbol | undefined;
  private suspectedAtMs = 0;
  /** First id that the hooks have seen: older ones are from before the attach. */
  private observedFrom = 0;
  private sawPromise = false;
  /** Clock of {@link now} minus the clock of `_idleStart`; undefined until it was measured. */
  libuvOffsetMs: number | undefined;
  private lastBeatMs: number;
  private readonly recent: RecentKinds;

  constructor(
    private readonly hooks: AsyncHooks,
    private readonly types: ResourceTypes,
    private readonly resources: Resources,
    private readonly adoption: Adoption,
    private readonly phases: Phases,
    private readonly sites: Sites,
    private readonly budgets: Budgets,
    private readonly now: () => number,
    private readonly orphanAfterMs: number,
    private readonly onOrphan: () => void,
  ) {
    this.recent = resources.recent;
    this.lastBeatMs = now();
  }

  enable(): void {
    const hook = this.hooks.createHook({
      init: this.init,
      before: this.before,
      after: this.after,
      trackPromises: false,
    });
    this.hook = hook;
    hook.enable();
  }

  disable(): void {
    this.hook?.disable();
    this.hook = undefined;
  }

  /** Whether creating a promise reaches our hook. */
  seesPromises(): boolean {
    this.sawPromise = false;
    void new Promise(() => undefined);
    return this.sawPromise;
  }

  /** A beat has come. */
  beat(timers: TimersBinding | undefined): void {
    this.lastBeatMs = this.now();
    this.suspectedAtMs = 0;
    // Too few are safe: the clock is read once more. Ticks of another probe's time could make it too many.
    this.queuedTicks = 0;
    this.endedMs = NaN;
    // Outside any callback: an exception that the program handled may have left a `before` without its `after`.
    if (this.depth > 0 && this.hooks.executionAsyncId() === 0) this.depth = 0;
    if (!timers) return;
    // The process may be stopped between the two readings, so the smallest difference is the true one.
    for (let time = this.libuvOffsetMs === undefined ? FIRST_READINGS : 1; time > 0; time--) {
      const libuvNowMs = timers.getLibuvNow();
      this.libuvOffsetMs = Math.min(this.libuvOffsetMs ?? Infinity, this.now() - libuvNowMs);
    }
  }

  /** Counts the part of a running callback that lies in this window; answers that callback. */
  takeOpen(nowMs: number): { phase: HookedPhase; sinceMs: number; site: number | null; callback: unknown } | null {
    if (!this.isOpen()) return null;
    this.phases.addBusy(this.openPhase, nowMs - this.countedUntilMs);
    this.countedUntilMs = nowMs;
    this.redate(nowMs);
    return {
      phase: HOOKED[this.openPhase],
      sinceMs: nowMs - this.startedMs,
      site: this.resources.site(this.openId) || null,
      callback: this.openKind === Kind.Tick ? this.tickCallback() : this.openCallback,
    };
  }

  /** Of the tick that runs now; not read for each, since hardly any is asked for. */
  private tickCallback(): unknown {
    return (this.hooks.executionAsyncResource() as { callback?: unknown }).callback;
  }

  private readonly init = (id: number, type: string, triggerId: number, resource: object): void => {
    try {
      if (this.observedFrom === 0) this.observedFrom = id;
      if (type === 'TickObject') {
        this.queuedTicks++;
        if (!isLookupAnswer((resource as { args?: unknown }).args)) this.recent.note(id, Kind.Tick);
        else this.resources.noteTick(id, this.sites.capture(this.init, this.budgets.handles, type));
      } else if (type === 'Timeout') {
        const timer = resource as Timeout;
        if (typeof timer._idleStart === 'number') this.resources.timers.reused = true;
        // Node's own timers are made without a reference, the program's never are.
        const budget = timer.hasRef() ? this.budgets.timers : this.budgets.passing;
        this.resources.addTimer(id, timer, this.createdMs(), this.siteOf(triggerId, budget, type));
      } else if (type === 'Immediate') {
        this.resources.addImmediate(id, resource as Immediate, this.createdMs());
      } else this.initOther(id, type, triggerId, resource);
    } catch {
      // see the class
    }
  };

  private initOther(id: number, type: string, triggerId: number, resource: object): void {
    const known = this.types.get(type);
    const kind = known?.kind ?? Kind.Script;
    if (known && (kind === Kind.Handle || kind === Kind.Request || kind === Kind.Worker)) {
      const native = nativeOf(resource);
      if (native !== resource) this.resources.handles.reused = true;
      const budget = kind === Kind.Handle ? this.budgets.handles : this.budgets.passing;
      this.resources.addNative(id, known, native, this.siteOf(triggerId, budget, type));
    } else if (kind === Kind.Promise) {
      this.sawPromise = true;
      this.recent.note(id, Kind.Script);
    } else this.recent.note(id, kind);
  }

  /** Number of the place that creates something now; 0 when it is not known. */
  private siteOf(triggerId: number, budget: Budget, type: string): number {
    const site = this.sites.capture(this.init, budget, type);
    // Created by native code or by Node: an accepted connection belongs to the place of its server.
    if (site === 0) return this.resources.site(triggerId) || this.resources.site(this.hooks.executionAsyncId());
    return site > 0 ? site : 0;
  }

  /** Inside a callback its start stands for now: {@link redate} mends that when it was a long one. */
  private createdMs(): number {
    return this.isOpen() ? this.startedMs : this.now();
  }

  private isOpen(): boolean {
    return this.depth > 0 && this.openKind !== Kind.Script;
  }

  private redate(nowMs: number): void {
    if (this.libuvOffsetMs !== undefined) this.resources.timers.redate(this.startedMs, nowMs, this.libuvOffsetMs);
  }

  private readonly before = (id: number): void => {
    try {
      if (this.depth++ > 0) return;
      // Nothing is open before all of it is known: a beat may interrupt us at any call.
      this.openKind = Kind.Script;
      const kind = this.starts(id);
      if (kind === Kind.Script) return;
      const nowMs = (kind === Kind.Tick && this.endedMs) || this.now();
      this.openPhase = hookedPhaseOf(kind);
      this.openId = id;
      this.startedMs = this.countedUntilMs = nowMs;
      this.openCallback = undefined;
      this.openKind = kind;
      if (kind === Kind.Tick) return;
      if (kind === Kind.Timer) this.startTimer(this.hooks.executionAsyncResource() as Timeout, nowMs);
      else if (kind === Kind.Immediate) {
        this.openCallback = (this.hooks.executionAsyncResource() as Immediate)._onImmediate;
      } else if (kind === Kind.Handle && this.isClosing(this.resources.handles.resource(id))) {
        this.openPhase = Phase.Close;
      }
      if (nowMs - this.lastBeatMs > this.orphanAfterMs) this.suspect(nowMs);
    } catch {
      // see the class
    }
  };

  private readonly after = (id: number): void => {
    try {
      if (this.depth === 0) return;
      if (this.depth > 1) {
        this.depth--;
        if (this.recent.kind(id) === Kind.Request) this.recent.note(id, Kind.Done);
        return;
      }
      const kind = this.openKind;
      if (kind === Kind.Script) {
        this.depth = 0;
        return;
      }
      const endMs = this.now();
      const totalMs = endMs - this.startedMs;
      // It is open until its timers are dated: a beat in between can count only those of the beat before.
      if (totalMs > REDATE_MS) this.redate(endMs);
      this.depth = 0;
      // Node runs a tick that is queued before anything else, microtasks too.
      this.endedMs = this.queuedTicks > 0 ? endMs : NaN;
      if (this.phases.add(this.openPhase, endMs - this.countedUntilMs, totalMs)) this.noteLongest(id, kind, totalMs);
      if (kind === Kind.Request) this.recent.note(id, Kind.Done);
      else if (kind === Kind.Tick) this.resources.tickRan(id);
    } catch {
      // see the class
    }
  };

  /** Kind of what starts to run. */
  private starts(id: number): Kind {
    let kind = this.recent.kind(id);
    if (kind === Kind.Unknown) kind = this.adoption.running(id, this.observedFrom === 0 || id < this.observedFrom);
    if (kind !== Kind.Tick) this.endedMs = NaN;
    else if (this.queuedTicks > 0) this.queuedTicks--;
    return kind;
  }

  private noteLongest(id: number, kind: Kind, totalMs: number): void {
    const long = totalMs >= LONG_MS;
    if (kind === Kind.Tick) {
      this.openCallback = long ? this.tickCallback() : undefined;
    }
    this.phases.setLongest(this.openPhase, this.resources.site(id), long ? this.openCallback : undefined);
  }

  private startTimer(timer: Timeout, nowMs: number): void {
    this.openCallback = timer._onTimeout;
    if (this.libuvOffsetMs === undefined) return;
    this.phases.late(nowMs - this.libuvOffsetMs - timer._idleStart - timer._idleTimeout);
  }

  /** Node keeps the function for after the close under this symbol of the handle, from the moment `close` is called. */
  private isClosing(handle: object | undefined): boolean {
    if (!handle) return false;
    this.closeSymbol ??= Object.getOwnPropertySymbols(handle).find(
      ({ description }) => description === 'handle_onclose',
    );
    return this.closeSymbol !== undefined && (handle as Record<symbol, unknown>)[this.closeSymbol] !== undefined;
  }

  private suspect(nowMs: number): void {
    if (this.suspectedAtMs === 0) this.suspectedAtMs = nowMs;
    else if (nowMs - this.suspectedAtMs > GRACE_MS) this.onOrphan();
  }
}

/**
 * `dns.lookup` answers for an IP address in nextTick, with `(null, address, 4 | 6)`, from Node 22 on also with
 * `(null, [{ address, family }])`; so `listen(port, host)` creates its handle there, without a frame of the program.
 * Stacks of all ticks would be far too dear.
 */
function isLookupAnswer(args: unknown): boolean {
  if (!Array.isArray(args) || args[0] !== null) return false;
  if (args.length === 3) return args[2] === 4 || args[2] === 6;
  const all: unknown = args[1];
  return args.length === 2 && Array.isArray(all) && (all[0] as { family?: unknown } | undefined)?.family !== undefined;
}

/** A keep-alive socket that an http agent gives out again gets a new id, under a stand-in for its handle. */
function nativeOf(resource: object): object {
  const { handle } = resource as { handle?: unknown };
  return typeof handle === 'object' && handle !== null && !('getAsyncId' in resource) ? handle : resource;
}
