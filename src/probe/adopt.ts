import type { Callbacks } from './callbacks';
import type { AsyncHooks, AsyncWrap, Immediate, Internals, Process, Timeout } from './node';
import type { Resources } from './resources';
import { Kind } from './types';

/**
 * Enters what exists already: timers and immediates from the lists of node:timers (also those that are not ref'd),
 * handles and requests as far as Node lists them (only ref'd ones).
 */
export class Adoption {
  private readonly types: Map<number, string>;

  constructor(
    private readonly resources: Resources,
    private readonly callbacks: Callbacks,
    private readonly hooks: AsyncHooks,
    private readonly process: Process,
    private readonly kinds: Map<string, Kind>,
  ) {
    this.types = new Map(Object.entries(hooks.asyncWrapProviders).map(([type, provider]) => [provider, type]));
  }

  timers(internals: Internals): void {
    const slots = new Map<unknown, number[]>();
    for (const list of Object.values(internals.timerListMap ?? {})) {
      for (let timer = list._idleNext; timer && !isHead(timer, list); timer = timer._idleNext) {
        this.timer(timer, Kind.Timer, timer._onTimeout, slots);
      }
    }
    for (let immediate = internals.immediateQueue?.head; immediate; immediate = immediate._idleNext) {
      this.timer(immediate, Kind.Immediate, immediate._onImmediate, slots);
    }
    // The timer whose callback this evaluation has interrupted is in none of Node's lists.
    const running = this.hooks.executionAsyncResource() as Partial<Timeout>;
    if ('_onTimeout' in running) this.timer(running as Timeout, Kind.Timer, running._onTimeout, slots);
    for (const [callback, own] of slots) this.callbacks.ask(callback, (site) => this.resources.relocate(own, site));
  }

  handlesAndRequests(): void {
    for (const owner of this.process._getActiveHandles()) this.native(owner, Kind.Handle);
    for (const request of this.process._getActiveRequests()) this.native(request, Kind.Request);
  }

  /** Kind of the resource that is running now and whose id is not at hand; enters it if it is from before the hooks. */
  running(id: number, isFromBefore: boolean): Kind {
    const resource = this.hooks.executionAsyncResource() as Partial<Timeout & Immediate & AsyncWrap>;
    if ('_onTimeout' in resource) {
      if (!isFromBefore) return Kind.Timer;
      this.resources.add(id, Kind.Timer, 'Timeout', resource, 0, true);
      const slot = this.resources.slotOf(id);
      this.callbacks.ask(resource._onTimeout, (site) => this.resources.relocate([slot], site));
      return Kind.Timer;
    }
    if ('_onImmediate' in resource) return Kind.Immediate;
    const type = this.typeOf(resource);
    if (!type) return 'callback' in resource && 'args' in resource ? Kind.Tick : Kind.Script;
    const kind = this.kinds.get(type) ?? Kind.Native;
    // A request that runs is about to end; a handle stays.
    if (kind === Kind.Handle && isFromBefore) this.resources.add(id, kind, type, resource, 0, true);
    else this.resources.noteKind(id, kind);
    return kind;
  }

  private timer(
    timer: Timeout | Immediate,
    kind: Kind.Timer | Kind.Immediate,
    callback: unknown,
    slots: Map<unknown, number[]>,
  ): void {
    const id = asyncIdOf(timer);
    if (id === undefined || timer._destroyed || this.resources.has(id)) return;
    this.resources.add(id, kind, kind === Kind.Timer ? 'Timeout' : 'Immediate', timer, 0, true);
    const slot = this.resources.slotOf(id);
    const same = slots.get(callback);
    if (same) same.push(slot);
    else slots.set(callback, [slot]);
  }

  private native(owner: object, kind: Kind): void {
    const resource = nativeOf(owner);
    if (!resource) return;
    const id = resource.getAsyncId();
    const type = this.typeOf(resource);
    if (!type || id <= 0 || this.resources.has(id)) return;
    this.resources.add(id, kind, type, resource, 0, true);
  }

  private typeOf(resource: object): string | undefined {
    if (typeof (resource as Partial<AsyncWrap>).getProviderType !== 'function') return undefined;
    return this.types.get((resource as AsyncWrap).getProviderType());
  }
}

function isHead(timer: Timeout, list: object): boolean {
  return (timer as object) === list;
}

/** The handle inside what `_getActiveHandles` lists: sockets and servers have `_handle`, UDP sockets hide it. */
function nativeOf(owner: object): AsyncWrap | undefined {
  const candidates = [owner, (owner as { _handle?: unknown })._handle];
  for (const symbol of Object.getOwnPropertySymbols(owner)) {
    const hidden = (owner as Record<symbol, unknown>)[symbol];
    if (typeof hidden === 'object' && hidden !== null) candidates.push((hidden as { handle?: unknown }).handle);
  }
  return candidates.find(
    (candidate): candidate is AsyncWrap => typeof (candidate as Partial<AsyncWrap> | null)?.getAsyncId === 'function',
  );
}

/** The async id of a timer stands under a symbol of Node's. */
export function asyncIdOf(timer: object): number | undefined {
  const symbol = Object.getOwnPropertySymbols(timer).find((each) => /^async_?id/i.test(each.description ?? ''));
  const id = symbol && (timer as Record<symbol, unknown>)[symbol];
  return typeof id === 'number' ? id : undefined;
}
