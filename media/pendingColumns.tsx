import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { Snapshot } from '../src/protocol/snapshot';
import { age, BEFORE_ATTACH, clean, NOT_KNOWN, pathOf, placeOf, signed, whole } from './format';
import { ageOf, GROUPING_NAMES, type PendingRow, type KnownGroup } from './groups';
import { Swatch } from './icons';
import { Change, perSecond, Trend } from './marks';
import { ABOUT } from './parts';
import { warnedKeys } from './pendingWords';
import type { KnownSnapshot, Shown } from './reducer';
import { SiteLink } from './site';
import { view } from './store';
import type { Column } from './table';
import type { Counts, Trends } from './trends';

const BEFORE_TIP = l10n.t('It existed before Loopscope attached, so nobody recorded where it was created.');
/** In the place of the phase of a row whose members differ. */
const SEVERAL = l10n.t('several');

function refd({ referenced, count }: { referenced: number | null; count: number }): string {
  if (referenced === null) return NOT_KNOWN;
  if (referenced === 0) return l10n.t('none');
  return referenced >= count ? l10n.t('all') : l10n.t('{0} of {1}', whole(referenced), whole(count));
}

/** How many, `≈` before an estimate. */
export function counted({ count, estimated }: PendingRow): string {
  return (estimated && count > 0 ? ABOUT : '') + whole(count);
}

/** How many groups a row gathers, written as the one who shows it does. */
function groupsIn({ members }: PendingRow, written: (count: number) => string): string {
  return members.length === 1 ? l10n.t('1 group') : l10n.t('{0} groups', written(members.length));
}

function Where({ group, sites }: { group: KnownGroup; sites: Snapshot['sites'] }): JSX.Element {
  const site = group.site === null ? undefined : sites[group.site];
  if (!site) {
    return (
      <span class="where">
        {group.origin === 'beforeAttach' ? (
          <span class="dim cut" data-tip={BEFORE_TIP}>
            {BEFORE_ATTACH}
          </span>
        ) : (
          <span
            class="dim cut"
            data-tip={l10n.t(
              'No JavaScript frame of the program was on the stack, or no place was recorded: see the notes.',
            )}
          >
            {NOT_KNOWN}
          </span>
        )}
      </span>
    );
  }
  return (
    <span class="where">
      <span class="cut">
        <SiteLink id={group.site} sites={sites} inRow />
      </span>
      <span class="mono dim cut nar">{clean(site.function, 120)}</span>
      {site.package === null ? null : (
        <span class="dim cut nar" data-tip={l10n.t('Package')}>
          {clean(site.package, 80)}
        </span>
      )}
    </span>
  );
}

/** An age, or that it is not known. */
export function Oldest({ ms }: { ms: number | null }): JSX.Element {
  if (ms !== null) return <>{age(ms)}</>;
  return (
    <span class="dim" data-tip={l10n.t('Its age is not known.')}>
      {NOT_KNOWN}
    </span>
  );
}

/** How many more there are than at the beginning of the line of a row. */
function growthOf({ group, key, members }: PendingRow, trends: Trends): number {
  if (group) return trends.growth(key);
  const counts = trends.sum(members.map((member) => member.key));
  return (counts.at(-1) ?? 0) - (counts.find((count) => count !== null) ?? 0);
}

/** The columns of the pending table; `countsOf` gives the line of a row. */
export function columnsOf(
  shown: Shown,
  snapshot: KnownSnapshot,
  countsOf: (row: PendingRow) => Counts,
): Column<PendingRow>[] {
  const { groupBy } = view.value;
  const { sites, windowMs } = snapshot;
  const { elapsedMs } = shown.known;
  const warned = warnedKeys(snapshot);
  return [
    {
      id: 'type',
      title: GROUPING_NAMES[groupBy === 'typeAndSite' ? 'type' : groupBy],
      className: 'c-type',
      value: (row) => row.label,
      cell: (row) => (
        <>
          <span class="tw" />
          {row.phase ? (
            <span class="swn">
              <Swatch part={row.phase} />
            </span>
          ) : null}
          <span class={row.group ? 'mono' : ''}>{clean(row.label, 120)}</span>
        </>
      ),
    },
    {
      id: 'phase',
      title: l10n.t('Phase'),
      className: 'c-phase nar',
      tip: l10n.t('Where its callback will run'),
      value: (row) => row.phase ?? SEVERAL,
      cell: (row) =>
        row.phase ? (
          <>
            <Swatch part={row.phase} />
            {row.phase}
          </>
        ) : (
          <span class="dim">{SEVERAL}</span>
        ),
    },
    {
      id: 'count',
      title: l10n.t('Count'),
      numeric: true,
      className: 'c-count',
      value: (row) => row.count,
      steady: true,
      cell: (row) => counted(row),
    },
    {
      id: 'trend',
      title: l10n.t('Trend'),
      className: 'c-trend nar',
      tip: l10n.t('Count over the last 40 beats that this page has seen'),
      value: (row) => growthOf(row, shown.trends),
      text: null,
      cell: (row) => <Trend counts={countsOf(row)} />,
    },
    {
      id: 'delta',
      title: l10n.t('Change /s'),
      numeric: true,
      className: 'c-delta',
      tip: l10n.t('Since the beat before'),
      value: (row) => row.delta,
      steady: true,
      text: (row) => signed(perSecond(row.delta, windowMs)),
      cell: (row) => (
        <Change
          delta={row.delta}
          windowMs={windowMs}
          warn={row.delta > 0 && warned.has(row.key)}
          estimated={row.estimated}
        />
      ),
    },
    {
      id: 'oldest',
      title: l10n.t('Oldest'),
      numeric: true,
      className: 'c-oldest',
      tip: l10n.t('Age of the oldest; since the attach, for what existed before'),
      value: (row) => ageOf(row, elapsedMs),
      text: (row) => age(ageOf(row, elapsedMs)),
      cell: (row) => <Oldest ms={ageOf(row, elapsedMs)} />,
    },
    {
      id: 'refd',
      title: l10n.t('Ref’d'),
      className: 'c-refd',
      tip: l10n.t('Only what is ref’d keeps the process alive'),
      value: (row) => row.referenced,
      text: refd,
      cell: (row) => <span class={row.referenced ? '' : 'dim'}>{refd(row)}</span>,
    },
    {
      id: 'site',
      title: l10n.t('Created at'),
      tip: l10n.t('The place in your code that created it; for promises, that awaits it'),
      className: 'c-site',
      value: (row) => {
        const site = row.group?.site == null ? undefined : sites[row.group.site];
        return site ? placeOf(site) : null;
      },
      text: (row) => {
        const { group } = row;
        if (!group) return groupsIn(row, String);
        const site = group.site === null ? undefined : sites[group.site];
        if (!site) return group.origin === 'beforeAttach' ? BEFORE_ATTACH : NOT_KNOWN;
        return [pathOf(site), site.function, site.package ?? ''].filter(Boolean).join(' ');
      },
      cell: (row) =>
        row.group ? (
          <Where group={row.group} sites={sites} />
        ) : (
          <span class="where">
            <span class="dim cut">{groupsIn(row, whole)}</span>
          </span>
        ),
    },
  ];
}
