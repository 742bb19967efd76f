import { Kind } from './types';

/** Twice as many ids as async work that is commonly under way; a power of two. */
const SIZE = 1 << 16;
const KIND_BITS = 4;
const KIND_MASK = (1 << KIND_BITS) - 1;

/**
 * Kinds of the latest async ids. Ids only rise, so a ring finds each by its low bits, and the high bits beside the kind
 * tell an id from one that has overwritten it.
 */
export class RecentKinds {
  private readonly entries = new Int32Array(SIZE);

  note(id: number, kind: Kind): void {
    this.entries[id & (SIZE - 1)] = ((id >>> 16) << KIND_BITS) | kind;
  }

  /** Unknown when the id was never noted, or too long ago. */
  kind(id: number): Kind {
    const entry = this.entries[id & (SIZE - 1)] ?? 0;
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- only kinds are put in
    return entry >>> KIND_BITS === id >>> 16 ? entry & KIND_MASK : Kind.Unknown;
  }
}
