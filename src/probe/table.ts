import type { Groups } from './groups';

/** What one resource says of itself. */
export const enum Pending {
  /** It is over: let it go. */
  Over = 0,
  /** It exists, and nothing is under way. */
  Idle,
  Unreferenced,
  Referenced,
}

/** So many new ones are kept before they are asked for the first time: most are over by then and die young. */
const YOUNG = 1024;

/** When one row of so many is empty, the others close up: until then none is moved. */
const EMPTY_SHARE = 4;

/**
 * Pending resources of one kind, oldest first: 29 bytes each. There is no `destroy` hook, which is the dear one;
 * a resource is asked whether it is over when it leaves the young end of the table, and once a beat. Only what has changed
 * since costs more than to ask. A row whose resource is over stays empty.
 */
export abstract class Table<Resource extends object> {
  protected ids = new Float64Array(64);
  protected createdMs = new Float64Array(64);
  /** Group number; of the young ones the key, since most of them never need a group. */
  protected groupOf = new Int32Array(64);
  /** As the groups count it; of the young ones nothing, `Over`. */
  protected states = new Uint8Array(64);
  protected readonly resources: (Resource | undefined)[] = [];
  protected length = 0;
  private youngFrom = 0;
  private empty = 0;
  private counted = 0;
  private dropped = 0;
  /** An evaluation can interrupt us anywhere, also here: it must not look at a table whose rows are being moved. */
  moving = false;
  /** Pending ones, as the last survey has counted. */
  total = 0;

  constructor(
    protected readonly groups: Groups,
    private readonly max: number,
  ) {}

  /** Whether it is over, idle, or pending; may throw for odd resources, which then count as over. */
  protected abstract ask(index: number, resource: Resource, nowMs: number): Pending;

  /** Enters a resource; ids rise, but for what existed before. */
  add(id: number, createdMs: number, key: number, resource: Resource): void {
    if (this.length - this.youngFrom >= YOUNG) {
      this.sift(createdMs);
      // Fewer stay young: those that come and go all the time would otherwise be held until the next beat.
      if (this.length - this.youngFrom > YOUNG / 2) this.settle(createdMs);
    }
    if (this.length >= this.max) {
      this.dropped++;
      return;
    }
    if (this.length === this.ids.length) this.grow();
    let index = this.length++;
    if (index > 0 && id < (this.ids[index - 1] ?? 0)) index = this.makeRoom(id);
    this.ids[index] = id;
    this.createdMs[index] = createdMs;
    this.groupOf[index] = index < this.youngFrom ? this.groups.number(key) : key;
    this.states[index] = Pending.Over;
    this.resources[index] = resource;
  }

  /** Index of an id, -1 when it is not here. */
  find(id: number): number {
    const index = this.indexFrom(id);
    return this.ids[index] === id && this.resources[index] && index < this.length ? index : -1;
  }

  /** Index of the first whose id is no less. */
  protected indexFrom(id: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.ids[middle] ?? 0) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  resource(id: number): Resource | undefined {
    return this.resources[this.find(id)];
  }

  /** Site of an id, 0 when it has none or is not here. */
  site(id: number): number {
    const index = this.find(id);
    if (index < 0) return 0;
    return this.groups.traits(this.numberAt(index)).site;
  }

  /** Asks all whether they are over, and tells their groups what has changed; after {@link settle}. */
  survey(nowMs: number): void {
    this.moving = true;
    for (let index = 0; index < this.length; index++) {
      const resource = this.resources[index];
      if (resource) this.become(index, this.safelyAsk(index, resource, nowMs));
    }
    this.end();
  }

  protected end(): void {
    if (this.empty * EMPTY_SHARE > this.length || this.length >= this.max) {
      this.closeUp(0);
      this.youngFrom = this.length;
      this.empty = 0;
    }
    this.total = this.counted;
    this.moving = false;
  }

  /** Lowers the times of groups, by number, to when the oldest members were created; after {@link survey}. */
  seekOldest(sought: Float64Array): void {
    const { groupOf, createdMs, length } = this;
    for (let index = 0; index < length; index++) {
      const group = groupOf[index] ?? 0;
      const created = createdMs[index] ?? 0;
      if (created < (sought[group] ?? 0) && this.stateOf(index) > Pending.Idle) sought[group] = created;
    }
  }

  /** Up to `limit` pending members of a group, oldest first. */
  *members(
    group: number,
    limit: number,
    nowMs: number,
  ): Generator<{ id: number; createdMs: number; referenced: boolean; resource: Resource }> {
    let left = limit;
    for (let index = 0; index < this.length && left > 0; index++) {
      if (this.numberAt(index) !== group) continue;
      const resource = this.resources[index];
      const pending = this.safelyAsk(index, resource, nowMs);
      if (!resource || pending <= Pending.Idle) continue;
      left--;
      yield {
        id: this.ids[index] ?? 0,
        createdMs: this.createdMs[index] ?? nowMs,
        referenced: pending === Pending.Referenced,
        resource,
      };
    }
  }

  takeDropped(): number {
    const { dropped } = this;
    this.dropped = 0;
    return dropped;
  }

  /** Those that are not over get their group, and are asked once a beat from now on. */
  settle(nowMs: number): void {
    this.sift(nowMs);
    this.moving = true;
    for (; this.youngFrom < this.length; this.youngFrom++) {
      const index = this.youngFrom;
      this.groupOf[index] = this.groups.number(this.groupOf[index] ?? 0);
      this.become(index, this.safelyAsk(index, this.resources[index], nowMs));
    }
    this.moving = false;
  }

  /** Lets go the young ones that are over. */
  private sift(nowMs: number): void {
    this.moving = true;
    for (let index = this.youngFrom; index < this.length; index++) {
      if (this.safelyAsk(index, this.resources[index], nowMs) === Pending.Over) this.resources[index] = undefined;
    }
    this.closeUp(this.youngFrom);
    this.moving = false;
  }

  /** What a resource says of itself now. */
  protected become(index: number, is: Pending): void {
    if (is === this.stateOf(index) && is !== Pending.Over) return;
    this.leave(index);
    this.states[index] = is;
    this.enter(index);
    if (is !== Pending.Over) return;
    this.resources[index] = undefined;
    this.empty++;
  }

  /** Puts one that has settled into another group. */
  protected regroup(index: number, group: number): void {
    this.leave(index);
    this.groupOf[index] = group;
    this.enter(index);
  }

  /** Mends when one was created. */
  protected date(index: number, createdMs: number): void {
    this.leave(index);
    this.createdMs[index] = createdMs;
    this.enter(index);
  }

  private enter(index: number): void {
    const state = this.stateOf(index);
    if (state <= Pending.Idle) return;
    this.counted++;
    this.groups.enter(this.groupOf[index] ?? 0, this.createdMs[index] ?? 0, state === Pending.Referenced);
  }

  private leave(index: number): void {
    const state = this.stateOf(index);
    if (state <= Pending.Idle) return;
    this.counted--;
    this.groups.leave(this.groupOf[index] ?? 0, this.createdMs[index] ?? 0, state === Pending.Referenced);
  }

  private stateOf(index: number): Pending {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- only these are put in
    return this.states[index] ?? 0;
  }

  protected numberAt(index: number): number {
    const value = this.groupOf[index] ?? 0;
    return index < this.youngFrom ? value : this.groups.number(value);
  }

  protected safelyAsk(index: number, resource: Resource | undefined, nowMs: number): Pending {
    try {
      return resource ? this.ask(index, resource, nowMs) : Pending.Over;
    } catch {
      return Pending.Over;
    }
  }

  /** Leaves no row empty from one on. */
  private closeUp(from: number): void {
    let to = from;
    for (let index = from; index < this.length; index++) {
      const resource = this.resources[index];
      if (!resource) continue;
      if (to !== index) this.move(index, to, resource);
      to++;
    }
    for (let index = to; index < this.length; index++) this.resources[index] = undefined;
    this.length = to;
  }

  private move(from: number, to: number, resource: Resource): void {
    this.ids[to] = this.ids[from] ?? 0;
    this.createdMs[to] = this.createdMs[from] ?? 0;
    this.groupOf[to] = this.groupOf[from] ?? 0;
    this.states[to] = this.states[from] ?? 0;
    this.resources[to] = resource;
  }

  /** Moves those with a higher id up by one; they are few, since only what existed before comes late. */
  private makeRoom(id: number): number {
    this.moving = true;
    let index = this.length - 1;
    while (index > 0 && (this.ids[index - 1] ?? 0) > id) index--;
    for (const rows of [this.ids, this.createdMs, this.groupOf, this.states]) {
      rows.copyWithin(index + 1, index, this.length - 1);
    }
    // Unlike the others this one is as long as what it holds, and `copyWithin` adds nothing to that.
    this.resources[this.length - 1] = undefined;
    this.resources.copyWithin(index + 1, index, this.length - 1);
    if (index < this.youngFrom) this.youngFrom++;
    this.moving = false;
    return index;
  }

  private grow(): void {
    const size = Math.ceil(this.ids.length * 1.5);
    this.ids = filled(new Float64Array(size), this.ids);
    this.createdMs = filled(new Float64Array(size), this.createdMs);
    this.groupOf = filled(new Int32Array(size), this.groupOf);
    this.states = filled(new Uint8Array(size), this.states);
  }
}

function filled<Rows extends Float64Array | Int32Array | Uint8Array>(rows: Rows, from: Rows): Rows {
  rows.set(from);
  return rows;
}
