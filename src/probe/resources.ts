import type { Batch, BatchOwners, Instance, SentGroups } from '../protocol/probe';
import { describe, isIdle } from './describe';
import { keyOf, type Groups } from './groups';
import type { AsyncWrap, Immediate, Timeout } from './node';
import { Owners } from './owners';
import type { Promises } from './promises';
import { RecentKinds } from './recent';
import {
  HandleTable,
  ImmediateTable,
  NativeIdentity,
  RequestTable,
  TimerTable,
  WorkerTable,
  type Places,
} from './tables';
import { Kind, type ResourceType, type ResourceTypes } from './types';

const MAX_TICK_SITES = 1000;

/** All that is pending, and the kinds of what was created lately. */
export class Resources {
  readonly recent = new RecentKinds();
  private readonly identity = new NativeIdentity();
  readonly timers: TimerTable;
  private readonly immediates: ImmediateTable;
  private readonly requests: RequestTable;
  readonly handles: HandleTable;
  private readonly workers: WorkerTable;
  /** Sites of the few ticks that will create something in the name of a place, by id. */
  private readonly tickSites = new Map<number, number>();
  private readonly behindHandles = new Owners();
  private owners = this.behindHandles.look([]);

  constructor(
    private readonly types: ResourceTypes,
    private readonly groups: Groups,
    private readonly promises: Promises,
    max: number,
    private readonly now: () => number,
  ) {
    this.timers = new TimerTable(groups, max);
    this.immediates = new ImmediateTable(groups, max);
    this.requests = new RequestTable(groups, max, this.recent, this.identity);
    this.handles = new HandleTable(groups, max, this.identity);
    this.workers = new WorkerTable(groups, max);
  }

  addTimer(id: number, timer: Timeout, createdMs: number, site: number, beforeAttach = false): void {
    this.recent.note(id, Kind.Timer);
    this.timers.add(id, createdMs, keyOf(this.types.timeout, site, beforeAttach), timer);
  }

  addImmediate(id: number, immediate: Immediate, createdMs: number, beforeAttach = false): void {
    this.recent.note(id, Kind.Immediate);
    this.immediates.add(id, createdMs, keyOf(this.types.immediate, 0, beforeAttach), immediate);
  }

  /** Enters a handle, a request or a worker. */
  addNative(id: number, type: ResourceType, resource: object, site: number, beforeAttach = false): void {
    this.recent.note(id, type.kind);
    const key = keyOf(type, site, beforeAttach, true);
    const native = resource as AsyncWrap;
    this.identity.learn(native);
    if (type.kind === Kind.Handle) this.handles.add(id, this.now(), key, native);
    else if (type.kind === Kind.Request) this.requests.add(id, this.now(), key, native);
    else this.workers.add(id, this.now(), key, new WeakRef(native));
  }

  /** Notes a nextTick callback that will create something in the name of this place. */
  noteTick(id: number, site: number): void {
    this.recent.note(id, Kind.Tick);
    if (site > 0 && this.tickSites.size < MAX_TICK_SITES) this.tickSites.set(id, site);
  }

  tickRan(id: number): void {
    if (this.tickSites.size > 0) this.tickSites.delete(id);
  }

  /** Site of an id, 0 when it is not known. */
  site(id: number): number {
    return (
      this.tickSites.get(id) ??
      (this.handles.site(id) || this.requests.site(id) || this.timers.site(id) || this.immediates.site(id))
    );
  }

  has(id: number): boolean {
    return this.tables().some((table) => table.find(id) >= 0);
  }

  /** Counts what is pending; returns the groups that changed, or all. Callbacks of timers without a place are asked for. */
  collect(full: boolean, places: Places): SentGroups {
    const tables = this.tables();
    // The evaluation that asks has interrupted one of the tables: the last counts stand for this beat.
    if (tables.some(({ moving }) => moving)) return full ? this.groups.told() : { groups: [], pending: [] };
    const nowMs = this.now();
    for (const table of tables) table.settle(nowMs);
    this.timers.place(places, nowMs);
    this.immediates.place(places, nowMs);
    for (const table of tables) table.survey(nowMs);
    this.groups.seekOldest((sought) => {
      for (const table of tables) table.seekOldest(sought);
    });
    this.promises.survey();
    return this.groups.take(full, (group) => this.promises.parentsOf(group));
  }

  /** What may be amiss behind handles; the last answer where the evaluation that asks has interrupted their table. */
  takeOwners(): Omit<BatchOwners, 'streams'> {
    if (!this.handles.moving) this.owners = this.behindHandles.look(this.handles.all());
    return this.owners;
  }

  totals(): Batch['totals'] {
    return {
      timers: this.timers.total,
      immediates: this.immediates.total,
      requests: this.requests.total + this.workers.total,
      handles: this.handles.total,
      promises: this.promises.total,
    };
  }

  /** Up to `limit` members of a group, oldest first. */
  instances(group: number, limit: number): Instance[] {
    const nowMs = this.now();
    const out: Instance[] = [];
    const { kind, name } = this.groups.traits(group).type;
    if (kind === Kind.Promise) return this.promises.instances(group, limit, nowMs);
    for (const table of this.tables()) {
      for (const { id, createdMs, referenced, resource } of table.members(group, limit - out.length, nowMs)) {
        const idle = isIdle(resource, name);
        out.push({ id, ageMs: nowMs - createdMs, referenced, idle, detail: describe(resource, kind) });
      }
    }
    return out;
  }

  takeDropped(): number {
    return this.tables().reduce((sum, table) => sum + table.takeDropped(), 0);
  }

  private tables(): [TimerTable, ImmediateTable, RequestTable, HandleTable, WorkerTable] {
    return [this.timers, this.immediates, this.requests, this.handles, this.workers];
  }
}
