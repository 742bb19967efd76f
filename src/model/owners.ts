import type { BatchOwners } from '../protocol/probe';
import type { PendingGroup, SiteId } from '../protocol/snapshot';

/** What may be amiss with the objects behind handles, by row of the pending table, and with streams; since when in every beat. */
export interface OwnersView {
  /** Sockets that are read and have no "error" listener. */
  unheard: { group: PendingGroup; count: number; forMs: number }[];
  /** Servers that have a limit on their connections. */
  servers: { group: PendingGroup; connections: number; most: number }[];
  /** Agents of node:http whose requests wait for a socket. */
  pools: { group: PendingGroup; name: string; waiting: number; most: number; forMs: number }[];
  /** Streams that have no "error" listener, by class and by where the program added its first listener, or wrote it. */
  streams: { emitter: string; site: SiteId; count: number; forMs: number }[];
}

/** Follows what batches say of the objects behind handles, and of streams. */
export class Owners {
  private sinceMs = new Map<string, number>();

  /** Takes those of one beat; `rowOf` gives the row of a group of the probe, `siteOf` the id of its place. */
  follow(
    nowMs: number,
    told: BatchOwners,
    rowOf: (group: number) => PendingGroup | null,
    siteOf: (probeSite: number) => SiteId | null,
  ): OwnersView {
    const before = this.sinceMs;
    const now = new Map<string, number>();
    this.sinceMs = now;
    const forMs = (what: string): number => {
      const sinceMs = before.get(what) ?? nowMs;
      now.set(what, sinceMs);
      return nowMs - sinceMs;
    };
    const placed = <Told extends { group: number }>(
      all: readonly Told[],
    ): (Omit<Told, 'group'> & { group: PendingGroup })[] =>
      all.flatMap((one) => {
        const group = rowOf(one.group);
        return group ? [{ ...one, group }] : [];
      });
    const counts = new Map<PendingGroup, number>();
    for (const { group, count } of placed(told.unheard.map(([group, count]) => ({ group, count })))) {
      counts.set(group, (counts.get(group) ?? 0) + count);
    }
    // Two of the probe's places may be one place of the source.
    const streams = new Map<string, Omit<OwnersView['streams'][number], 'forMs'>>();
    for (const { emitter, site: probeSite, count } of told.streams) {
      const site = siteOf(probeSite);
      if (site === null) continue;
      const key = `stream:${site}:${emitter}`;
      streams.set(key, { emitter, site, count: count + (streams.get(key)?.count ?? 0) });
    }
    return {
      unheard: [...counts].map(([group, count]) => ({ group, count, forMs: forMs(`unheard:${group.key}`) })),
      servers: placed(told.servers),
      pools: placed(told.pools).map((pool) => ({ ...pool, forMs: forMs(`pool:${pool.group.key}:${pool.name}`) })),
      streams: [...streams].map(([key, stream]) => ({ ...stream, forMs: forMs(key) })),
    };
  }
}
