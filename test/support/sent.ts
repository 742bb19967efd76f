import type { Batch, SentBatch } from '../../src/protocol/probe';

/** A batch as the probe would send it, to a host that was told of these groups already. */
export function sentOf({ pending, ...rest }: Batch, told = new Set<number>()): SentBatch {
  if (rest.full) told.clear();
  const fresh = pending.filter(({ group }) => !told.has(group));
  for (const { group } of fresh) told.add(group);
  return {
    ...rest,
    groups: fresh.map(({ group, type, site, beforeAttach }) => ({ group, type, site, beforeAttach })),
    pending: pending.map(({ group, count, referenced, oldestMs, parents }) =>
      parents.length > 0 ? [group, count, referenced, oldestMs, parents] : [group, count, referenced, oldestMs],
    ),
  };
}
