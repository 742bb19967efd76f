import type { BatchGroup } from '../protocol/probe';
import type { PendingGroup, SiteId } from '../protocol/snapshot';
import { kindOf, type Kind } from './kinds';

/** A group of the probe, and the row that it is part of once it is placed. */
export interface Entry {
  group: BatchGroup;
  parents: readonly SiteId[];
  row: Row | null;
}

/** The groups at one place of the source: what a row of the snapshots is made of. */
export interface Row {
  kind: Kind;
  entries: Entry[];
  /** As it was when something in it changed last; since then it has only grown older. */
  picture: PendingGroup;
  pictureMs: number;
}

/** The row of a place with nobody in it yet. */
export function emptyRow(key: string, { type, phase }: BatchGroup, site: SiteId | null): Row {
  const nothing = { count: 0, referenced: 0, delta: 0, oldestMs: null };
  const picture: PendingGroup = { key, type, phase, ...nothing, site, origin: 'beforeAttach', parents: [] };
  return { kind: kindOf(type), entries: [], picture, pictureMs: 0 };
}

/** Two places of the running script may be one in the source, and one place may be from before and after the attach. */
export function pictureOf({ entries, picture: before }: Row, nowMs: number): PendingGroup {
  const { key, type, phase, site } = before;
  let count = 0;
  let referenced: number | null = 0;
  let oldest = entries[0];
  let origin: PendingGroup['origin'] = 'beforeAttach';
  for (const entry of entries) {
    const { group } = entry;
    count += group.count;
    referenced = referenced === null || group.referenced === null ? null : referenced + group.referenced;
    if ((group.oldestMs ?? Infinity) < (oldest?.group.oldestMs ?? Infinity)) oldest = entry;
    if (!group.beforeAttach) origin = 'observed';
  }
  const sinceMs = oldest?.group.oldestMs ?? null;
  const oldestMs = sinceMs === null ? null : Math.max(0, nowMs - sinceMs);
  const parents = [...(oldest?.parents ?? [])];
  return { key, type, phase, count, referenced, delta: count - before.count, oldestMs, site, origin, parents };
}

/** A picture of so much later, in which nothing else has changed. */
export function older(picture: PendingGroup, byMs: number): PendingGroup {
  const { key, type, phase, count, referenced, oldestMs, site, origin, parents } = picture;
  const nextMs = oldestMs === null ? null : oldestMs + byMs;
  return { key, type, phase, count, referenced, delta: 0, oldestMs: nextMs, site, origin, parents };
}

/** The order of the snapshots: most first. */
export function compare(a: PendingGroup, b: PendingGroup): number {
  return b.count - a.count || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

/** Where a picture stands in pictures that are in order, or would stand. */
export function indexIn(pictures: readonly PendingGroup[], wanted: PendingGroup): number {
  let from = 0;
  let to = pictures.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (compare(pictures[middle] ?? wanted, wanted) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}
