import type { PendingGroup, PhaseName, Snapshot } from '../src/protocol/snapshot';
import { BEFORE_ATTACH, fileOf, packageText } from './format';
import { PART_NAMES } from './parts';
import type { Grouping } from './viewState';

/** A row of the pending table: a group of the snapshot, or several of them together. */
export interface PendingRow {
  key: string;
  label: string;
  /** Null when its members differ. */
  phase: PhaseName | null;
  count: number;
  /** Null when it is not known for one of them. */
  referenced: number | null;
  delta: number;
  oldestMs: number | null;
  /** Its count is an estimate. */
  estimated: boolean;
  /** The one group it stands for. */
  group: PendingGroup | null;
  /** The groups it gathers; empty for a single one. */
  members: PendingGroup[];
}

/** What is needed of a snapshot to make rows of its groups. */
export type Around = Pick<Snapshot, 'sites' | 'promises'>;

/** Promises are awaited, and keep no process alive. */
const isPromise = ({ type }: PendingGroup): boolean => type === 'PROMISE';

const isEstimate = (group: PendingGroup, { promises }: Around): boolean =>
  isPromise(group) && promises?.method === 'sampled';

const referencedOf = (group: PendingGroup): number | null => (isPromise(group) ? 0 : group.referenced);

const single = (group: PendingGroup, around: Around): PendingRow => ({
  key: group.key,
  label: group.type,
  phase: group.phase,
  count: group.count,
  referenced: referencedOf(group),
  delta: group.delta,
  oldestMs: group.oldestMs,
  estimated: isEstimate(group, around),
  group,
  members: [],
});

function labelOf(group: PendingGroup, by: Grouping, sites: Snapshot['sites']): string {
  const site = group.site === null ? undefined : sites[group.site];
  switch (by) {
    case 'Type':
    case 'Type and site':
      return group.type;
    case 'Phase':
      return PART_NAMES[group.phase].replace(': callbacks', '');
    case 'File':
      return site ? fileOf(site) : BEFORE_ATTACH;
    case 'Package':
      return packageText(site);
  }
}

function merged(label: string, members: PendingGroup[], around: Around): PendingRow {
  const [first] = members;
  const ages = members.flatMap((group) => (group.oldestMs === null ? [] : [group.oldestMs]));
  const add = (pick: (group: PendingGroup) => number): number =>
    members.reduce((total, group) => total + pick(group), 0);
  return {
    key: `group:${label}`,
    label,
    phase: first && members.every((group) => group.phase === first.phase) ? first.phase : null,
    count: add((group) => group.count),
    referenced: members.some((group) => referencedOf(group) === null) ? null : add((group) => referencedOf(group) ?? 0),
    delta: add((group) => group.delta),
    oldestMs: ages.length > 0 ? Math.max(...ages) : null,
    estimated: members.some((group) => isEstimate(group, around)),
    group: null,
    members,
  };
}

/** The rows of a grouping; those by type and site are the snapshot's own groups. */
export function rowsBy(by: Grouping, groups: readonly PendingGroup[], around: Around): PendingRow[] {
  if (by === 'Type and site') return groups.map((group) => single(group, around));
  const found = new Map<string, PendingGroup[]>();
  for (const group of groups) {
    const label = labelOf(group, by, around.sites);
    const members = found.get(label);
    if (members) members.push(group);
    else found.set(label, [group]);
  }
  return [...found].map(([label, members]) => merged(label, members, around));
}

/** Whether a group keeps the process alive; what cannot be known may do so. */
export function keepsAlive(group: PendingGroup): boolean {
  return referencedOf(group) !== 0;
}
