import { keyOf, type Groups } from './groups';
import type { AsyncWrap, Immediate, Timeout } from './node';
import type { RecentKinds } from './recent';
import { Pending, Table } from './table';
import { Kind } from './types';

/** Requests younger than this are not asked whether they still exist. */
const SETTLED_MS = 500;
/** A timer that is pending for so long is worth looking up where its callback was written; so many at once. */
const LASTING_MS = 2000;
const MAX_TIMERS_ASKED = 200;
const MAX_IMMEDIATES_ASKED = 20;
/** So many callbacks without a known place are looked at in a beat, some 50 ns each; younger ones wait, also with a known place. */
const MAX_UNKNOWN = 5000;

/** Places of functions, as far as they are known: a site number, 0 for none, undefined while it is not known. */
export interface Places {
  siteOf(callback: unknown): number | undefined;
  ask(callback: unknown): number;
  /** +1 with each that became known. */
  readonly learnt: number;
}

/** What timers and immediates have in common: they say themselves when they are over. */
abstract class ScheduledTable<Scheduled extends Timeout | Immediate> extends Table<Scheduled> {
  private idSymbol: symbol | undefined;
  private learnt = 0;
  /** No settled one with a lower id lacks a place, but for those that were entered late: they are asked for at once. */
  private unplacedFrom = 0;

  protected abstract callbackOf(scheduled: Scheduled): unknown;

  protected ask(index: number, scheduled: Scheduled): Pending {
    // One that was over and is refreshed gets a new id: it was entered again under that one.
    if (scheduled._destroyed || (this.reused && !this.isSame(index, scheduled))) return Pending.Over;
    return scheduled.hasRef() ? Pending.Referenced : Pending.Unreferenced;
  }

  /** The same as the table's own; which `ask` is meant is clear here, and so it takes a fifth less time. */
  override survey(): void {
    this.guarded(() => {
      for (let index = 0; index < this.length; index++) {
        const scheduled = this.held[index];
        if (!scheduled) continue;
        let is = Pending.Over;
        try {
          is = this.ask(index, scheduled);
        } catch {
          // A resource of the program's own that only is called so.
        }
        this.become(index, is);
      }
      this.end();
    });
  }

  /** Gives those without a place that of their callback, and asks for `most` of the older ones; after `settle`. */
  protected placeOlder(places: Places, thanMs: number, most: number): void {
    const unplaced = this.groups.unplaced();
    if (unplaced.length === 0) return;
    if (places.learnt !== this.learnt) this.unplacedFrom = 0;
    this.learnt = places.learnt;
    let first: number | undefined;
    let unknown = 0;
    let asked = 0;
    for (let index = this.indexFrom(this.unplacedFrom); index < this.length; index++) {
      const group = this.groupOf[index] ?? 0;
      const scheduled = unplaced.includes(group) && this.held[index];
      if (!scheduled) continue;
      const callback = this.callbackOf(scheduled);
      const site = places.siteOf(callback);
      if (site !== undefined) {
        const { type, beforeAttach } = this.groups.traits(group);
        this.regroup(index, this.groups.number(keyOf(type, site, beforeAttach, site === 0)));
        continue;
      }
      first ??= this.ids[index];
      if (asked < most && (this.createdMs[index] ?? 0) < thanMs) {
        asked++;
        places.ask(callback);
      }
      if (++unknown >= MAX_UNKNOWN) break;
    }
    this.unplacedFrom = first ?? (this.ids[this.length - 1] ?? 0) + 1;
  }

  private isSame(index: number, scheduled: Scheduled): boolean {
    this.idSymbol ??= symbolOf(scheduled, ASYNC_ID);
    if (this.idSymbol === undefined) return true;
    return (scheduled as unknown as Record<symbol, unknown>)[this.idSymbol] === this.ids[index];
  }
}

export class TimerTable extends ScheduledTable<Timeout> {
  protected callbackOf(timer: Timeout): unknown {
    return timer._onTimeout;
  }

  /** Those that are given the start of the callback that created them as their time: Node knows it better. */
  redate(startedMs: number, endMs: number, libuvOffsetMs: number): void {
    if (this.moving) return;
    this.guarded(() => {
      for (let index = this.length - 1; index >= 0 && (this.createdMs[index] ?? 0) >= startedMs; index--) {
        const atMs = (this.held[index]?._idleStart ?? 0) + libuvOffsetMs;
        if (atMs > startedMs) this.date(index, Math.min(atMs, endMs));
      }
    });
  }

  place(places: Places, nowMs: number): void {
    this.placeOlder(places, nowMs - LASTING_MS, MAX_TIMERS_ASKED);
  }
}

export class ImmediateTable extends ScheduledTable<Immediate> {
  protected callbackOf(immediate: Immediate): unknown {
    return immediate._onImmediate;
  }

  place(places: Places, nowMs: number): void {
    this.placeOlder(places, nowMs, MAX_IMMEDIATES_ASKED);
  }
}

/** Requests are over after their callback, or when their native half is gone. */
export class RequestTable extends Table<AsyncWrap> {
  constructor(
    groups: Groups,
    max: number,
    private readonly recent: RecentKinds,
    private readonly identity: NativeIdentity,
  ) {
    super(groups, max);
  }

  protected ask(index: number, request: AsyncWrap, nowMs: number): Pending {
    const id = this.ids[index] ?? 0;
    const kind = this.recent.kind(id);
    if (kind === Kind.Done) return Pending.Over;
    // A synchronous crypto job is created like an asynchronous one, but is given no callback.
    if (request.ondone === undefined && this.isJob(index)) return Pending.Over;
    // So many ids may have passed since that its end is forgotten.
    if (kind === Kind.Request && nowMs - (this.createdMs[index] ?? 0) < SETTLED_MS) return Pending.Referenced;
    return this.identity.isGone(request, id) ? Pending.Over : Pending.Referenced;
  }

  private isJob(index: number): boolean {
    return this.groups.traits(this.numberAt(index)).type.name.endsWith('REQUEST');
  }
}

/** Handles answer no more once they are closed. */
export class HandleTable extends Table<AsyncWrap> {
  constructor(
    groups: Groups,
    max: number,
    private readonly identity: NativeIdentity,
  ) {
    super(groups, max);
  }

  /** All with the number and the type of their groups; after {@link settle}. */
  *all(): Generator<[handle: AsyncWrap, group: number, type: string]> {
    for (let index = 0; index < this.length; index++) {
      const handle = this.held[index];
      const group = this.numberAt(index);
      if (handle) yield [handle, group, this.groups.traits(group).type.name];
    }
  }

  protected ask(index: number, handle: AsyncWrap): Pending {
    // Closed, a handle answers nothing; only MessagePort says false.
    const referenced = handle.hasRef ? handle.hasRef() : true;
    if (referenced === undefined) return Pending.Over;
    const asked = this.reused || !referenced || !handle.hasRef;
    if (asked && this.identity.isGone(handle, this.ids[index] ?? 0)) return Pending.Over;
    return referenced ? Pending.Referenced : Pending.Unreferenced;
  }
}

/** Native workers (zlib) hold their input while they work on it. They are held weakly, since nobody need close them. */
export class WorkerTable extends Table<WeakRef<AsyncWrap>> {
  protected ask(_index: number, worker: WeakRef<AsyncWrap>): Pending {
    const native = worker.deref();
    if (!native) return Pending.Over;
    return native.buffer ? Pending.Referenced : Pending.Idle;
  }
}

/** `getAsyncId` of the class that all native objects share; MessagePort hides it. */
export class NativeIdentity {
  private getAsyncId: (() => number) | undefined;

  learn(resource: Partial<AsyncWrap>): void {
    this.getAsyncId ??= resource.getAsyncId;
  }

  /** The native half answers -1 once it is deleted, and another id when the object was given out again. */
  isGone(resource: AsyncWrap, id: number): boolean {
    return this.getAsyncId !== undefined && this.getAsyncId.call(resource) !== id;
  }
}

/** The async id of a timer or immediate stands under a symbol of Node's that is called so. */
export const ASYNC_ID = /^async_?id/i;

/** The symbol of an object's own by its description. */
export function symbolOf(object: object, description: RegExp): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find((each) => description.test(each.description ?? ''));
}
