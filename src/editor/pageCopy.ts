import type { Kept } from '../protocol/panel';
import type { ListenerGroup, PendingGroup, Site, SiteId, Snapshot } from '../protocol/snapshot';
import { ROWS, boundedGroup, boundedRest, boundedSite, rowsOf, sitesOfRest } from './bounds';

interface Known {
  group: PendingGroup;
  /** When it was told, on the clock of {@link PageCopy.elapsedMs}, and the number of the last beat that it was in. */
  toldMs: number;
  beat: number;
}

/** So much may an age that is told differ from one that only grew: it is shown in whole milliseconds. */
const AGE_MS = 1;
/** So many groups tell how much time has passed. */
const LOOKED_AT = 50;

/** What the page has of groups, listeners and sites: with very many of them a beat carries only what has changed. */
export class PageCopy {
  private readonly groups = new Map<string, Known>();
  private listeners = new Map<string, ListenerGroup>();
  private readonly sent = new Map<SiteId, Site>();
  /** How many groups refer to a site. */
  private readonly held = new Map<SiteId, number>();
  /** Sites that all but the groups refer to. */
  private others = new Set<SiteId>();
  /** Of the snapshot that the page has; null while it has none. */
  private sequence: number | null = null;
  /** By so much what was told first has grown older. */
  private elapsedMs = 0;
  private beat = 0;

  /** A site of what the page shows: only these can be opened. */
  site(id: SiteId): Site | undefined {
    return this.sent.get(id);
  }

  /** The page has nothing any more. */
  clear(): void {
    for (const all of [this.groups, this.listeners, this.sent, this.held, this.others]) all.clear();
    this.sequence = null;
  }

  /** What is new in a snapshot, and what stays of the one before; all is new to a page that has none. */
  changes(snapshot: Snapshot): { snapshot: Snapshot; kept: Kept | null } {
    const { sequence } = this;
    this.sequence = snapshot.sequence;
    const groups = rowsOf(snapshot);
    const olderMs = this.olderMs(groups);
    this.elapsedMs += olderMs;
    this.beat++;
    const rest = boundedRest(snapshot);
    const released: SiteId[] = [...this.others];
    const others = new Set(sitesOfRest(rest));
    this.others = others;
    const told = this.takeGroups(groups, released);
    const ended = this.takeEnded(released);
    const { listeners, endedListeners } = this.takeListeners(rest.listeners);

    const sites: Record<SiteId, Site> = {};
    for (const id of [...others, ...told.flatMap(sitesOf)]) {
      const site = this.sent.has(id) ? undefined : snapshot.sites[id];
      if (site) this.sent.set(id, (sites[id] = boundedSite(site)));
    }
    const unusedSites = released.filter((id) => !others.has(id) && !this.held.has(id) && this.sent.delete(id));
    const kept = sequence === null ? null : { sequence, olderMs, ended, endedListeners, unusedSites };
    return { snapshot: { ...rest, pending: told, listeners, sites }, kept };
  }

  /** By how much groups have grown older: some of them may have lost their oldest, and look younger. */
  private olderMs(groups: readonly PendingGroup[]): number {
    let most = 0;
    let seen = 0;
    for (const { key, oldestMs } of groups) {
      const known = this.groups.get(key);
      if (!known || oldestMs === null || known.group.oldestMs === null) continue;
      most = Math.max(most, oldestMs - known.group.oldestMs - (this.elapsedMs - known.toldMs));
      if (++seen === LOOKED_AT) break;
    }
    return most;
  }

  /** The groups that the page does not know as they are. */
  private takeGroups(groups: readonly PendingGroup[], released: SiteId[]): PendingGroup[] {
    const told: PendingGroup[] = [];
    for (const group of groups) {
      const known = this.groups.get(group.key);
      if (known) {
        known.beat = this.beat;
        if (isSame(known.group, group, this.elapsedMs - known.toldMs)) continue;
        this.release(known.group, released);
      }
      const bounded = boundedGroup(group);
      for (const id of sitesOf(bounded)) this.held.set(id, (this.held.get(id) ?? 0) + 1);
      this.groups.set(group.key, { group: bounded, toldMs: this.elapsedMs, beat: this.beat });
      told.push(bounded);
    }
    return told;
  }

  private takeEnded(released: SiteId[]): string[] {
    const ended: string[] = [];
    for (const [key, known] of this.groups) {
      if (known.beat === this.beat) continue;
      ended.push(key);
      this.groups.delete(key);
      this.release(known.group, released);
    }
    return ended;
  }

  /** The rows of listeners that the page does not know as they are, and the keys of those that are gone. */
  private takeListeners(rows: readonly ListenerGroup[]): { listeners: ListenerGroup[]; endedListeners: string[] } {
    const before = this.listeners;
    const now = (this.listeners = new Map(rows.map((row) => [row.key, row])));
    return {
      listeners: rows.filter((row) => !areSame(before.get(row.key), row)),
      endedListeners: [...before.keys()].filter((key) => !now.has(key)),
    };
  }

  private release(group: PendingGroup, released: SiteId[]): void {
    for (const id of sitesOf(group)) {
      const left = (this.held.get(id) ?? 0) - 1;
      if (left > 0) this.held.set(id, left);
      else {
        this.held.delete(id);
        released.push(id);
      }
    }
  }
}

/** All of a snapshot, for a page that has none of it. */
export function boundedSnapshot(snapshot: Snapshot): Snapshot {
  return new PageCopy().changes(snapshot).snapshot;
}

const sitesOf = ({ site, parents }: PendingGroup): SiteId[] => (site === null ? parents : [site, ...parents]);

/** Whether a group is as it was so long ago, but for its age. */
function isSame(before: PendingGroup, now: PendingGroup, agoMs: number): boolean {
  return (
    before.count === now.count &&
    before.delta === now.delta &&
    before.referenced === now.referenced &&
    before.origin === now.origin &&
    before.site === now.site &&
    (before.oldestMs === null || now.oldestMs === null
      ? before.oldestMs === now.oldestMs
      : Math.abs(before.oldestMs + agoMs - now.oldestMs) < AGE_MS) &&
    before.parents.length === Math.min(now.parents.length, ROWS.parents) &&
    before.parents.every((parent, at) => parent === now.parents[at])
  );
}

/** Whether a row of listeners is as it was. */
function areSame(before: ListenerGroup | undefined, now: ListenerGroup): boolean {
  return (
    before?.count === now.count &&
    before.delta === now.delta &&
    before.limit === now.limit &&
    before.emitters === now.emitters &&
    before.sites.length === now.sites.length &&
    before.sites.every(({ site, count }, at) => site === now.sites[at]?.site && count === now.sites[at].count)
  );
}
