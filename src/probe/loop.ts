import type { Adoption } from './adopt';
import type { Budget } from './budget';
import type { AsyncHooks, Immediate, Timeout } from './node';
import type { Phases, HookedPhase } from './phases';
import type { Resources } from './resources';
import type { Sites } from './sites';
import { Kind, phaseOf } from './types';

/** Callbacks shorter than this are not worth looking up their function's place. */
const LONG_MS = 10;
/** After a long silence, so much more time is given for a beat to come: a stopped process must not lose its probe. */
const GRACE_MS = 2000;

/** Stacks that may be captured, apart for what comes and goes, so that this cannot take them from what stays. */
export interface Budgets {
  /** Timers, immediates and handles. */
  lasting: Budget;
  requests: Budget;
}

type Hook = ReturnType<AsyncHooks['createHook']>;

/** The hooks: follow each resource from its creation through its callbacks. A callback that throws would end the process. */
export class Loop {
  private hook: Hook | undefined;
  private depth = 0;
  private openId = 0;
  private openKind = Kind.Unknown;
  private openPhase: HookedPhase = 'poll';
  private openCallback: unknown;
  private startedMs = 0;
  private countedUntilMs = 0;
  private closeSymbol: symbol | undefined;
  private suspectedAtMs = 0;
  /** First id that the hooks have seen: older ones are from before the attach. */
  private observedFrom = 0;
  private sawPromise = false;
  /** Clock of {@link now} minus the clock of `_idleStart`; undefined until it was measured. */
  private libuvOffsetMs: number | undefined;
  private lastBeatMs: number;

  constructor(
    private readonly hooks: AsyncHooks,
    private readonly kinds: Map<string, Kind>,
    private readonly resources: Resources,
    private readonly adoption: Adoption,
    private readonly phases: Phases,
    private readonly sites: Sites,
    private readonly budgets: Budgets,
    private readonly now: () => number,
    private readonly orphanAfterMs: number,
    private readonly onOrphan: () => void,
  ) {
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

  /** A beat has come; `libuvNowMs` is the start of the loop turn on the clock of timers. */
  beat(libuvNowMs: number | undefined): void {
    const nowMs = this.now();
    this.lastBeatMs = nowMs;
    this.suspectedAtMs = 0;
    // Outside any callback: an exception that the program handled may have left a `before` without its `after`.
    if (this.depth > 0 && this.hooks.executionAsyncId() === 0) this.depth = 0;
    if (libuvNowMs === undefined) return;
    // The loop's clock stands still during a turn, so the smallest difference is the true one.
    this.libuvOffsetMs = Math.min(this.libuvOffsetMs ?? Infinity, nowMs - libuvNowMs);
  }

  /** Counts the part of a running callback that lies in this window; answers that callback. */
  takeOpen(): { phase: HookedPhase; sinceMs: number; site: number | null; callback: unknown } | null {
    if (this.depth === 0 || this.openKind === Kind.Script) return null;
    const nowMs = this.now();
    this.phases.addBusy(this.openPhase, nowMs - this.countedUntilMs);
    this.countedUntilMs = nowMs;
    return {
      phase: this.openPhase,
      sinceMs: nowMs - this.startedMs,
      site: this.resources.site(this.openId) || null,
      callback: this.openCallback,
    };
  }

  private readonly init = (id: number, type: string, triggerId: number, resource: object): void => {
    try {
      if (this.observedFrom === 0) this.observedFrom = id;
      const kind = this.kinds.get(type) ?? Kind.Script;
      if (kind === Kind.Script && type === 'PROMISE') this.sawPromise = true;
      if (kind >= Kind.Native) {
        this.resources.noteKind(id, kind);
        return;
      }
      if (kind === Kind.Tick) {
        if (isLookupAnswer((resource as { args?: unknown }).args))
          this.resources.noteTick(id, this.sites.capture(this.init, this.budgets.lasting));
        else this.resources.noteKind(id, kind);
        return;
      }
      let site = this.sites.capture(this.init, kind === Kind.Request ? this.budgets.requests : this.budgets.lasting);
      // Created by native code or by Node: an accepted connection belongs to the place of its server.
      if (site === 0) site = this.resources.site(triggerId) || this.resources.site(this.hooks.executionAsyncId());
      this.resources.add(id, kind, type, nativeOf(resource), Math.max(0, site));
    } catch {
      // see the class
    }
  };

  private readonly before = (id: number): void => {
    try {
      if (this.depth++ > 0) return;
      let kind = this.resources.kind(id);
      if (kind === Kind.Unknown) kind = this.adoption.running(id, this.observedFrom === 0 || id < this.observedFrom);
      const nowMs = this.now();
      this.openId = id;
      this.openKind = kind;
      this.openPhase = phaseOf(kind) as HookedPhase;
      this.openCallback = undefined;
      this.startedMs = nowMs;
      this.countedUntilMs = nowMs;
      if (kind === Kind.Timer) {
        this.startTimer((this.resources.resource(id) ?? this.hooks.executionAsyncResource()) as Timeout, nowMs);
      }
      if (kind === Kind.Immediate) {
        this.openCallback = (this.resources.resource(id) as Immediate | undefined)?._onImmediate;
      } else if (kind === Kind.Handle && this.isClosing(this.resources.resource(id))) this.openPhase = 'close';
      if (nowMs - this.lastBeatMs > this.orphanAfterMs) this.suspect(nowMs);
    } catch {
      // see the class
    }
  };

  private readonly after = (id: number): void => {
    try {
      if (this.depth === 0) return;
      const outermost = --this.depth === 0;
      if (!outermost) {
        this.resources.ran(id, this.resources.kind(id));
        return;
      }
      const kind = this.openKind;
      if (kind === Kind.Script) return;
      const endMs = this.now();
      const totalMs = endMs - this.startedMs;
      if (this.phases.add(this.openPhase, endMs - this.countedUntilMs, totalMs)) {
        const long = totalMs >= LONG_MS;
        if (long && kind === Kind.Tick) {
          this.openCallback = (this.hooks.executionAsyncResource() as { callback?: unknown }).callback;
        }
        this.phases.setLongest(this.openPhase, this.resources.site(id), long ? this.openCallback : undefined);
      }
      this.resources.ran(id, kind);
    } catch {
      // see the class
    }
  };

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
