import * as l10n from '@vscode/l10n';
import type { PendingGroup, PhaseName, Snapshot } from '../src/protocol/snapshot';
import { BEFORE_ATTACH, fileOf, packageText, placeOf } from './format';
import { PART_NAMES, SHORT_NAMES } from './parts';
import type { Grouping } from './viewState';

/** What rows stand for, as the reader is told. */
export const GROUPING_NAMES: Readonly<Record<Grouping, string>> = {
  typeAndSite: l10n.t('Type and site'),
  type: l10n.t('Type'),
  phase: l10n.t('Phase'),
  site: l10n.t('Site'),
  file: l10n.t('File'),
  package: l10n.t('Package'),
};

/** A group as a beat told it; since then it has only grown older. */
export interface KnownGroup extends PendingGroup {
  /** On the clock of `Known.elapsedMs`. */
  toldMs: number;
}

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
  /** When that was its age; null when it has ended and grows no older. */
  toldMs: number | null;
  /** Its count is an estimate. */
  estimated: boolean;
  /** The one group it stands for. */
  group: KnownGroup | null;
  /** The groups it gathers; empty for a single one. */
  members: KnownGroup[];
}

/** What is needed of a snapshot to make rows of its groups. */
export interface Around extends Pick<Snapshot, 'sites' | 'promises'> {
  /** The clock of {@link KnownGroup.toldMs}, now. */
  elapsedMs: number;
}

/** How old the oldest of a group or a row is now. */
export function ageOf({ oldestMs, toldMs }: Pick<PendingRow, 'oldestMs' | 'toldMs'>, elapsedMs: number): number | null {
  return oldestMs === null || toldMs === null ? oldestMs : oldestMs + elapsedMs - toldMs;
}

/** Promises are awaited, and keep no process alive. */
const isPromise = ({ type }: PendingGroup): boolean => type === 'PROMISE';

const isEstimate = (group: PendingGroup, { promises }: Pick<Around, 'promises'>): boolean =>
  isPromise(group) && promises?.method === 'sampled';

const referencedOf = (group: PendingGroup): number | null => (isPromise(group) ? 0 : group.referenced);

/** The groups of the last beat, with their rows; promises may be counted in another way from a beat on. */
let last: { groups: readonly KnownGroup[]; rows: PendingRow[]; method: string } = { groups: [], rows: [], method: '' };

/** A row for each group. Of very many most are the same objects as before, in the same order: of these nothing is read. */
function singles(groups: readonly KnownGroup[], around: Around): PendingRow[] {
  const method = around.promises?.method ?? '';
  const before = last.method === method ? last : { groups: [], rows: [] };
  // Of 10,000 a callback for each would cost as much again.
  const rows = new Array<PendingRow>(groups.length);
  let at = 0;
  let to = 0;
  for (const group of groups) {
    let known = before.groups[at];
    // What is not here any more is passed over; a group that was told again has another object.
    while (known && known !== group && known.key !== group.key) known = before.groups[++at];
    const row = known === group ? before.rows[at] : undefined;
    rows[to++] = row ?? rowOf(group, around);
    at++;
  }
  last = { groups, rows, method };
  return rows;
}

/** The row of one group. */
export const rowOf = (group: KnownGroup, around: Pick<Around, 'promises'>): PendingRow => ({
  key: group.key,
  label: group.type,
  phase: group.phase,
  count: group.count,
  referenced: referencedOf(group),
  delta: group.delta,
  oldestMs: group.oldestMs,
  toldMs: group.toldMs,
  estimated: isEstimate(group, around),
  group,
  members: [],
});

function labelOf(group: PendingGroup, by: Grouping, sites: Snapshot['sites']): string {
  const site = group.site === null ? undefined : sites[group.site];
  switch (by) {
    case 'type':
    case 'typeAndSite':
      return group.type;
    case 'phase':
      return group.phase === 'poll' ? SHORT_NAMES.poll : PART_NAMES[group.phase];
    case 'site':
      return site ? placeOf(site) : BEFORE_ATTACH;
    case 'file':
      return site ? fileOf(site) : BEFORE_ATTACH;
    case 'package':
      return packageText(site);
  }
}

function merged(label: string, members: KnownGroup[], around: Around): PendingRow {
  const [first] = members;
  const add = (pick: (group: PendingGroup) => number): number =>
    members.reduce((total, group) => total + pick(group), 0);
  return {
    key: `group:${label}`,
    label,
    phase: first && members.every((group) => group.phase === first.phase) ? first.phase : null,
    count: add((group) => group.count),
    referenced: members.some((group) => referencedOf(group) === null) ? null : add((group) => referencedOf(group) ?? 0),
    delta: add((group) => group.delta),
    oldestMs: oldestOf(members, around),
    toldMs: around.elapsedMs,
    estimated: members.some((group) => isEstimate(group, around)),
    group: null,
    members,
  };
}

function oldestOf(members: readonly KnownGroup[], { elapsedMs }: Around): number | null {
  return members.reduce<number | null>((oldest, group) => {
    const age = ageOf(group, elapsedMs);
    return age === null ? oldest : Math.max(oldest ?? 0, age);
  }, null);
}

/** The rows of a grouping; those by type and site are the snapshot's own groups. */
export function rowsBy(by: Grouping, groups: readonly KnownGroup[], around: Around): PendingRow[] {
  if (by === 'typeAndSite') return singles(groups, around);
  const found = new Map<string, KnownGroup[]>();
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
