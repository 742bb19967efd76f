import type { BatchGroup } from '../protocol/probe';
import type { PendingGroup, SiteId } from '../protocol/snapshot';

/** The probe's groups that a full picture may have; what comes above it is counted, not kept. */
export const MAX_GROUPS = 20_000;

/** A group of the probe, and the row that it belongs to for as long as its place is this one. */
interface Entry {
  group: BatchGroup;
  site: SiteId | null;
  key: string;
}

type SiteOf = (probeSite: number | null) => SiteId | null;

/** The table of what is pending, by the probe's group numbers; groups at one source place are shown as one. */
export class PendingTable {
  private readonly entries = new Map<number, Entry>();
  /** Rows of the snapshot before, in their order, for the deltas; null before the first one. */
  private before: Map<string, PendingGroup> | null = null;

  get size(): number {
    return this.entries.size;
  }

  /** Applies a batch; returns how many resources could not be kept. */
  apply(groups: readonly BatchGroup[], full: boolean): number {
    if (full) this.entries.clear();
    let dropped = 0;
    for (const group of groups) {
      const { group: number, count } = group;
      if (count <= 0) this.entries.delete(number);
      else if (this.entries.size < MAX_GROUPS || this.entries.has(number)) {
        this.entries.set(number, { group, site: null, key: '' });
      } else dropped += count;
    }
    return dropped;
  }

  /** Rows of the next snapshot, most first. */
  rows(nowMs: number, siteOf: SiteOf): PendingGroup[] {
    const rows = new Map<string, PendingGroup>();
    for (const entry of this.entries.values()) {
      place(entry, siteOf);
      const same = rows.get(entry.key);
      if (same) merge(same, entry, nowMs, siteOf);
      else rows.set(entry.key, rowOf(entry, nowMs, siteOf));
    }
    const sorted = this.inOrderOfBefore(rows).sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
    this.before = new Map(sorted.map((row) => [row.key, row]));
    return sorted;
  }

  /** The probe's numbers of the groups that a row of the latest snapshot stands for. */
  numbersOf(key: string): readonly number[] {
    const numbers: number[] = [];
    for (const entry of this.entries.values()) if (entry.key === key) numbers.push(entry.group.group);
    return numbers;
  }

  /** Forgets everything, as when the probe starts anew with another level. */
  clear(): void {
    this.entries.clear();
    this.before = null;
  }

  /** Most counts stand still from beat to beat: what is nearly sorted is sorted in no time. Also fills in the deltas. */
  private inOrderOfBefore(rows: ReadonlyMap<string, PendingGroup>): PendingGroup[] {
    const { before } = this;
    if (!before) return [...rows.values()];
    const ordered: PendingGroup[] = [];
    for (const { key, count } of before.values()) {
      const row = rows.get(key);
      if (!row) continue;
      row.delta = row.count - count;
      ordered.push(row);
    }
    if (ordered.length === rows.size) return ordered;
    for (const row of rows.values()) {
      if (before.has(row.key)) continue;
      row.delta = row.count;
      ordered.push(row);
    }
    return ordered;
  }
}

/** Names the row of an entry; again when its place was told after it. */
function place(entry: Entry, siteOf: SiteOf): void {
  const site = siteOf(entry.group.site);
  if (entry.key !== '' && site === entry.site) return;
  // `native`: created while we watched, but by no JavaScript, such as an accepted connection.
  entry.key = `${entry.group.type}@${site ?? (entry.group.beforeAttach ? 'before' : 'native')}`;
  entry.site = site;
}

function rowOf({ group, site, key }: Entry, nowMs: number, siteOf: SiteOf): PendingGroup {
  return {
    key,
    type: group.type,
    phase: group.phase,
    count: group.count,
    referenced: group.referenced,
    delta: 0,
    oldestMs: ageOf(group, nowMs),
    site,
    origin: group.beforeAttach ? 'beforeAttach' : 'observed',
    parents: parentsOf(group, siteOf),
  };
}

/** Two places of the running script may be one in the source, and one place may be from before and after the attach. */
function merge(into: PendingGroup, { group }: Entry, nowMs: number, siteOf: SiteOf): void {
  into.count += group.count;
  into.referenced = into.referenced === null || group.referenced === null ? null : into.referenced + group.referenced;
  const ageMs = ageOf(group, nowMs);
  if (ageMs !== null && ageMs > (into.oldestMs ?? -1)) {
    into.oldestMs = ageMs;
    into.parents = parentsOf(group, siteOf);
  }
  if (!group.beforeAttach) into.origin = 'observed';
}

function ageOf({ oldestMs }: BatchGroup, nowMs: number): number | null {
  return oldestMs === null ? null : Math.max(0, nowMs - oldestMs);
}

function parentsOf({ parents }: BatchGroup, siteOf: SiteOf): SiteId[] {
  return parents.map(siteOf).filter((site) => site !== null);
}
