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

/**
 * Pending resources of one kind, oldest first, dense: 28 bytes each. There is no `destroy` hook, which is the dear one;
 * a resource is asked whether it is over when it leaves the young end of the table, and once a beat.
 */
export abstract class Table<Resource extends object> {
  protected ids = new Float64Array(64);
  protected createdMs = new Float64Array(64);
  /** Group number; of the young ones the key, since most of them never need a group. */
  protected groupOf = new Int32Array(64);
  protected readonly resources: (Resource | undefined)[] = [];
  protected length = 0;
  private youngFrom = 0;
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
    if (this.length - this.youngFrom >= YOUNG) this.settle(createdMs);
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
    this.resources[index] = resource;
  }

  /** Index of an id, -1 when it is not here. */
  find(id: number): number {
    let low = 0;
    let high = this.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.ids[middle] ?? 0;
      if (found === id) return middle;
      if (found < id) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
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

  /** Lets go what is over, and counts the rest by group; after {@link settle}. */
  survey(nowMs: number): void {
    this.moving = true;
    const { groupOf, createdMs } = this;
    const { counts, referenced, oldestMs } = this.groups;
    let total = 0;
    let to = 0;
    for (let index = 0; index < this.length; index++) {
      const resource = this.resources[index];
      const pending = this.safelyAsk(index, resource, nowMs);
      if (!resource || pending === Pending.Over) continue;
      if (to !== index) this.move(index, to, resource);
      const group = groupOf[to] ?? 0;
      const created = createdMs[to] ?? 0;
      to++;
      if (pending === Pending.Idle) continue;
      total++;
      counts[group] = (counts[group] ?? 0) + 1;
      if (pending === Pending.Referenced) referenced[group] = (referenced[group] ?? 0) + 1;
      if (created < (oldestMs[group] ?? 0)) oldestMs[group] = created;
    }
    this.end(to, total);
  }

  /** Ends a survey that has kept the first `length`. */
  protected end(length: number, total: number): void {
    this.cut(length);
    this.youngFrom = length;
    this.total = total;
    this.moving = false;
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

  /** Asks the young ones; those that are not over get their group, and are asked once a beat from now on. */
  settle(nowMs: number): void {
    this.moving = true;
    let to = this.youngFrom;
    for (let index = to; index < this.length; index++) {
      const resource = this.resources[index];
      if (!resource || this.safelyAsk(index, resource, nowMs) === Pending.Over) continue;
      if (to !== index) this.move(index, to, resource);
      this.groupOf[to] = this.groups.number(this.groupOf[to] ?? 0);
      to++;
    }
    this.cut(to);
    this.youngFrom = to;
    this.moving = false;
  }

  protected numberAt(index: number): number {
    const value = this.groupOf[index] ?? 0;
    return index < this.youngFrom ? value : this.groups.number(value);
  }

  private safelyAsk(index: number, resource: Resource | undefined, nowMs: number): Pending {
    try {
      return resource ? this.ask(index, resource, nowMs) : Pending.Over;
    } catch {
      return Pending.Over;
    }
  }

  protected move(from: number, to: number, resource: Resource): void {
    this.ids[to] = this.ids[from] ?? 0;
    this.createdMs[to] = this.createdMs[from] ?? 0;
    this.groupOf[to] = this.groupOf[from] ?? 0;
    this.resources[to] = resource;
  }

  private cut(length: number): void {
    for (let index = length; index < this.length; index++) this.resources[index] = undefined;
    this.length = length;
  }

  /** Moves those with a higher id up by one; they are few, since only what existed before comes late. */
  private makeRoom(id: number): number {
    this.moving = true;
    let index = this.length - 1;
    while (index > 0 && (this.ids[index - 1] ?? 0) > id) index--;
    this.ids.copyWithin(index + 1, index, this.length - 1);
    this.createdMs.copyWithin(index + 1, index, this.length - 1);
    this.groupOf.copyWithin(index + 1, index, this.length - 1);
    this.resources.copyWithin(index + 1, index, this.length - 1);
    if (index < this.youngFrom) this.youngFrom++;
    this.moving = false;
    return index;
  }

  private grow(): void {
    const size = Math.ceil(this.ids.length * 1.5);
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
