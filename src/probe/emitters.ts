import type { BatchListeners, BatchOwners, Scanned } from '../protocol/probe';
import { Budget } from './budget';
import type { Callbacks } from './callbacks';
import { isObject, type Audience, type Ear, type EmitterKind, type EventName } from './emitterKind';
import { EventEmitters } from './eventEmitters';
import { EventTargets } from './eventTargets';
import { Followed } from './followed';
import { hasMany, type KnownEmitter } from './knownEmitter';
import { ListenerSites } from './listenerSites';
import type { EventEmitterClass, Performance, Process, Require } from './node';
import { Patches } from './patches';
import type { Sites } from './sites';

/** So much more work may a full picture cost than another. */
const FULL_FACTOR = 5;

/**
 * Listener counts by emitter and event. Counts are read from the emitters themselves once a beat, so removing needs no
 * patch; adding is patched to learn of new emitters and of who added.
 */
export class Emitters implements Audience {
  private readonly ear: Ear = { audience: undefined };
  private readonly patches = new Patches();
  private readonly places: ListenerSites;
  private readonly followed: Followed;
  private readonly eventEmitters: EventEmitters;
  private readonly eventTargets: EventTargets;
  /** Emitters with few listeners that are entered, and the stacks of what is added to them. */
  private readonly few: Budget;
  /** Stacks of what is added to many: nothing that comes and goes can take them away. */
  private readonly many: Budget;
  private dropped = 0;
  /** What a heap scan found is looked at in the next beat, all of it. */
  private hasScanned = false;
  /** Some were passed over, and may still be there. */
  cut = false;

  constructor(
    emitterClass: EventEmitterClass,
    performance: Performance,
    private readonly sites: Sites,
    callbacks: Callbacks,
    stacksPerSecond: number,
    nowMs: number,
    isOurs: (listener: unknown) => boolean,
  ) {
    this.eventEmitters = new EventEmitters(emitterClass, isOurs);
    this.eventTargets = new EventTargets(performance, emitterClass.kMaxEventTargetListeners);
    this.places = new ListenerSites(callbacks, sites);
    this.followed = new Followed(this.places);
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

  /** Follows those EventEmitters of a heap scan that have listeners, and asks where these were written. */
  adopt(emitters: readonly object[]): Scanned {
    const scanned = { found: 0, added: 0, dropped: 0 };
    const kind = this.eventEmitters;
    for (const emitter of emitters) {
      try {
        const store = kind.has(emitter) ? kind.store(emitter) : undefined;
        const events = store ? kind.events(store).filter((event) => kind.count(store, event) > 0) : [];
        if (!store || events.length === 0) continue;
        scanned.found++;
        const before = this.followed.get(emitter);
        const known = before ?? this.meet(emitter);
        if (!known || known.at < 0) {
          scanned.dropped++;
          continue;
        }
        if (!before) scanned.added++;
        this.followed.lookSoon(known);
        for (const event of events) this.places.askNow(kind.listeners(store, event), emitter);
      } catch {
        // An exotic one is left alone.
      }
    }
    this.hasScanned = true;
    return scanned;
  }

  /** Follows an object that was found, if it is an EventEmitter or EventTarget, when there is room. Never throws. */
  meet(found: object): KnownEmitter | undefined {
    try {
      const before = this.followed.get(found);
      if (before) return before;
      const kind = [this.eventEmitters, this.eventTargets].find((each) => each.has(found));
      const known = kind && this.enter(found, kind, hasMany(kind, found));
      // It has been there for a while: what it has is worth asking for at once.
      if (known) known.looks = 1;
      return known;
    } catch {
      // A proxy, or a getter, that throws.
      return undefined;
    }
  }

  /** Rows that changed, or all: one a pair of emitter and event with many listeners, the others taken together. */
  collect(full: boolean, nowMs: number): BatchListeners[] {
    if (this.few.isEmpty) this.cut = true;
    this.few.refill(nowMs);
    this.many.refill(nowMs);
    this.places.beat();
    this.eventEmitters.beat();
    this.followed.beat(this.hasScanned ? Infinity : full ? FULL_FACTOR : 1);
    this.hasScanned = false;
    const { rows } = this.followed;
    if (rows.refused) this.cut = true;
    return rows.take(full);
  }

  /** Streams that have no "error" listener. */
  unheard(): BatchOwners['streams'] {
    return this.followed.unheard();
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
      let known = this.followed.get(emitter);
      if (!known) {
        if (!isMany && !this.few.take()) return;
        known = this.enter(emitter, kind, isMany);
      }
      if (!isObject(listener)) return;
      const budget = isMany ? this.many : this.few;
      const site = budget.isEmpty ? -1 : this.sites.capture(below, budget, 'listener');
      if (site > 0) this.places.set(listener, emitter, site);
      if (!known) return;
      // A console listens for "error" while it writes, and for nothing else.
      if (site > 0 && event !== 'error' && !known.place) known.place = this.sites.throughPackage ? 0 : site;
      this.followed.heard(known, event, isMany);
    } catch {
      // An exotic emitter (a proxy, a throwing getter) is left alone.
    }
  }

  private enter(emitter: object, kind: EmitterKind, isMany: boolean): KnownEmitter | undefined {
    const known = this.followed.enter(emitter, kind, isMany);
    if (!known && isMany) this.dropped++;
    else if (!known) this.cut = true;
    return known;
  }
}
