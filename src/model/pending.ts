import type { BatchGroup } from '../protocol/probe';
import type { PendingGroup, SiteId } from '../protocol/snapshot';

/** The probe's groups that a full picture may have; what comes above it is counted, not kept. */
export const MAX_GROUPS = 20_000;

/** The table of what is pending, by the probe's group numbers; groups at one source place are shown as one. */
export class PendingTable {
  private readonly groups = new Map<number, BatchGroup>();
  /** Counts of the snapshot before, for the deltas; null before the first one. */
  private before: Map<string, number> | null = null;
  private numbers = new Map<string, number[]>();

  get size(): number {
    return this.groups.size;
  }

  /** Applies a batch; returns how many resources could not be kept. */
  apply(groups: readonly BatchGroup[], full: boolean): number {
    if (full) this.groups.clear();
    let dropped = 0;
    for (const group of groups) {
      if (group.count <= 0) this.groups.delete(group.group);
      else if (this.groups.size < MAX_GROUPS || this.groups.has(group.group)) this.groups.set(group.group, group);
      else dropped += group.count;
    }
    return dropped;
  }

  /** Rows of the next snapshot, most first. */
  rows(nowMs: number, siteOf: (probeSite: number | null) => SiteId | null): PendingGroup[] {
    const rows = new Map<string, PendingGroup>();
    const numbers = new Map<string, number[]>();
    for (const group of this.groups.values()) {
      const row = rowOf(group, siteOf(group.site), nowMs);
      const same = rows.get(row.key);
      if (same) merge(same, row);
      else rows.set(row.key, row);
      const own = numbers.get(row.key);
      if (own) own.push(group.group);
      else numbers.set(row.key, [group.group]);
    }
    this.numbers = numbers;
    const counts = new Map<string, number>();
    for (const row of rows.values()) {
      row.delta = this.before ? row.count - (this.before.get(row.key) ?? 0) : 0;
      counts.set(row.key, row.count);
    }
    this.before = counts;
    return [...rows.values()].sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
  }

  /** The probe's numbers of the groups that a row of the latest snapshot stands for. */
  numbersOf(key: string): readonly number[] {
    return this.numbers.get(key) ?? [];
  }

  /** Forgets everything, as when the probe starts anew with another level. */
  clear(): void {
    this.groups.clear();
    this.numbers.clear();
    this.before = null;
  }
}

function rowOf(group: BatchGroup, site: SiteId | null, nowMs: number): PendingGroup {
  // `native`: created while we watched, but by no JavaScript, such as an accepted connection.
  const place = site ?? (group.beforeAttach ? 'before' : 'native');
  return {
    key: `${group.type}@${place}`,
    type: group.type,
    phase: group.phase,
    count: group.count,
    referenced: group.referenced,
    delta: 0,
    oldestMs: group.oldestMs === null ? null : Math.max(0, nowMs - group.oldestMs),
    site,
    origin: group.beforeAttach ? 'beforeAttach' : 'observed',
  };
}

/** Two places of the running script may be one in the source, and one place may be from before and after the attach. */
function merge(into: PendingGroup, row: PendingGroup): void {
  into.count += row.count;
  into.referenced = into.referenced === null || row.referenced === null ? null : into.referenced + row.referenced;
  if (row.oldestMs !== null) into.oldestMs = Math.max(into.oldestMs ?? 0, row.oldestMs);
  if (row.origin === 'observed') into.origin = 'observed';
}
