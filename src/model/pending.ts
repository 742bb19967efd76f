import type { BatchGroup } from '../protocol/probe';
import type { PendingGroup, SiteId } from '../protocol/snapshot';
import { kindOf } from './kinds';
import { PendingGrowth, type Growing } from './pendingGrowth';
import { compare, emptyRow, indexIn, older, pictureOf, type Entry, type Row } from './pendingRow';

/** The probe's groups that a full picture may have; what comes above it is counted, not kept. */
export const MAX_GROUPS = 20_000;

/** What the table needs of the sites. */
export interface Places {
  /** Id of a site number of the probe; null when the number is null or was never told. */
  ofProbe(number: number | null): SiteId | null;
  /** A picture refers to these from now on, until they are released. */
  hold(id: SiteId | null): void;
  release(id: SiteId | null): void;
}

/**
 * The table of what is pending, by the probe's group numbers; groups at one source place are shown as one. A beat costs
 * what has changed in it; of a row that has not changed only the picture is made older.
 */
export class PendingTable {
  private readonly entries = new Map<number, Entry>();
  private readonly rowsByKey = new Map<string, Row>();
  private readonly growth = new PendingGrowth();
  /** Entries that are new or have changed, or whose place has not been told yet. */
  private readonly unplaced = new Set<Entry>();
  /** Rows whose picture is to be made anew. */
  private readonly changed = new Set<Row>();
  /** Of the latest snapshot, in its order. */
  private pictures: PendingGroup[] = [];
  private picturesMs = 0;
  private isFirst = true;

  constructor(private readonly places: Places) {}

  get size(): number {
    return this.entries.size;
  }

  /** Applies a batch; returns how many resources could not be kept. */
  apply(groups: readonly BatchGroup[], full: boolean): number {
    if (full) this.keepOnly(new Set(groups.map(({ group }) => group)));
    let dropped = 0;
    for (const group of groups) {
      const known = this.entries.get(group.group);
      if (group.count <= 0) {
        if (known) this.remove(known);
      } else if (known) this.change(known, group);
      else if (this.entries.size < MAX_GROUPS) this.add(group);
      else dropped += group.count;
    }
    return dropped;
  }

  /** Rows of the next snapshot, most first; each promise that is followed stands for so many. */
  rows(nowMs: number, promisesOneIn = 1): PendingGroup[] {
    for (const entry of this.unplaced) this.place(entry);
    const aged = this.pictures.map((picture) => older(picture, nowMs - this.picturesMs));
    const outdated = new Set<number>();
    for (const { picture } of this.changed) if (picture.count > 0) outdated.add(indexIn(aged, picture));
    const kept = aged.filter((_, at) => !outdated.has(at));
    const made: PendingGroup[] = [];
    for (const row of this.changed) if (this.remake(row, nowMs)) made.push(row.picture);
    this.changed.clear();
    this.isFirst = false;
    this.pictures = merge(kept, made.sort(compare));
    this.picturesMs = nowMs;
    this.growth.follow(nowMs, this.rowsByKey.values(), promisesOneIn);
    return this.pictures;
  }

  /** The rows whose counts grow, most first. */
  growing(): Growing[] {
    return this.growth.growing(this.picturesMs);
  }

  /** Those of the latest snapshot that are requests, most first. */
  requests(): PendingGroup[] {
    // Types are few, and to know a kind takes a regular expression.
    const areRequests = new Map<string, boolean>();
    return this.pictures.filter(({ type }) => {
      let isRequest = areRequests.get(type);
      if (isRequest === undefined) areRequests.set(type, (isRequest = kindOf(type) === 'request'));
      return isRequest;
    });
  }

  /** The row of the latest snapshot that a group of the probe is in; null when it is in none. */
  rowOf(number: number): PendingGroup | null {
    return this.entries.get(number)?.row?.picture ?? null;
  }

  /** The probe's numbers of the groups that a row of the latest snapshot stands for. */
  numbersOf(key: string): readonly number[] {
    return this.rowsByKey.get(key)?.entries.map(({ group }) => group.group) ?? [];
  }

  /** Forgets everything, as when the probe starts anew with another level. */
  clear(): void {
    for (const entry of this.entries.values()) this.remove(entry);
    for (const row of this.changed) this.remake(row, this.picturesMs);
    this.changed.clear();
    this.pictures = [];
    this.isFirst = true;
  }

  private keepOnly(numbers: ReadonlySet<number>): void {
    for (const [number, entry] of this.entries) if (!numbers.has(number)) this.remove(entry);
  }

  private add(group: BatchGroup): void {
    const entry: Entry = { group: own(group), parents: [], row: null };
    this.entries.set(group.group, entry);
    this.unplaced.add(entry);
  }

  private change(entry: Entry, group: BatchGroup): void {
    if (entry.row && isSame(entry.group, group)) return;
    entry.group = own(group);
    this.unplaced.add(entry);
  }

  private remove(entry: Entry): void {
    this.entries.delete(entry.group.group);
    this.unplaced.delete(entry);
    this.move(entry, null);
  }

  /** Puts an entry into the row of its place; in the next beat again while its place is not told. */
  private place(entry: Entry): void {
    const { group } = entry;
    const site = this.places.ofProbe(group.site);
    if (site !== null || group.site === null) this.unplaced.delete(entry);
    entry.parents = group.parents.map((parent) => this.places.ofProbe(parent)).filter((parent) => parent !== null);
    // `native`: created while we watched, but by no JavaScript, such as an accepted connection.
    const key = `${group.type}@${site ?? (group.beforeAttach ? 'before' : 'native')}`;
    let row = this.rowsByKey.get(key);
    if (!row) this.rowsByKey.set(key, (row = emptyRow(key, group, site)));
    this.move(entry, row);
  }

  private move(entry: Entry, to: Row | null): void {
    const from = entry.row;
    entry.row = to;
    if (from) this.changed.add(from);
    if (!to) return;
    this.changed.add(to);
    if (from !== to) to.entries.push(entry);
  }

  /** Makes the picture of a row that has changed; false when nobody is left in it. */
  private remake(row: Row, nowMs: number): boolean {
    row.entries = row.entries.filter((entry) => entry.row === row);
    const before = row.picture;
    const stays = row.entries.length > 0;
    row.picture = pictureOf(row, nowMs);
    row.pictureMs = nowMs;
    if (this.isFirst) row.picture.delta = 0;
    this.growth.changed(row, before);
    if (stays) this.refer(row.picture, 'hold');
    else this.rowsByKey.delete(before.key);
    if (before.count > 0) this.refer(before, 'release');
    return stays;
  }

  private refer({ site, parents }: PendingGroup, how: 'hold' | 'release'): void {
    this.places[how](site);
    for (const parent of parents) this.places[how](parent);
  }
}

/** Pictures that stay and new ones, each in order: those that stay are not compared with one another. */
function merge(kept: readonly PendingGroup[], made: readonly PendingGroup[]): PendingGroup[] {
  const merged: PendingGroup[] = [];
  let from = 0;
  for (const picture of made) {
    const at = indexIn(kept, picture);
    for (; from < at; from++) merged.push(kept[from] ?? picture);
    merged.push(picture);
  }
  return merged.concat(kept.slice(from));
}

/** A group of our own, small and in one piece: what a batch is read into is not. */
function own({ group, type, phase, site, beforeAttach, count, referenced, oldestMs, parents }: BatchGroup): BatchGroup {
  return { group, type, phase, site, beforeAttach, count, referenced, oldestMs, parents };
}

function isSame(a: BatchGroup, b: BatchGroup): boolean {
  return (
    a.count === b.count &&
    a.referenced === b.referenced &&
    a.oldestMs === b.oldestMs &&
    a.site === b.site &&
    a.type === b.type &&
    a.beforeAttach === b.beforeAttach &&
    a.parents.length === b.parents.length &&
    (a.parents.length === 0 || a.parents.every((parent, at) => parent === b.parents[at]))
  );
}
