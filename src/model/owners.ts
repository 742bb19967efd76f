import type { BatchOwners } from '../protocol/probe';
import type { PendingGroup } from '../protocol/snapshot';

/** What may be amiss with the objects behind handles, by row of the pending table; for how long every beat has seen it. */
export interface OwnersView {
  /** Sockets that are read and have no "error" listener. */
  unheard: { group: PendingGroup; count: number; forMs: number }[];
  /** Servers that have a limit on their connections. */
  servers: { group: PendingGroup; connections: number; most: number }[];
  /** Agents of node:http whose requests wait for a socket. */
  pools: { group: PendingGroup; name: string; waiting: number; most: number; forMs: number }[];
}

/** Follows what batches say of the objects behind handles. */
export class Owners {
  private sinceMs = new Map<string, number>();

  /** Takes those of one beat; `rowOf` gives the row of a group of the probe. */
  follow(nowMs: number, told: BatchOwners, rowOf: (group: number) => PendingGroup | null): OwnersView {
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
    return {
      unheard: [...counts].map(([group, count]) => ({ group, count, forMs: forMs(`unheard:${group.key}`) })),
      servers: placed(told.servers),
      pools: placed(told.pools).map((pool) => ({ ...pool, forMs: forMs(`pool:${pool.group.key}:${pool.name}`) })),
    };
  }
}
