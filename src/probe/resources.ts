import type { BatchGroup, Instance } from '../protocol/probe';
import type { AsyncWrap, Immediate, Timeout } from './node';
import { describe } from './describe';
import { Kind, phaseOf } from './types';

interface Group {
  type: string;
  kind: Kind;
  site: number;
  beforeAttach: boolean;
  count: number;
  referenced: number;
  oldestMs: number;
  sentCount: number;
  sentReferenced: number;
  sentOldestMs: number;
}

/** Recent ids are found by position: twice as many as async work that is commonly under way. */
const RECENT = 1 << 16;
const NONE = -1;
/** Requests younger than this are not asked whether they still exist. */
const SETTLED_MS = 500;
const MAX_TICK_SITES = 1000;
/** A timer that is pending for so long is worth looking up where its callback was written; so many a beat. */
const LASTING_MS = 2000;
const MAX_UNPLACED = 200;

/**
 * The table of what is pending. It has no `destroy` hook, which is the dear one: timers and immediates say themselves
 * when they are over (`_destroyed`), requests are over after their callback, handles when their native half is gone.
 * A sweep a beat asks them; so what ended is held for one beat at the most.
 */
export class Resources {
  private ids = new Float64Array(1024);
  private createdMs = new Float64Array(1024);
  private groupOf = new Int32Array(1024);
  /** Slot -> resource; undefined is a free slot. */
  private readonly objects: (object | undefined)[] = [];
  private readonly free: number[] = [];
  /** After how many slots the next sweep is due between beats, so that what ended cannot pile up. */
  private sweepAt = 16_384;

  private readonly recentIds = new Float64Array(RECENT).fill(NONE);
  private readonly recentKinds = new Array<Kind>(RECENT).fill(Kind.Unknown);
  private readonly recentSlots = new Int32Array(RECENT).fill(NONE);
  /** Slots of requests, handles and what existed before by id: they may outlive the recent ids, and are few. */
  private readonly slots = new Map<number, number>();
  /** Sites of the few ticks that matter, by id. */
  private readonly tickSites = new Map<number, number>();

  private readonly groups: Group[] = [];
  private readonly groupNumbers = new Map<number, number>();
  private readonly typeNumbers = new Map<string, number>();
  /** `getAsyncId` of the class that all native objects share; MessagePort hides it. */
  private getAsyncId: (() => number) | undefined;
  private timerIdSymbol: symbol | undefined;
  private dropped = 0;

  constructor(
    private readonly max: number,
    private readonly now: () => number,
  ) {}

  /** Notes an id whose resource is not kept: only its kind is needed when it runs. */
  noteKind(id: number, kind: Kind): void {
    const recent = id & (RECENT - 1);
    this.recentIds[recent] = id;
    this.recentKinds[recent] = kind;
    this.recentSlots[recent] = NONE;
  }

  add(id: number, kind: Kind, type: string, resource: object, site: number, beforeAttach = false): void {
    const slot = this.takeSlot();
    if (slot === NONE) {
      this.dropped++;
      this.noteKind(id, kind);
      return;
    }
    this.ids[slot] = id;
    this.createdMs[slot] = this.now();
    this.groupOf[slot] = this.groupNumber(type, kind, site, beforeAttach);
    this.objects[slot] = resource;
    const recent = id & (RECENT - 1);
    this.recentIds[recent] = id;
    this.recentKinds[recent] = kind;
    this.recentSlots[recent] = slot;
    // What existed before is entered once and may run much later; the others are too many for a map.
    if (kind === Kind.Request || kind === Kind.Handle || beforeAttach) this.slots.set(id, slot);
    this.getAsyncId ??= (resource as Partial<AsyncWrap>).getAsyncId;
  }

  /** Kind of an id, Unknown when it was created before the attach or too long ago. */
  kind(id: number): Kind {
    const recent = id & (RECENT - 1);
    if (this.recentIds[recent] === id) return this.recentKinds[recent] ?? Kind.Unknown;
    const slot = this.slots.get(id);
    return slot === undefined ? Kind.Unknown : this.groupAt(slot).kind;
  }

  /** Site of an id, 0 when it is not known. */
  site(id: number): number {
    const slot = this.slotOf(id);
    return slot === NONE ? (this.tickSites.get(id) ?? 0) : this.groupAt(slot).site;
  }

  /** Notes a nextTick callback that will create something in the name of this place. */
  noteTick(id: number, site: number): void {
    this.noteKind(id, Kind.Tick);
    if (site > 0 && this.tickSites.size < MAX_TICK_SITES) this.tickSites.set(id, site);
  }

  /** The resource of an id, undefined when it is not kept. */
  resource(id: number): object | undefined {
    const slot = this.slotOf(id);
    return slot === NONE ? undefined : this.objects[slot];
  }

  has(id: number): boolean {
    return this.slotOf(id) !== NONE;
  }

  /** A callback has returned: what runs only once is over. */
  ran(id: number, kind: Kind): void {
    if (kind === Kind.Tick && this.tickSites.size > 0) this.tickSites.delete(id);
    if (kind !== Kind.Request && kind !== Kind.Immediate && kind !== Kind.Timer) return;
    const slot = this.slotOf(id);
    if (slot === NONE) return;
    const resource = this.objects[slot] as Timeout;
    if (kind === Kind.Request || resource._destroyed) this.release(slot);
  }

  /** Gives resources without a place that of their callback, which the host has looked up. */
  relocate(slots: readonly number[], site: number): void {
    for (const slot of slots) {
      if (!this.objects[slot]) continue;
      const group = this.groupAt(slot);
      if (group.site !== 0) continue;
      this.groupOf[slot] = this.groupNumber(group.type, group.kind, site, group.beforeAttach);
    }
  }

  /** Slot of an id that was just added, for {@link relocate}. */
  slotOf(id: number): number {
    const recent = id & (RECENT - 1);
    if (this.recentIds[recent] === id) return this.recentSlots[recent] ?? NONE;
    const slot = this.slots.get(id);
    if (slot !== undefined) return slot;
    return NONE;
  }

  /**
   * Releases what ended and counts the rest by group; returns the changed groups, or all. Some of the timers that stay
   * without a place are named to `onUnplaced`.
   */
  collect(full: boolean, onUnplaced: (slot: number, timer: Timeout) => void): BatchGroup[] {
    let unplaced = 0;
    for (const group of this.groups) {
      group.count = 0;
      group.referenced = 0;
      group.oldestMs = Infinity;
    }
    const nowMs = this.now();
    for (let slot = 0; slot < this.objects.length; slot++) {
      const resource = this.objects[slot];
      if (!resource) continue;
      const group = this.groupAt(slot);
      const referenced = this.referenced(slot, group.kind, resource, nowMs);
      if (referenced === undefined) {
        this.release(slot);
        continue;
      }
      group.count++;
      if (referenced) group.referenced++;
      const createdMs = this.createdMs[slot] ?? nowMs;
      if (createdMs < group.oldestMs) group.oldestMs = createdMs;
      if (group.site === 0 && group.kind === Kind.Timer && nowMs - createdMs > LASTING_MS && unplaced < MAX_UNPLACED) {
        unplaced++;
        onUnplaced(slot, resource as Timeout);
      }
    }
    const out: BatchGroup[] = [];
    this.groups.forEach((group, number) => {
      const changed =
        group.count !== group.sentCount ||
        group.referenced !== group.sentReferenced ||
        group.oldestMs !== group.sentOldestMs;
      if (full ? group.count > 0 : changed) out.push(this.describeGroup(number, group));
      group.sentCount = group.count;
      group.sentReferenced = group.referenced;
      group.sentOldestMs = group.oldestMs;
    });
    return out;
  }

  totals(): { timers: number; immediates: number; requests: number; handles: number } {
    const totals = { timers: 0, immediates: 0, requests: 0, handles: 0 };
    for (const group of this.groups) {
      if (group.kind === Kind.Timer) totals.timers += group.count;
      else if (group.kind === Kind.Immediate) totals.immediates += group.count;
      else if (group.kind === Kind.Request) totals.requests += group.count;
      else totals.handles += group.count;
    }
    return totals;
  }

  instances(number: number, limit: number): Instance[] {
    const nowMs = this.now();
    const out: Instance[] = [];
    for (let slot = 0; slot < this.objects.length && out.length < limit; slot++) {
      const resource = this.objects[slot];
      if (!resource || this.groupOf[slot] !== number) continue;
      const group = this.groupAt(slot);
      const referenced = this.referenced(slot, group.kind, resource, nowMs);
      if (referenced === undefined) continue;
      out.push({
        id: this.ids[slot] ?? 0,
        ageMs: nowMs - (this.createdMs[slot] ?? nowMs),
        referenced,
        detail: describe(resource, group.kind),
      });
    }
    return out;
  }

  takeDropped(): number {
    const dropped = this.dropped;
    this.dropped = 0;
    return dropped;
  }

  /** Whether it keeps the process alive; undefined when it is over. One odd resource must not fail a beat. */
  private referenced(slot: number, kind: Kind, resource: object, nowMs: number): boolean | undefined {
    try {
      return this.ask(slot, kind, resource, nowMs);
    } catch {
      return undefined;
    }
  }

  private ask(slot: number, kind: Kind, resource: object, nowMs: number): boolean | undefined {
    switch (kind) {
      case Kind.Timer:
      case Kind.Immediate: {
        const timer = resource as Timeout | Immediate;
        if (timer._destroyed || !this.isSameTimer(slot, timer)) return undefined;
        return timer.hasRef();
      }
      case Kind.Handle: {
        const handle = resource as AsyncWrap;
        if (this.isGone(slot, handle)) return undefined;
        return handle.hasRef?.() ?? true;
      }
      default: {
        // A synchronous crypto job is created like an asynchronous one, but is given no callback.
        const { type } = this.groupAt(slot);
        if (type.endsWith('REQUEST') && (resource as { ondone?: unknown }).ondone === undefined) return undefined;
        if (nowMs - (this.createdMs[slot] ?? 0) < SETTLED_MS) return true;
        return this.isGone(slot, resource as AsyncWrap) ? undefined : true;
      }
    }
  }

  /** A timer that was over and is refreshed gets a new id: it was added again under that one. */
  private isSameTimer(slot: number, timer: Timeout | Immediate): boolean {
    this.timerIdSymbol ??= Object.getOwnPropertySymbols(timer).find((symbol) =>
      /async.?id/i.test(symbol.description ?? ''),
    );
    if (this.timerIdSymbol === undefined) return true;
    return (timer as unknown as Record<symbol, unknown>)[this.timerIdSymbol] === this.ids[slot];
  }

  /** The native half answers -1 once it is deleted, and another id when the object was given out again. */
  private isGone(slot: number, resource: AsyncWrap): boolean {
    return this.getAsyncId !== undefined && this.getAsyncId.call(resource) !== this.ids[slot];
  }

  private describeGroup(number: number, group: Group): BatchGroup {
    return {
      group: number,
      type: group.type,
      phase: phaseOf(group.kind),
      site: group.site || null,
      beforeAttach: group.beforeAttach,
      count: group.count,
      referenced: group.referenced,
      oldestMs: group.count ? group.oldestMs : null,
    };
  }

  private groupAt(slot: number): Group {
    const group = this.groups[this.groupOf[slot] ?? NONE];
    if (!group) throw new RangeError(`slot ${slot} has no group`);
    return group;
  }

  private groupNumber(type: string, kind: Kind, site: number, beforeAttach: boolean): number {
    let typeNumber = this.typeNumbers.get(type);
    if (typeNumber === undefined) this.typeNumbers.set(type, (typeNumber = this.typeNumbers.size));
    // No text is made per creation; there are fewer than 256 types.
    const key = (site * 256 + typeNumber) * 2 + (beforeAttach ? 1 : 0);
    const known = this.groupNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.groups.length;
    this.groups.push({
      type,
      kind,
      site,
      beforeAttach,
      count: 0,
      referenced: 0,
      oldestMs: Infinity,
      sentCount: 0,
      sentReferenced: 0,
      sentOldestMs: Infinity,
    });
    this.groupNumbers.set(key, number);
    return number;
  }

  private release(slot: number): void {
    const id = this.ids[slot] ?? NONE;
    this.objects[slot] = undefined;
    this.free.push(slot);
    this.slots.delete(id);
    const recent = id & (RECENT - 1);
    if (this.recentIds[recent] === id) this.recentSlots[recent] = NONE;
  }

  private takeSlot(): number {
    if (this.free.length === 0 && this.objects.length >= this.sweepAt) {
      this.sweep();
      this.sweepAt = Math.max(16_384, (this.objects.length - this.free.length) * 2);
    }
    const reused = this.free.pop();
    if (reused !== undefined) return reused;
    if (this.objects.length >= this.max) return NONE;
    const slot = this.objects.length;
    this.objects.push(undefined);
    if (slot >= this.ids.length) this.grow();
    return slot;
  }

  private sweep(): void {
    const nowMs = this.now();
    for (let slot = 0; slot < this.objects.length; slot++) {
      const resource = this.objects[slot];
      if (resource && this.referenced(slot, this.groupAt(slot).kind, resource, nowMs) === undefined) this.release(slot);
    }
  }

  private grow(): void {
    const size = this.ids.length * 2;
    const ids = new Float64Array(size);
    ids.set(this.ids);
    this.ids = ids;
    const createdMs = new Float64Array(size);
    createdMs.set(this.createdMs);
    this.createdMs = createdMs;
    const groupOf = new Int32Array(size);
    groupOf.set(this.groupOf);
    this.groupOf = groupOf;
  }
}
