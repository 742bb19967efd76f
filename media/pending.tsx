import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Snapshot } from '../src/protocol/snapshot';
import { filled } from './filled';
import { age, BEFORE_ATTACH, clean, NOT_KNOWN, pathOf, placeOf, signed, whole } from './format';
import { ageOf, GROUPING_NAMES, keepsAlive, rowsBy, type Around, type PendingRow } from './groups';
import { Icon, Swatch } from './icons';
import { Change, NoMatch, perSecond, Trend } from './marks';
import { ABOUT } from './parts';
import { pendingFilter, warnedKeys } from './pendingWords';
import type { Instances, KnownGroup, KnownSnapshot, Shown } from './reducer';
import { SiteLink } from './site';
import { MOST_INSTANCES } from '../src/protocol/panel';
import { choose, mayHaveMore, panel, showMore, toggleRow, view } from './store';
import { Table, type Column, type SubRow } from './table';
import { GatheredTrends, type Counts, type Trends } from './trends';
import { narrow } from './width';

const BEFORE_TIP = l10n.t('It existed before Loopscope attached, so nobody recorded where it was created.');
/** In the place of the phase of a row whose members differ. */
const SEVERAL = l10n.t('several');

function refd({ referenced, count }: { referenced: number | null; count: number }): string {
  if (referenced === null) return NOT_KNOWN;
  if (referenced === 0) return l10n.t('none');
  return referenced >= count ? l10n.t('all') : l10n.t('{0} of {1}', whole(referenced), whole(count));
}

/** How many, `≈` before an estimate. */
function counted({ count, estimated }: PendingRow): string {
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
          <span class="dim" data-tip={BEFORE_TIP}>
            {BEFORE_ATTACH}
          </span>
        ) : (
          <span
            class="dim"
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
      <span class="dim cut nar" data-tip={site.package === null ? '' : l10n.t('Package')}>
        {clean(site.package ?? '', 80)}
      </span>
    </span>
  );
}

function Oldest({ ms }: { ms: number | null }): JSX.Element {
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

function columnsOf(shown: Shown, snapshot: KnownSnapshot, countsOf: (row: PendingRow) => Counts): Column<PendingRow>[] {
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
          <span class="tw">
            <Icon name="chevron" />
          </span>
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
        row.group ? <Where group={row.group} sites={sites} /> : <span class="dim">{groupsIn(row, whole)}</span>,
    },
  ];
}

function instanceRow({ id, ageMs, referenced, detail, thread }: Instances['instances'][number]): SubRow {
  const isNarrow = narrow.value;
  const detailCell = (
    <span class="cut detail" data-tip={clean(detail, 600)}>
      {clean(detail, 200)}
    </span>
  );
  return {
    key: thread === undefined ? String(id) : `${thread} ${id}`,
    signature: () => `${id} ${ageMs ?? ''} ${String(referenced)} ${detail} ${String(isNarrow)}`,
    cells: () => (
      <>
        <td class="cut" colSpan={isNarrow ? 3 : 1} data-tip={isNarrow ? clean(detail, 600) : ''}>
          {thread === undefined ? l10n.t('async id {0}', id) : l10n.t('{0}, async id {1}', clean(thread, 60), id)}{' '}
          {isNarrow ? clean(detail, 200) : ''}
        </td>
        {isNarrow ? null : <td colSpan={4}>{detailCell}</td>}
        <td class="num c-oldest">
          <Oldest ms={ageMs} />
        </td>
        <td class="c-refd">{referenced === null ? NOT_KNOWN : referenced ? l10n.t('yes') : l10n.t('no')}</td>
        <td />
      </>
    ),
  };
}

function remarkRow(key: string, text: string, more: (() => void) | null, moreText: string): SubRow {
  return {
    key,
    signature: () => `${text} ${moreText} ${String(more !== null)} ${String(narrow.value)}`,
    cells: () => (
      <td colSpan={narrow.value ? 5 : 8} class="over">
        {text}{' '}
        {more ? (
          <button class="link" tabIndex={-1} onClick={more}>
            {moreText}
          </button>
        ) : null}
      </td>
    ),
  };
}

/** What waits for the oldest promise, nearest first: a line each, so that Enter goes to its place. */
function parentRows({ parents }: KnownGroup, sites: Snapshot['sites']): SubRow[] {
  const columns = narrow.value ? 5 : 8;
  return parents.map((id, at) => ({
    key: `parent ${at}`,
    signature: () => `${id} ${columns}`,
    cells: () => (
      <td colSpan={columns}>
        {filled(
          at === 0 ? l10n.t('oldest awaited by {0}') : l10n.t('which is awaited by {0}'),
          <>
            <SiteLink id={id} sites={sites} inRow /> <span class="mono">{clean(sites[id]?.function ?? '', 80)}</span>
          </>,
        )}
      </td>
    ),
  }));
}

function instanceRows(row: PendingRow, answer: Instances | undefined, gone: boolean): SubRow[] {
  if (!answer) {
    const text = gone
      ? l10n.t('The target cannot be asked for these any more.')
      : l10n.t('Asking the target for {0}…', counted(row));
    return [remarkRow('asking', text, null, '')];
  }
  const rows = answer.instances.map((one) =>
    instanceRow({ ...one, referenced: one.referenced ?? (row.referenced === 0 ? false : null) }),
  );
  const left = answer.total - answer.instances.length;
  if (rows.length === 0 && left <= 0) return [remarkRow('none', l10n.t('None of them is left.'), null, '')];
  if (left <= 0) return rows;
  const shown = whole(rows.length);
  const of = (row.estimated ? ABOUT : '') + whole(answer.total);
  const text =
    rows.length >= MOST_INSTANCES
      ? l10n.t('{0} of {1} shown, the most at a time.', shown, of)
      : row.estimated
        ? l10n.t('{0} of {1} shown, those that are followed.', shown, of)
        : l10n.t('{0} of {1} shown.', shown, of);
  const more = gone || !mayHaveMore(row.key, rows.length) ? null : (): void => showMore(row.key);
  return [...rows, remarkRow('more', text, more, l10n.t('Show {0} more', Math.min(50, left)))];
}

/** A group inside an opened grouping, in the columns of the table. */
function memberRow(group: KnownGroup, columns: Column<PendingRow>[], around: Around, trends: Trends): SubRow {
  const row = (): PendingRow | undefined => rowsBy('typeAndSite', [group], around)[0];
  return {
    key: group.key,
    signature: () => {
      const { count, delta, referenced, site } = group;
      const figures = [count, delta, age(ageOf(group, around.elapsedMs)), referenced ?? '', site ?? ''];
      return [...figures, String(row()?.estimated), trends.of(group.key).join()].join(' ');
    },
    cells: () => {
      const member = row();
      if (!member) return null;
      return columns.map((column) => (
        <td key={column.id} class={`${column.numeric ? 'num ' : ''}${column.className ?? ''}`}>
          {column.id === 'type' ? <span class="mono">{clean(group.type, 120)}</span> : column.cell(member)}
        </td>
      ));
    },
  };
}

function nothingPending({ pendingTotals }: Snapshot): JSX.Element {
  const left = Object.values(pendingTotals).reduce<number>((total, count: number | null) => total + (count ?? 0), 0);
  return (
    <div class="none">
      <span>{l10n.t('Nothing is pending.')}</span>
      {left === 0 ? (
        <span class="dim">
          {l10n.t(
            'No timer, request or handle is left. Node would end this process now; it only waits for Loopscope to let go.',
          )}
        </span>
      ) : (
        <span class="dim">{l10n.t('{0} are counted, but not yet known by type.', whole(left))}</span>
      )}
    </div>
  );
}

/** What is pending by type and creation site; a row opens to its members. */
export function Pending({ shown, snapshot }: { shown: Shown; snapshot: KnownSnapshot }): JSX.Element {
  const { filters, sorts, alive, groupBy, open } = view.value;
  const { pending, sites, windowMs, promises } = snapshot;
  const { elapsedMs } = shown.known;
  const filter = filters.pending.trim();
  const { test } = pendingFilter(filter);
  const { trends } = shown;
  const single = groupBy === 'typeAndSite';
  const orderSignature = `${shown.attachment.attachmentId} ${groupBy}${single ? '' : ` ${filter} ${String(alive)}`}`;
  const gathered = useMemo(() => new GatheredTrends(trends), [trends, orderSignature]);
  const around = { sites, promises, windowMs, elapsedMs, trends, warned: warnedKeys(snapshot) };
  const kept = (group: KnownGroup): boolean => (!alive || keepsAlive(group)) && (!test || test(group, around));
  if (pending.length === 0) return nothingPending(snapshot);
  if (!pending.some(kept)) {
    const clear = (): void => choose({ filters: { ...filters, pending: '' }, alive: false });
    return <NoMatch hidden={pending.length} noun="group" onClear={clear} />;
  }
  const isFiltered = alive || test !== null;
  const counts = new Map<PendingRow, Counts>();
  const countsOf = (row: PendingRow): Counts => {
    if (row.group) return trends.of(row.key);
    const known = counts.get(row) ?? gathered.of(row.key, row.members);
    counts.set(row, known);
    return known;
  };
  const columns = columnsOf(shown, snapshot, countsOf);
  const gone = shown.attachment.state === 'detached' || panel.value.recording !== null || panel.value.past !== null;
  const warned = [...around.warned].join(' ');
  const opened = new Set(open);
  // Groupings gather only what the filter leaves; single rows are filtered after they are ordered, so that none "ends" by it.
  const rows = rowsBy(groupBy, single || !isFiltered ? pending : pending.filter(kept), around);
  return (
    <Table
      id="pendingTable"
      role="treegrid"
      label={l10n.t('Pending, by {0}', GROUPING_NAMES[groupBy].toLowerCase())}
      columns={columns}
      rows={rows}
      visible={isFiltered ? (row) => !row.group || kept(row.group) : null}
      signature={(row, ended) => {
        const cells = [
          row.label,
          row.phase ?? '',
          row.count,
          row.delta && row.delta / windowMs,
          age(ageOf(row, elapsedMs)),
          row.referenced ?? '',
          String(row.estimated),
          row.group?.site ?? '',
        ];
        return [...cells, row.members.length, countsOf(row).join(), ended, warned].join(' ');
      }}
      ended={(row) => {
        return { ...row, count: 0, referenced: 0, delta: 0, oldestMs: ageOf(row, elapsedMs), toldMs: null };
      }}
      sort={sorts.pending}
      orderSignature={orderSignature}
      onSort={(sort) => choose({ sorts: { ...sorts, pending: sort } })}
      isOpen={opened.size > 0 ? (row) => opened.has(row.key) : () => false}
      onToggle={(key) => toggleRow(key, single)}
      under={(row) =>
        row.group
          ? [...parentRows(row.group, sites), ...instanceRows(row, shown.instances.get(row.key), gone)]
          : row.members.map((group) => memberRow(group, columns, around, trends))
      }
    />
  );
}
