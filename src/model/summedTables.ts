import * as l10n from '@vscode/l10n';
import type { Finding, HotFunction, ListenerGroup, PendingGroup, Site, SiteId, Snapshot } from '../protocol/snapshot';
import { sumOf } from './figures';
import { compare } from './pendingRow';

/** One thread of a sum; `siteOf` gives its places the ids that they have in the sum, where threads share them. */
export interface ThreadPart {
  snapshot: Snapshot;
  siteOf: (id: SiteId | null) => SiteId | null;
}

/** The last snapshot of a thread as a part of a sum. */
export function partOf(snapshot: Snapshot, intern: (site: Site) => SiteId): ThreadPart {
  return {
    snapshot,
    siteOf: (id) => {
      const site = id === null ? undefined : snapshot.sites[id];
      return site ? intern(site) : null;
    },
  };
}

/** "main thread", "worker 3". */
export function nameOf({ target: { thread } }: Pick<Snapshot, 'target'>): string {
  if (thread === 'main') return l10n.t('main thread');
  const [, threadId] = /^worker (\d+)$/.exec(thread) ?? [];
  return threadId === undefined ? thread : l10n.t('worker {0}', threadId);
}

/** What is pending in all threads, most first: one row for the same type at the same place, with the oldest's age. */
export function summedPending(parts: readonly ThreadPart[]): PendingGroup[] {
  const rows = new Map<string, PendingGroup>();
  for (const part of parts) {
    for (const group of part.snapshot.pending) {
      const key = pendingKey(part, group);
      const parents = group.parents.map((parent) => part.siteOf(parent)).filter((parent) => parent !== null);
      const own = { ...group, key, site: part.siteOf(group.site), parents };
      const row = rows.get(key);
      rows.set(key, row ? together(row, own) : own);
    }
  }
  return [...rows.values()].sort(compare);
}

/** The groups of a thread that a row of the sum stands for. */
export function groupsOf(part: ThreadPart, key: string): PendingGroup[] {
  return part.snapshot.pending.filter((group) => pendingKey(part, group) === key);
}

/**
 * The listeners of all threads, most first: one row for the same class and event. Emitters that have a row of their own
 * share one where most of their listeners were added at the same place.
 */
export function summedListeners(parts: readonly ThreadPart[]): ListenerGroup[] {
  const rows = new Map<string, ListenerGroup>();
  for (const part of parts) {
    for (const group of part.snapshot.listeners) {
      const key = listenerKey(part, group);
      const row = rows.get(key);
      rows.set(key, {
        ...group,
        key,
        limit: row ? null : group.limit,
        count: group.count + (row?.count ?? 0),
        delta: group.delta + (row?.delta ?? 0),
        emitters: group.emitters + (row?.emitters ?? 0),
        sites: sitesOf(part, group, row),
      });
    }
  }
  return [...rows.values()].sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
}

/** Functions of all threads by self time, of those that were sampled; null when none was. */
export function summedHot(parts: readonly ThreadPart[]): HotFunction[] | null {
  if (parts.every(({ snapshot }) => snapshot.hot === null)) return null;
  const rows = new Map<SiteId, HotFunction>();
  for (const { snapshot, siteOf } of parts) {
    for (const { site: id, selfMs, totalMs } of snapshot.hot ?? []) {
      const site = siteOf(id);
      if (site === null) continue;
      const row = rows.get(site);
      rows.set(site, { site, selfMs: selfMs + (row?.selfMs ?? 0), totalMs: totalMs + (row?.totalMs ?? 0) });
    }
  }
  return [...rows.values()].sort((a, b) => b.selfMs - a.selfMs || a.site - b.site);
}

/** The findings of all threads, each with its thread; what they lead to are the rows of the sum. */
export function findingsOf(parts: readonly ThreadPart[]): Finding[] {
  return parts.flatMap((part) => {
    const { thread } = part.snapshot.target;
    const name = capital(nameOf(part.snapshot));
    return part.snapshot.findings.map((finding) => {
      const [rule = '', ...rest] = finding.id.split(':');
      const key = rest.join(':');
      const id = `${rule}@${thread}${rest.length > 0 ? `:${keyInSum(part, key)}` : ''}`;
      return { ...finding, id, text: l10n.t('{0}: {1}', name, finding.text), site: part.siteOf(finding.site) };
    });
  });
}

/** As it begins a sentence. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function keyInSum(part: ThreadPart, key: string): string {
  const group = part.snapshot.pending.find((one) => one.key === key);
  if (group) return pendingKey(part, group);
  const row = part.snapshot.listeners.find((one) => one.key === key);
  return row ? listenerKey(part, row) : key;
}

function pendingKey({ siteOf }: ThreadPart, { type, site, origin }: PendingGroup): string {
  return `${type}@${siteOf(site) ?? (origin === 'beforeAttach' ? 'before' : 'native')}`;
}

function listenerKey({ siteOf }: ThreadPart, { key, emitter, event, sites }: ListenerGroup): string {
  const several = key.endsWith('#*');
  return `${emitter}/${event}#${several ? '*' : `@${siteOf(sites[0]?.site ?? null) ?? 'before'}`}`;
}

function together(a: PendingGroup, b: PendingGroup): PendingGroup {
  const oldest = (b.oldestMs ?? -1) > (a.oldestMs ?? -1) ? b : a;
  return {
    ...oldest,
    count: a.count + b.count,
    referenced: sumOf([a.referenced, b.referenced]),
    delta: a.delta + b.delta,
    origin: a.origin === b.origin ? a.origin : 'observed',
  };
}

function sitesOf({ siteOf }: ThreadPart, group: ListenerGroup, row: ListenerGroup | undefined): ListenerGroup['sites'] {
  const counts = new Map(row?.sites.map(({ site, count }) => [site, count]));
  for (const { site: id, count } of group.sites) {
    const site = siteOf(id);
    if (site !== null) counts.set(site, (counts.get(site) ?? 0) + count);
  }
  return [...counts].map(([site, count]) => ({ site, count })).sort((a, b) => b.count - a.count || a.site - b.site);
}
