import type { Callbacks } from './callbacks';
import type { AsyncHooks, AsyncWrap, Immediate, Internals, Process, Timeout } from './node';
import type { Resources } from './resources';
import { ASYNC_ID, symbolOf } from './tables';
import { Kind, type ResourceTypes } from './types';

/**
 * Enters what exists already: timers and immediates from the lists of node:timers (also those that are not ref'd),
 * handles and requests as far as Node lists them (only ref'd ones).
 */
export class Adoption {
  private readonly typeNames: Map<number, string>;

  constructor(
    private readonly resources: Resources,
    private readonly callbacks: Callbacks,
    private readonly hooks: AsyncHooks,
    private readonly types: ResourceTypes,
    private readonly now: () => number,
  ) {
    this.typeNames = new Map(Object.entries(hooks.asyncWrapProviders).map(([type, provider]) => [provider, type]));
  }

  /** `libuvOffsetMs` leads from the clock of `_idleStart` to ours. */
  scheduled(internals: Internals, libuvOffsetMs: number | undefined): void {
    const timers = this.listedTimers(internals);
    // The timer whose callback this evaluation has interrupted is in none of Node's lists; a repeated one is back in them a
    // moment before it has ended.
    const running = this.hooks.executionAsyncResource() as Timeout;
    if ('_onTimeout' in running && !timers.includes(running)) timers.push(running);
    this.timers(timers, libuvOffsetMs);
    const immediates: Immediate[] = [];
    for (let immediate = internals.immediateQueue?.head; immediate; immediate = immediate._idleNext) {
      immediates.push(immediate);
    }
    for (const [id, immediate] of this.unknown(immediates)) {
      this.resources.addImmediate(id, immediate, this.now(), true);
      this.callbacks.ask(immediate._onImmediate);
    }
  }

  /** All timers that Node itself lists. */
  listedTimers(internals: Internals): Timeout[] {
    const timers: Timeout[] = [];
    for (const list of Object.values(internals.timerListMap ?? {})) {
      for (let timer = list._idleNext; timer && !isHead(timer, list); timer = timer._idleNext) timers.push(timer);
    }
    return timers;
  }

  /** Enters those timers that are not known yet; answers how many. They began at the latest when they last did. */
  timers(timers: readonly Timeout[], libuvOffsetMs: number | undefined): number {
    const nowMs = this.now();
    const unknown = this.unknown(timers);
    for (const [id, timer] of unknown) {
      const startedMs = libuvOffsetMs === undefined ? nowMs : Math.min(nowMs, timer._idleStart + libuvOffsetMs);
      this.resources.addTimer(id, timer, startedMs, 0, true);
      this.callbacks.ask(timer._onTimeout);
    }
    return unknown.length;
  }

  handlesAndRequests(process: Process): void {
    const owners = [...process._getActiveHandles(), ...process._getActiveRequests()];
    const natives = owners.flatMap((owner) => nativeOf(owner) ?? []);
    // A MessagePort hides the method: with none to ask in its place it is entered when it first runs.
    const other = natives.find((native) => 'getAsyncId' in native);
    const byId = natives
      .map((native) => [other?.getAsyncId.call(native) ?? 0, native] as const)
      .sort(([a], [b]) => a - b);
    for (const [id, native] of byId) {
      const type = this.typeOf(native);
      if (type && id > 0 && !this.resources.has(id)) this.resources.addNative(id, type, native, 0, true);
    }
  }

  /** Kind of the resource that is running now and whose id is not at hand; enters it if it is from before the hooks. */
  running(id: number, isFromBefore: boolean): Kind {
    const resource = this.hooks.executionAsyncResource() as Partial<Timeout & Immediate & AsyncWrap>;
    if ('_onTimeout' in resource) {
      if (isFromBefore && !this.resources.has(id)) {
        this.resources.addTimer(id, resource as Timeout, this.now(), 0, true);
        this.callbacks.ask(resource._onTimeout);
      } else this.resources.recent.note(id, Kind.Timer);
      return Kind.Timer;
    }
    if ('_onImmediate' in resource) return Kind.Immediate;
    const type = this.typeOf(resource) ?? this.typeOfStandIn(resource as { type?: unknown });
    if (!type) return 'callback' in resource && 'args' in resource ? Kind.Tick : Kind.Script;
    // A request that runs is about to end; a handle stays.
    if (type.kind === Kind.Handle && isFromBefore && !this.resources.has(id)) {
      this.resources.addNative(id, type, resource, 0, true);
    } else this.resources.recent.note(id, type.kind);
    return type.kind;
  }

  /** With their ids, which rise. */
  private unknown<Scheduled extends Timeout | Immediate>(list: readonly Scheduled[]): [number, Scheduled][] {
    const symbol = list[0] && symbolOf(list[0], ASYNC_ID);
    if (symbol === undefined) return [];
    return list
      .map((each): [number, Scheduled] => [(each as unknown as Record<symbol, number>)[symbol] ?? 0, each])
      .filter(([id, each]) => id > 0 && !each._destroyed && !this.resources.has(id))
      .sort(([a], [b]) => a - b);
  }

  /** HTTP parsers run under an object of node:http that names their type, not under their own. */
  private typeOfStandIn({ type }: { type?: unknown }): ReturnType<ResourceTypes['get']> {
    return typeof type === 'string' ? this.types.get(type) : undefined;
  }

  private typeOf(resource: object): ReturnType<ResourceTypes['get']> {
    if (isMessagePort(resource)) return this.types.get('MESSAGEPORT');
    if (typeof (resource as Partial<AsyncWrap>).getProviderType !== 'function') return undefined;
    return this.types.get(this.typeNames.get((resource as AsyncWrap).getProviderType()) ?? '');
  }
}

function isHead(timer: Timeout, list: object): boolean {
  return (timer as object) === list;
}

/**
 * The handle inside what `_getActiveHandles` lists: `_handle`, or under a symbol, for a UDP socket one level deeper. Only
 * own properties are read: the `_handle` that a UDP socket inherits is deprecated, and says so on the standard error.
 */
function nativeOf(owner: object): AsyncWrap | undefined {
  const candidates = [owner, Object.getOwnPropertyDescriptor(owner, '_handle')?.value as unknown];
  for (const symbol of Object.getOwnPropertySymbols(owner)) {
    const hidden = (owner as Record<symbol, unknown>)[symbol];
    if (typeof hidden === 'object' && hidden !== null) candidates.push(hidden, (hidden as { handle?: unknown }).handle);
  }
  return candidates.find(
    (candidate): candidate is AsyncWrap =>
      typeof (candidate as Partial<AsyncWrap> | null)?.getAsyncId === 'function' || isMessagePort(candidate),
  );
}

/** Unlike other native objects it shows none of the methods that they share. */
function isMessagePort(candidate: unknown): boolean {
  return (candidate as { constructor?: { name?: unknown } } | null | undefined)?.constructor?.name === 'MessagePort';
}
