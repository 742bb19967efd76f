import type { BatchGroup } from '../protocol/probe';
import { Kind, phaseOf, type ResourceType } from './types';

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
  sentCount: number;
  sentReferenced: number;
  sentOldestMs: number;
}

const TYPE_BITS = 8;
const BEFORE = 1;
const PLACELESS = 2;

/** A number for the traits, so that no text is made per creation; there are fewer than 256 types. */
export function keyOf(type: ResourceType, site: number, beforeAttach: boolean, placeless = false): number {
  return (((site << TYPE_BITS) | type.number) << 2) | (beforeAttach ? BEFORE : 0) | (placeless ? PLACELESS : 0);
}

/** Groups of pending resources by type and place, numbered from 0: counted anew once a beat, told when they changed. */
export class Groups {
  private readonly list: Group[] = [];
  private readonly numbers = new Map<number, number>();
  private readonly types: ResourceType[] = [];
  counts = new Int32Array(64);
  referenced = new Int32Array(64);
  oldestMs = new Float64Array(64);
  /** 1 where members may still be given a place. */
  unplaced = new Uint8Array(64);
  /** Whether there may be such members. */
  someUnplaced = false;

  constructor(types: Iterable<ResourceType>) {
    for (const type of types) this.types[type.number] = type;
  }

  /** The group of a {@link keyOf}; a new one when there is none yet. */
  number(key: number): number {
    const known = this.numbers.get(key);
    if (known !== undefined) {
      this.someUnplaced ||= this.unplaced[known] === 1;
      return known;
    }
    const number = this.list.length;
    if (number >= this.counts.length) this.grow();
    const type = this.types[(key >> 2) & ((1 << TYPE_BITS) - 1)];
    if (!type) throw new RangeError(`key ${key} has no type`);
    const traits = {
      type,
      site: key >> (TYPE_BITS + 2),
      beforeAttach: (key & BEFORE) !== 0,
      placeless: (key & PLACELESS) !== 0,
    };
    this.list.push({ ...traits, sentCount: 0, sentReferenced: 0, sentOldestMs: Infinity });
    this.numbers.set(key, number);
    const isUnplaced = traits.site === 0 && !traits.placeless;
    this.unplaced[number] = isUnplaced ? 1 : 0;
    this.someUnplaced ||= isUnplaced;
    return number;
  }

  traits(number: number): Traits {
    const group = this.list[number];
    if (!group) throw new RangeError(`there is no group ${number}`);
    return group;
  }

  /** Begins to count anew. */
  clearCounts(): void {
    this.counts.fill(0);
    this.referenced.fill(0);
    this.oldestMs.fill(Infinity);
  }

  /** The groups that changed since they were last told, or all that have members. */
  take(full: boolean): BatchGroup[] {
    const out: BatchGroup[] = [];
    this.someUnplaced = false;
    for (const [number, group] of this.list.entries()) {
      const count = this.counts[number] ?? 0;
      const referenced = this.referenced[number] ?? 0;
      const oldestMs = this.oldestMs[number] ?? Infinity;
      const changed =
        count !== group.sentCount || referenced !== group.sentReferenced || oldestMs !== group.sentOldestMs;
      if (full ? count > 0 : changed) out.push(describe(number, group, count, referenced, oldestMs));
      this.someUnplaced ||= count > 0 && this.unplaced[number] === 1;
      group.sentCount = count;
      group.sentReferenced = referenced;
      group.sentOldestMs = oldestMs;
    }
    return out;
  }

  private grow(): void {
    const size = this.counts.length * 2;
    const grown = <T extends Int32Array | Float64Array | Uint8Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.counts = grown(new Int32Array(size), this.counts);
    this.referenced = grown(new Int32Array(size), this.referenced);
    this.oldestMs = grown(new Float64Array(size), this.oldestMs);
    this.unplaced = grown(new Uint8Array(size), this.unplaced);
  }
}

function describe(
  number: number,
  { type, site, beforeAttach }: Group,
  count: number,
  referenced: number,
  oldestMs: number,
): BatchGroup {
  return {
    group: number,
    type: type.name,
    phase: phaseOf(type.kind),
    site: site || null,
    beforeAttach,
    count,
    referenced: type.kind === Kind.Promise ? null : referenced,
    oldestMs: count > 0 ? oldestMs : null,
    parents: [],
  };
}
