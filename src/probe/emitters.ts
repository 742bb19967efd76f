import type { BatchListeners } from '../protocol/probe';
import type { Budget } from './budget';
import type { EventEmitter, EventEmitterClass, Listener, Process, Require } from './node';
import type { Sites } from './sites';

interface Known {
  id: number;
  name: string;
  emitter: WeakRef<EventEmitter>;
}

const METHODS = ['on', 'addListener', 'prependListener'] as const;
const MAX_EMITTERS = 2000;
const MAX_ROWS = 300;
const MAX_TEXT = 200;
/** An emitter with so many listeners for one event is listed, however busy the program is. */
const ALWAYS_FROM = 8;

/**
 * Listener counts by emitter and event. Counts are read from the emitters themselves once a beat, so removing needs no
 * patch; adding is patched to learn of new emitters and of who added.
 */
export class Emitters {
  private readonly known = new Map<number, Known>();
  private readonly ids = new WeakMap<EventEmitter, number>();
  private readonly addedAt = new WeakMap<Listener, number>();
  private readonly originals = new Map<string, Listener>();
  private readonly wrappers = new Map<string, Listener>();
  private active = true;
  private nextId = 1;
  private dropped = 0;
  /** There were more rows than are sent. */
  cut = false;
  private refused = false;
  private sentRows = new Map<string, string>();

  constructor(
    private readonly emitterClass: EventEmitterClass,
    private readonly sites: Sites,
    private readonly budget: Budget,
    private readonly stackBudget: Budget,
  ) {}

  /** Patches the adding methods; {@link restore} puts them back. */
  patch(): void {
    // Node has one function under both names, and programs may compare them.
    const wrappers = new Map<Listener, Listener>();
    for (const method of METHODS) {
      const original = this.emitterClass.prototype[method];
      if (typeof original !== 'function') continue;
      const wrapper = wrappers.get(original) ?? this.wrap(original);
      wrappers.set(original, wrapper);
      this.originals.set(method, original);
      this.wrappers.set(method, wrapper);
      if (!Reflect.set(this.emitterClass.prototype, method, wrapper)) this.originals.delete(method);
    }
  }

  /** Names of what somebody has wrapped meanwhile: those stay, and only pass on. */
  restore(): string[] {
    this.active = false;
    const left: string[] = [];
    for (const [method, original] of this.originals) {
      if (this.emitterClass.prototype[method] === this.wrappers.get(method)) {
        this.emitterClass.prototype[method] = original;
      } else left.push(`EventEmitter.prototype.${method}`);
    }
    this.known.clear();
    return left;
  }

  /** Enters the long-lived emitters that can be reached: the process, owners of handles, exports of loaded modules. */
  discover(process: Process, require: Require): void {
    this.enter(process as unknown as EventEmitter);
    for (const owner of process._getActiveHandles()) this.enter(owner);
    const { _cache: modules } = require('node:module') as {
      _cache?: Record<string, { exports?: unknown } | undefined>;
    };
    for (const module of Object.values(modules ?? {})) {
      try {
        const exported = module?.exports;
        if (!isObject(exported)) continue;
        this.enter(exported);
        for (const property of Object.values(Object.getOwnPropertyDescriptors(exported))) {
          if (isObject(property.value)) this.enter(property.value);
        }
      } catch {
        // A proxy that throws.
      }
    }
  }

  /** Rows that changed, or all: one a pair of emitter and event, those with a single listener taken together. */
  collect(full: boolean): BatchListeners[] {
    const rows = new Map<string, BatchListeners>();
    for (const [id, known] of this.known) {
      const emitter = known.emitter.deref();
      try {
        if (!emitter) this.known.delete(id);
        else this.addRows(rows, known, emitter);
      } catch {
        this.known.delete(id); // an exotic one: see `added`
      }
    }
    const top = [...rows].sort((a, b) => b[1].count - a[1].count);
    this.cut = top.length > MAX_ROWS || this.refused;
    this.refused = false;
    const out: BatchListeners[] = [];
    const sent = new Map<string, string>();
    for (const [key, row] of top.slice(0, MAX_ROWS)) {
      const text = JSON.stringify(row);
      if (full || this.sentRows.get(key) !== text) out.push(row);
      sent.set(key, text);
    }
    if (!full) {
      for (const [key, text] of this.sentRows) {
        if (!sent.has(key)) out.push({ ...(JSON.parse(text) as BatchListeners), count: 0, emitters: 0, sites: [] });
      }
    }
    this.sentRows = sent;
    return out;
  }

  takeDropped(): number {
    const { dropped } = this;
    this.dropped = 0;
    return dropped;
  }

  private wrap(original: Listener): Listener {
    const { apply } = Reflect;
    const added = (emitter: unknown, event: unknown, listener: unknown): void =>
      this.added(emitter, event, listener, wrapper);
    const wrapper = {
      [original.name](this: unknown, ...args: unknown[]): unknown {
        const result = apply(original, this, args);
        added(this, args[0], args[1]);
        return result;
      },
    }[original.name] as Listener;
    Object.defineProperty(wrapper, 'length', { value: original.length, configurable: true });
    return wrapper;
  }

  /** Never throws: it runs inside the program's own call. */
  private added(emitter: unknown, event: unknown, listener: unknown, below: Listener): void {
    if (!this.active) return;
    try {
      if (!isObject(emitter) || typeof listener !== 'function') return;
      const target = emitter as EventEmitter;
      if (!this.ids.has(target)) {
        const many = listenersOf(target, event as string).length >= ALWAYS_FROM;
        if (!many && !this.budget.take()) {
          this.refused = true;
          return;
        }
        this.enter(target);
      }
      const site = this.sites.capture(below, this.stackBudget);
      if (site > 0) this.addedAt.set(listener as Listener, site);
    } catch {
      // An exotic emitter (a proxy, a throwing getter) is left alone.
    }
  }

  private enter(emitter: EventEmitter): void {
    try {
      // Others that have `_events` count their listeners in another way.
      if (this.ids.has(emitter) || !isObject(emitter._events) || typeof emitter.setMaxListeners !== 'function') return;
      if (this.known.size >= MAX_EMITTERS) {
        this.dropped++;
        return;
      }
      const id = this.nextId++;
      this.ids.set(emitter, id);
      this.known.set(id, { id, name: className(emitter), emitter: new WeakRef(emitter) });
    } catch {
      // as above
    }
  }

  private addRows(rows: Map<string, BatchListeners>, { id, name }: Known, emitter: EventEmitter): void {
    const events = emitter._events;
    if (!isObject(events)) return;
    let most = 0;
    for (const event of Reflect.ownKeys(events)) {
      const listeners = listenersOf(emitter, event);
      if (listeners.length === 0) continue;
      most = Math.max(most, listeners.length);
      const single = listeners.length === 1;
      const eventName = String(event).slice(0, MAX_TEXT);
      const key = single ? `${name}/${eventName}#*` : `${name}/${eventName}#${id}`;
      const limit = limitOf(emitter._maxListeners ?? this.emitterClass.defaultMaxListeners);
      const row = rows.get(key) ?? {
        emitterId: single ? 0 : id,
        emitter: name,
        event: eventName,
        count: 0,
        limit,
        emitters: 0,
        sites: [],
      };
      row.count += listeners.length;
      row.emitters++;
      if (row.emitters > 1) row.limit = null;
      for (const listener of listeners) this.countSite(row.sites, listener);
      rows.set(key, row);
    }
    // Room for those that matter: one with single listeners comes back with its next one.
    if (most <= 1 && this.known.size > MAX_EMITTERS / 2) {
      this.known.delete(id);
      this.ids.delete(emitter);
    }
  }

  private countSite(sites: [number, number][], listener: Listener): void {
    const site = this.addedAt.get(listener);
    if (!site) return;
    const entry = sites.find(([each]) => each === site);
    if (entry) entry[1]++;
    else if (sites.length < 20) sites.push([site, 1]);
  }
}

function listenersOf(emitter: EventEmitter, event: string | symbol): Listener[] {
  const listeners = emitter._events?.[event];
  if (typeof listeners === 'function') return [listeners];
  return Array.isArray(listeners) ? listeners : [];
}

function className(emitter: object): string {
  const name: unknown = (emitter.constructor as { name?: unknown } | undefined)?.name;
  return typeof name === 'string' && name ? name.slice(0, MAX_TEXT) : 'EventEmitter';
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function limitOf(limit: unknown): number | null {
  return typeof limit === 'number' && Number.isFinite(limit) ? limit : null;
}
