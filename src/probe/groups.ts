import type { GroupState, GroupTraits, SentGroups } from '../protocol/probe';
import { Kind, type ResourceType } from './types';

/** What the members of a group have in common. */
export interface Traits {
  type: ResourceType;
  /** Site number; 0 when it is not known. */
  site: number;
  beforeAttach: boolean;
  /** It has no site, and there is none to be found. */
  placeless: boolean;
}

interface Group extends Traits {
  number: number;
  count: number;
  referenced: number;
  /** When the oldest member was created; Infinity when there is none, NaN when it has left, and the next one is not known. */
  oldestMs: number;
  isChanged: boolean;
  /** What the host was told last; undefined when it does not know the group. */
  told?: GroupState | undefined;
}

const TYPE_BITS = 8;
const BEFORE = 1;
const PLACELESS = 2;

/** A number for the traits, so that no text is made per creation; there are fewer than 256 types. */
export function keyOf(type: ResourceType, site: number, beforeAttach: boolean, placeless = false): number {
  return (((site << TYPE_BITS) | type.number) << 2) | (beforeAttach ? BEFORE : 0) | (placeless ? PLACELESS : 0);
}

/** Groups of pending resources by type and place, numbered from 0: counted as members come and go, told when they changed. */
export class Groups {
  private readonly list: Group[] = [];
  private readonly numbers = new Map<number, number>();
  private readonly types: ResourceType[] = [];
  /** Those that the host may have to be told anew. */
  private changed: Group[] = [];
  /** Those whose members may still be given a place: one or two of timers, and of immediates. */
  private readonly unplacedOnes: Group[] = [];

  constructor(types: Iterable<ResourceType>) {
    for (const type of types) this.types[type.number] = type;
  }

  /** The group of a {@link keyOf}; a new one when there is none yet. */
  number(key: number): number {
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const type = this.types[(key >> 2) & ((1 << TYPE_BITS) - 1)];
    if (!type) throw new RangeError(`key ${key} has no type`);
    const site = key >> (TYPE_BITS + 2);
    const placeless = (key & PLACELESS) !== 0;
    const group: Group = {
      number: 0,
      type,
      site,
      beforeAttach: (key & BEFORE) !== 0,
      placeless,
      count: 0,
      referenced: 0,
      oldestMs: Infinity,
      isChanged: false,
    };
    // Not the length before it: a beat may interrupt us as it is called, and make a group.
    const number = (group.number = this.list.push(group) - 1);
    this.numbers.set(key, number);
    if (site === 0 && !placeless) this.unplacedOnes.push(group);
    return number;
  }

  /** Numbers of groups with members that may still be given a place. */
  unplaced(): number[] {
    return this.unplacedOnes.flatMap(({ number, count }) => (count > 0 ? number : []));
  }

  /** Counts a member, or one that stands for `weight`. */
  enter(number: number, createdMs: number, referenced: boolean, weight = 1): void {
    const group = this.change(number);
    group.count += weight;
    if (referenced) group.referenced += weight;
    if (createdMs < group.oldestMs) group.oldestMs = createdMs;
  }

  leave(number: number, createdMs: number, referenced: boolean): void {
    const group = this.change(number);
    group.count--;
    if (referenced) group.referenced--;
    if (createdMs <= group.oldestMs) group.oldestMs = NaN;
  }

  /** All members will be entered anew. */
  empty(number: number): void {
    const group = this.change(number);
    group.count = 0;
    group.oldestMs = Infinity;
  }

  /**
   * Finds when the oldest members were created where that is not known. `look` lowers times by number: they are Infinity
   * for these groups, and less than any time for the others.
   */
  seekOldest(look: (sought: Float64Array) => void): void {
    const unknown = this.changed.filter(({ oldestMs }) => Number.isNaN(oldestMs));
    if (unknown.length === 0) return;
    const sought = new Float64Array(this.list.length).fill(-Infinity);
    for (const { number } of unknown) sought[number] = Infinity;
    look(sought);
    for (const group of unknown) group.oldestMs = sought[group.number] ?? Infinity;
  }

  /** The groups that changed since they were last told, or all that have members; `parentsOf` is asked of promises. */
  take(full: boolean, parentsOf: (number: number) => number[]): SentGroups {
    const sent: SentGroups = { groups: [], pending: [] };
    for (const group of this.changed) {
      group.isChanged = false;
      const { told } = group;
      const now = stateOf(group, parentsOf);
      if (isSame(now, told)) continue;
      if (!told) sent.groups.push(traitsOf(group));
      sent.pending.push(now);
      group.told = group.count > 0 ? now : undefined;
    }
    this.changed = [];
    return full ? this.told() : sent;
  }

  /** All that have members, as they were last told. */
  told(): SentGroups {
    const groups = this.list.filter(({ told }) => told);
    return { groups: groups.map(traitsOf), pending: groups.flatMap(({ told }) => (told ? [told] : [])) };
  }

  private change(number: number): Group {
    const group = this.group(number);
    if (!group.isChanged) this.changed.push(group);
    group.isChanged = true;
    return group;
  }

  /** What the members of a group have in common. */
  traits(number: number): Readonly<Traits> {
    return this.group(number);
  }

  private group(number: number): Group {
    const group = this.list[number];
    if (!group) throw new RangeError(`there is no group ${number}`);
    return group;
  }
}

function traitsOf({ number, type, site, beforeAttach }: Group): GroupTraits {
  return { group: number, type: type.name, site: site || null, beforeAttach };
}

function stateOf(
  { number, type, count, referenced, oldestMs }: Group,
  parentsOf: (number: number) => number[],
): GroupState {
  const oldest = count > 0 ? oldestMs : null;
  return type.kind === Kind.Promise
    ? [number, count, null, oldest, parentsOf(number)]
    : [number, count, referenced, oldest];
}

function isSame(now: GroupState, told: GroupState | undefined): boolean {
  return told ? now[1] === told[1] && now[2] === told[2] && now[3] === told[3] : now[1] === 0;
}
