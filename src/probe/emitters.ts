import type { BatchListeners, Scanned } from '../protocol/probe';
import { Budget } from './budget';
import type { Callbacks } from './callbacks';
import { isObject, MANY, type Audience, type Ear, type EmitterKind, type EventName } from './emitterKind';
import { EventEmitters } from './eventEmitters';
import { EventTargets } from './eventTargets';
import { ListenerRows, type Entry } from './listenerRows';
import { ListenerSites, Tally } from './listenerSites';
import type { EventEmitterClass, Performance, Process, Require } from './node';
import { Patches } from './patches';
import type { Sites } from './sites';

interface Known {
  readonly id: number;
  readonly name: string;
  readonly kind: EmitterKind;
  readonly emitter: WeakRef<object>;
  readonly entries: Entry[];
  /** Event and count of each entry, side by side: to compare these is most of the work of a beat. */
  readonly events: EventName[];
  readonly counts: number[];
  size: number;
  limit: number | null;
  /** There are places to ask for. */
  isOpen: boolean;
  /** Events beyond {@link MAX_EVENTS}, counted together. */
  others: Entry | undefined;
  /** Where it stands in the list; -1 when it was forgotten. */
  at: number;
  looks: number;
}

/** Emitters that are followed; the half of it may have few listeners. */
const MAX_EMITTERS = 4000;
/** Looked at in a beat: of those that got listeners, and of those with many; for others, in turn, so much work is done. */
const HEARD_A_BEAT = 500;
const MANY_A_BEAT = 200;
const WORK_A_BEAT = 3000;
/** What an emitter costs, when one event costs 1: a cold one some half a microsecond. */
const EMITTER_WORK = 5;
/** One listener may take the place of another: so often all are counted again. */
const RECOUNT_LOOKS = 64;
const MAX_EVENTS = 200;
/** The names of so many events are not looked through. */
const MAX_SCANNED = 2000;
const MAX_TEXT = 200;
const OTHERS = '(other events)';

/**
 * Listener counts by emitter and event. Counts are read from the emitters themselves once a beat, so removing needs no
 * patch; adding is patched to learn of new emitters and of who added.
 */
export class Emitters implements Audience {
  private readonly known: Known[] = [];
  private readonly byEmitter = new WeakMap<object, Known>();
  /** Got listeners since they were looked at, or are new. */
  private readonly heardNow = new Set<Known>();
  private readonly withMany = new Set<Known>();
  private readonly ear: Ear = { audience: undefined };
  private readonly patches = new Patches();
  private readonly rows = new ListenerRows();
  private readonly places: ListenerSites;
  private readonly eventEmitters: EventEmitters;
  private readonly eventTargets: EventTargets;
  /** Emitters with few listeners that are entered, and the stacks of what is added to them. */
  private readonly few: Budget;
  /** Stacks of what is added to many: nothing that comes and goes can take them away. */
  private readonly many: Budget;
  private next = 0;
  private nextId = 1;
  private dropped = 0;
  /** There was no room for one with few listeners. */
  private full = false;
  /** Some are not followed, or not listed. */
  cut = false;

  constructor(
    emitterClass: EventEmitterClass,
    performance: Performance,
    private readonly sites: Sites,
    callbacks: Callbacks,
    stacksPerSecond: number,
    nowMs: number,
  ) {
    this.eventEmitters = new EventEmitters(emitterClass);
    this.eventTargets = new EventTargets(performance, emitterClass.kMaxEventTargetListeners);
    this.places = new ListenerSites(callbacks);
    // What comes and goes all the time is hardly worth it: V8 frees what a WeakRef was made to with a full collection only.
    this.few = new Budget(stacksPerSecond / 10, stacksPerSecond * 5, nowMs);
    this.many = new Budget(stacksPerSecond / 2, stacksPerSecond * 5, nowMs);
  }

  get hearsAll(): boolean {
    return !this.few.isEmpty;
  }

  /** Patches the adding methods; {@link restore} puts them back. */
  patch(): void {
    this.ear.audience = this;
    this.eventEmitters.patch(this.patches, this.ear);
    this.eventTargets.patch(this.patches, this.ear);
  }

  /** Names of what somebody has wrapped meanwhile: those stay, and only pass on. */
  restore(): string[] {
    this.ear.audience = undefined;
    return this.patches.restore();
  }

  /** Enters the long-lived emitters that can be reached: the process, owners of handles, exports of loaded modules. */
  discover(process: Process, require: Require): void {
    this.meet(process);
    for (const owner of process._getActiveHandles()) this.meet(owner);
    const { _cache: modules } = require('node:module') as {
      _cache?: Record<string, { exports?: unknown } | undefined>;
    };
    for (const module of Object.values(modules ?? {})) {
      try {
        const exported = module?.exports;
        if (!isObject(exported)) continue;
        this.meet(exported);
        for (const property of Object.values(Object.getOwnPropertyDescriptors(exported))) {
          if (isObject(property.value)) this.meet(property.value);
        }
      } catch {
        // A proxy that throws.
      }
    }
  }

  /** Enters those EventEmitters of a heap scan that have listeners, and asks where these were written. */
  adopt(emitters: readonly object[]): Scanned {
    const scanned = { found: 0, added: 0, dropped: 0 };
    const kind = this.eventEmitters;
    for (const emitter of emitters) {
      try {
        const store = kind.has(emitter) ? kind.store(emitter) : undefined;
        const most = store ? Math.max(0, ...kind.events(store).map((event) => kind.count(store, event))) : 0;
        if (!store || most === 0) continue;
        scanned.found++;
        const before = this.byEmitter.get(emitter);
        const known = before ?? this.enter(emitter, kind, most >= MANY);
        if (!known || known.at < 0) {
          scanned.dropped++;
          continue;
        }
        if (!before) scanned.added++;
        this.heardNow.add(known);
        for (const event of kind.events(store)) this.places.askNow(kind.listeners(store, event), emitter);
      } catch {
        // An exotic one is left alone.
      }
    }
    return scanned;
  }

  /** Rows that changed, or all: one a pair of emitter and event with many listeners, the others taken together. */
  collect(full: boolean, nowMs: number): BatchListeners[] {
    const beyond = this.few.isEmpty || this.full;
    this.full = false;
    this.few.refill(nowMs);
    this.many.refill(nowMs);
    this.places.beat();
    this.eventEmitters.beat();
    this.lookAtThose(this.heardNow, HEARD_A_BEAT);
    this.lookAtThose(this.withMany, MANY_A_BEAT);
    this.lookInTurn();
    this.cut = this.rows.takeRefused() || beyond;
    return this.rows.take(full);
  }

  takeDropped(): number {
    const { dropped } = this;
    this.dropped = 0;
    return dropped;
  }

  /** Never throws: it runs inside the program's own call. */
  heard(
    kind: EmitterKind,
    emitter: object,
    event: EventName,
    listener: unknown,
    isMany: boolean,
    below: unknown,
  ): void {
    try {
      let known = this.byEmitter.get(emitter);
      if (!known) {
        if (!isMany && !this.few.take()) return;
        known = this.enter(emitter, kind, isMany);
      }
      if (!isObject(listener)) return;
      const budget = isMany ? this.many : this.few;
      const site = budget.isEmpty ? -1 : this.sites.capture(below, budget);
      if (site > 0) this.places.set(listener, emitter, site);
      if (!known || known.at < 0) return;
      if (isMany) this.expect(known, event);
      this.heardNow.add(known);
    } catch {
      // An exotic emitter (a proxy, a throwing getter) is left alone.
    }
  }

  private meet(emitter: object): void {
    try {
      if (this.byEmitter.has(emitter)) return;
      if (this.eventEmitters.has(emitter)) this.enter(emitter, this.eventEmitters, false);
      else if (this.eventTargets.has(emitter)) this.enter(emitter, this.eventTargets, false);
    } catch {
      // as above
    }
  }

  private enter(emitter: object, kind: EmitterKind, isMany: boolean): Known | undefined {
    const at = this.known.length;
    if (at >= (isMany ? MAX_EMITTERS : MAX_EMITTERS / 2)) {
      if (isMany) this.dropped++;
      else this.full = true;
      return undefined;
    }
    const known: Known = {
      id: this.nextId++,
      name: className(emitter),
      kind,
      emitter: new WeakRef(emitter),
      entries: [],
      events: [],
      counts: [],
      size: 0,
      limit: null,
      isOpen: false,
      others: undefined,
      at,
      looks: 0,
    };
    this.byEmitter.set(emitter, known);
    this.known.push(known);
    this.heardNow.add(known);
    return known;
  }

  private lookAtThose(those: ReadonlySet<Known>, atMost: number): void {
    let left = atMost;
    for (const known of those) {
      if (left-- === 0) return;
      this.look(known);
    }
  }

  private lookInTurn(): void {
    let work = WORK_A_BEAT;
    for (let looks = this.known.length; looks > 0 && work > 0; looks--) {
      if (this.next >= this.known.length) this.next = 0;
      const known = this.known[this.next];
      if (!known) return;
      if (this.look(known)) this.next++;
      work -= EMITTER_WORK + known.events.length;
    }
  }

  /** Makes sure that an event with many listeners is counted on its own, however many events there are. */
  private expect(known: Known, event: EventName): void {
    if (known.entries.length < 2 * MAX_EVENTS && !known.entries.some((entry) => entry.event === event))
      known.entries.push(this.entryOf(known, event));
  }

  /** Reads the emitter again; false when it is not followed any more. */
  private look(known: Known): boolean {
    const emitter = known.emitter.deref();
    try {
      if (emitter) {
        this.read(known, emitter);
        return true;
      }
    } catch {
      // An exotic one: it stays in `byEmitter`, so that it does not come again.
    }
    this.forget(known);
    return false;
  }

  private read(known: Known, emitter: object): void {
    const { kind } = known;
    const store = kind.store(emitter);
    const limit = kind.limit(emitter);
    const size = store ? kind.size(emitter, store) : 0;
    const turn = (known.looks++ + known.id) % RECOUNT_LOOKS === 0;
    const same =
      store !== undefined &&
      size === known.size &&
      limit === known.limit &&
      kind.matches(store, known.events, known.counts);
    if (this.heardNow.delete(known) || !same || turn) this.count(known, emitter, store, size, limit);
    if (known.isOpen && store && known.looks > 1) this.ask(known, emitter, store);
  }

  private count(known: Known, emitter: object, store: object | undefined, size: number, limit: number | null): void {
    const { kind, entries } = known;
    known.size = size;
    known.limit = limit;
    let kept = 0;
    for (const entry of entries) {
      const count = store ? kind.count(store, entry.event) : -1;
      this.set(entry, count, limit, count > 0 && store ? kind.listeners(store, entry.event) : [], emitter);
      if (count >= 0) entries[kept++] = entry;
    }
    entries.length = kept;
    if (store && kept < Math.min(size, MAX_EVENTS) && size <= MAX_SCANNED) this.learnEvents(known, store, emitter);
    // Each event that is not listed has at least one listener.
    this.countOthers(known, size > MAX_EVENTS ? size - entries.length : 0);
    known.events.length = known.counts.length = entries.length;
    entries.forEach(({ event, count }, i) => {
      known.events[i] = event;
      known.counts[i] = count;
    });
    if (entries.some(({ count }) => count >= MANY)) this.withMany.add(known);
    else this.withMany.delete(known);
    known.isOpen = known.entries.some(isOpen);
  }

  private set(entry: Entry, count: number, limit: number | null, listeners: unknown[], emitter: object): void {
    this.rows.takeOut(entry);
    entry.count = count;
    entry.limit = limit;
    entry.tally.count(listeners, emitter);
    if (count > 0) this.rows.put(entry);
  }

  private learnEvents(known: Known, store: object, emitter: object): void {
    const { kind, entries } = known;
    const already = new Set(entries.map(({ event }) => event));
    for (const event of kind.events(store)) {
      if (entries.length >= MAX_EVENTS) return;
      const count = already.has(event) ? -1 : kind.count(store, event);
      if (count < 0) continue;
      const entry = this.entryOf(known, event);
      entries.push(entry);
      this.set(entry, count, known.limit, count > 0 ? kind.listeners(store, event) : [], emitter);
    }
  }

  private countOthers(known: Known, count: number): void {
    if (count === (known.others?.count ?? 0)) return;
    if (known.others) this.rows.takeOut(known.others);
    known.others = count > 0 ? { ...this.entryOf(known, OTHERS), count, limit: 0 } : undefined;
    if (known.others) this.rows.put(known.others);
  }

  private ask(known: Known, emitter: object, store: object): void {
    for (const entry of known.entries) {
      if (!this.places.canAsk) return;
      if (!isOpen(entry)) continue;
      entry.tally.ask(known.kind.listeners(store, entry.event), emitter, (add) => {
        this.rows.takeOut(entry);
        add();
        if (entry.count > 0 && known.at >= 0) this.rows.put(entry);
      });
    }
    known.isOpen = known.entries.some(isOpen);
  }

  private entryOf({ id, name, entries }: Known, event: EventName): Entry {
    const text = String(event).slice(0, MAX_TEXT);
    const same = entries.filter((entry) => entry.text === text).length;
    return {
      emitterId: id,
      emitter: name,
      event,
      // Symbols may have the same description.
      text: same > 0 ? `${text} (${same + 1})` : text,
      count: 0,
      limit: null,
      tally: new Tally(this.places),
      row: undefined,
    };
  }

  private forget(known: Known): void {
    for (const entry of known.entries) this.rows.takeOut(entry);
    if (known.others) this.rows.takeOut(known.others);
    const last = this.known.pop();
    if (last && last !== known) {
      this.known[known.at] = last;
      last.at = known.at;
    }
    known.at = -1;
    this.heardNow.delete(known);
    this.withMany.delete(known);
  }
}

/** One listener alone is not worth asking for. */
function isOpen({ count, tally }: Entry): boolean {
  return count > 1 && tally.isOpen;
}

function className(emitter: object): string {
  const name: unknown = (emitter.constructor as { name?: unknown } | undefined)?.name;
  return typeof name === 'string' && name ? name.slice(0, MAX_TEXT) : 'EventEmitter';
}
