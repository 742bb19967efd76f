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
  /** As the groups count it; `Over` while they do not: the young ones, and until the next survey what was entered late. */
  protected states = new Uint8Array(64);
  /** The resource of each row, which it keeps alive; undefined once that is over. */
  protected readonly held: (Resource | undefined)[] = [];
  protected length = 0;
  private youngFrom = 0;
  private empty = 0;
  private counted = 0;
  private dropped = 0;
  /** An evaluation can interrupt us anywhere, also here: it must not look at a table whose rows are being moved. */
  moving = false;
  /** One was given a new id (a socket by its agent, a timer by `refresh()`): ids have to be compared in the next survey. */
  reused = false;
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
      if (this.length - this.youngFrom > YOUNG / 2) this.promote(createdMs);
    }
    if (this.length >= this.max && this.empty > 0) this.guarded(() => this.squeeze());
    if (this.length >= this.max) {
      this.dropped++;
      return;
    }
    if (this.length === this.ids.length) this.grow();
    if (this.length > 0 && id < (this.ids[this.length - 1] ?? 0)) {
      this.guarded(() => this.addLate(id, createdMs, key, resource));
    } else this.put(undefined, id, createdMs, key, resource);
  }

  /** Index of an id, -1 when it is not here. */
  find(id: number): number {
    const index = this.indexFrom(id);
    return this.ids[index] === id && this.held[index] ? index : -1;
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
    return this.held[this.find(id)];
  }

  /** Site of an id, 0 when it has none or is not here. */
  site(id: number): number {
    const index = this.find(id);
    if (index < 0) return 0;
    return this.groups.traits(this.numberAt(index)).site;
  }

  /** Asks all whether they are over, and tells their groups what has changed; after {@link settle}. */
  survey(nowMs: number): void {
    this.guarded(() => {
      for (let index = 0; index < this.length; index++) {
        const resource = this.held[index];
        if (resource) this.become(index, this.safelyAsk(index, resource, nowMs));
      }
      this.end();
    });
  }

  protected end(): void {
    if (this.empty * EMPTY_SHARE > this.length) this.squeeze();
    this.total = this.counted;
    this.reused = false;
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
      const resource = this.held[index];
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
    this.promote(nowMs);
  }

  /** Lets go the young ones that are over. */
  private sift(nowMs: number): void {
    this.guarded(() => {
      for (let index = this.youngFrom; index < this.length; index++) {
        if (this.safelyAsk(index, this.held[index], nowMs) === Pending.Over) this.held[index] = undefined;
      }
      this.closeUp(this.youngFrom);
    });
  }

  /** None is young any more. */
  private promote(nowMs: number): void {
    this.guarded(() => {
      while (this.youngFrom < this.length) {
        const index = this.youngFrom;
        // Asked by its key, for which some look up the type.
        const is = this.safelyAsk(index, this.held[index], nowMs);
        this.groupOf[index] = this.groups.number(this.groupOf[index] ?? 0);
        this.youngFrom++;
        this.become(index, is);
      }
    });
  }

  /** Nobody looks at the rows meanwhile, and an overflow of the program's stack does not leave it so. */
  protected guarded(change: () => void): void {
    this.moving = true;
    try {
      change();
    } finally {
      this.moving = false;
    }
  }

  /** What a resource says of itself now. */
  protected become(index: number, is: Pending): void {
    if (is === this.stateOf(index) && is !== Pending.Over) return;
    this.leave(index);
    this.states[index] = is;
    this.enter(index);
    if (is !== Pending.Over) return;
    this.held[index] = undefined;
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
    if (createdMs === this.createdMs[index]) return;
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

  private safelyAsk(index: number, resource: Resource | undefined, nowMs: number): Pending {
    try {
      return resource ? this.ask(index, resource, nowMs) : Pending.Over;
    } catch {
      return Pending.Over;
    }
  }

  /** Leaves no row empty; only those that have settled can be. */
  private squeeze(): void {
    this.closeUp(0);
    this.youngFrom -= this.empty;
    this.empty = 0;
  }

  /** Leaves no row empty from one on. */
  private closeUp(from: number): void {
    let to = from;
    for (let index = from; index < this.length; index++) {
      const resource = this.held[index];
      if (!resource) continue;
      this.ids[to] = this.ids[index] ?? 0;
      this.createdMs[to] = this.createdMs[index] ?? 0;
      this.groupOf[to] = this.groupOf[index] ?? 0;
      this.states[to] = this.states[index] ?? 0;
      this.held[to++] = resource;
    }
    for (let index = to; index < this.length; index++) this.held[index] = undefined;
    this.length = to;
  }

  /** Moves those with a higher id up by one. */
  private addLate(id: number, createdMs: number, key: number, resource: Resource): void {
    const index = this.indexFrom(id);
    const isSettled = index < this.youngFrom;
    const group = isSettled ? this.groups.number(key) : key;
    for (const rows of [this.ids, this.createdMs, this.groupOf, this.states]) {
      rows.copyWithin(index + 1, index, this.length);
    }
    // Unlike the others this one is as long as what it holds, and `copyWithin` adds nothing to that.
    this.held[this.length] = undefined;
    this.held.copyWithin(index + 1, index, this.length++);
    if (isSettled) this.youngFrom++;
    this.put(index, id, createdMs, group, resource);
  }

  /** Writes a row, or one more: an evaluation may come before it, but not in between. */
  private put(at: number | undefined, id: number, createdMs: number, group: number, resource: Resource): void {
    const index = at ?? this.length;
    this.ids[index] = id;
    this.createdMs[index] = createdMs;
    this.groupOf[index] = group;
    this.states[index] = Pending.Over;
    this.held[index] = resource;
    if (at === undefined) this.length = index + 1;
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
