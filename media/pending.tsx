import type { JSX } from 'preact';
import type { PendingGroup, Snapshot } from '../src/protocol/snapshot';
import { age, clean, NOT_KNOWN, placeOf, whole } from './format';
import { Chain } from './chain';
import { keepsAlive, rowsBy, type Around, type PendingRow } from './groups';
import { Icon, Swatch } from './icons';
import { Change, NoMatch, Trend } from './marks';
import { ABOUT } from './parts';
import { pendingFilter, warnedKeys } from './pendingWords';
import type { Instances, Shown } from './reducer';
import { SiteLink } from './site';
import { MOST_INSTANCES } from '../src/protocol/panel';
import { choose, mayHaveMore, panel, showMore, toggleRow, view } from './store';
import { Table, type Column, type SubRow } from './table';
import { narrow } from './width';

const BEFORE_TIP = 'It existed before Loopscope attached, so nobody recorded where it was created.';

function refd({ referenced, count }: { referenced: number | null; count: number }): string {
  if (referenced === null) return NOT_KNOWN;
  if (referenced >= count) return 'all';
  return referenced === 0 ? 'none' : `${whole(referenced)} of ${whole(count)}`;
}

/** How many, `≈` before an estimate. */
function counted({ count, estimated }: PendingRow): string {
  return (estimated && count > 0 ? ABOUT : '') + whole(count);
}

function Where({ group, sites }: { group: PendingGroup; sites: Snapshot['sites'] }): JSX.Element {
  const site = group.site === null ? undefined : sites[group.site];
  if (!site) {
    return (
      <span class="where">
        {group.origin === 'beforeAttach' ? (
          <span class="dim" data-tip={BEFORE_TIP}>
            before attach
          </span>
        ) : (
          <span
            class="dim"
            data-tip="No JavaScript frame of the program was on the stack, or no place was recorded: see the notes."
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
      <span class="dim cut nar" data-tip={site.package === null ? '' : 'Package'}>
        {clean(site.package ?? '', 80)}
      </span>
    </span>
  );
}

function Oldest({ ms }: { ms: number | null }): JSX.Element {
  if (ms !== null) return <>{age(ms)}</>;
  return (
    <span class="dim" data-tip="Its age is not known.">
      {NOT_KNOWN}
    </span>
  );
}

function columnsOf(shown: Shown, snapshot: Snapshot): Column<PendingRow>[] {
  const { groupBy } = view.value;
  const { sites, windowMs } = snapshot;
  const warned = warnedKeys(snapshot);
  return [
    {
      id: 'type',
      title: groupBy === 'Type and site' ? 'Type' : groupBy,
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
      title: 'Phase',
      className: 'c-phase nar',
      tip: 'Where its callback will run',
      value: (row) => row.phase ?? 'several',
      cell: (row) =>
        row.phase ? (
          <>
            <Swatch part={row.phase} />
            {row.phase}
          </>
        ) : (
          <span class="dim">several</span>
        ),
    },
    {
      id: 'count',
      title: 'Count',
      numeric: true,
      className: 'c-count',
      value: (row) => row.count,
      cell: (row) => counted(row),
    },
    {
      id: 'trend',
      title: 'Trend',
      className: 'c-trend nar',
      tip: 'Count over the last 40 beats that this page has seen',
      cell: (row) => (row.group ? <Trend counts={shown.trends.get(row.key) ?? []} /> : ''),
    },
    {
      id: 'delta',
      title: 'Change /s',
      numeric: true,
      className: 'c-delta',
      tip: 'Since the beat before',
      value: (row) => row.delta,
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
      title: 'Oldest',
      numeric: true,
      className: 'c-oldest',
      tip: 'Age of the oldest; since the attach, for what existed before',
      value: (row) => row.oldestMs,
      cell: (row) => <Oldest ms={row.oldestMs} />,
    },
    {
      id: 'refd',
      title: 'Ref’d',
      className: 'c-refd',
      tip: 'Only what is ref’d keeps the process alive',
      value: (row) => row.referenced,
      cell: (row) => <span class={row.referenced ? '' : 'dim'}>{refd(row)}</span>,
    },
    {
      id: 'site',
      title: 'Created at',
      tip: 'The place in your code that created it; for promises, that awaits it',
      className: 'c-site',
      value: (row) => {
        const site = row.group?.site == null ? undefined : sites[row.group.site];
        return site ? placeOf(site) : null;
      },
      cell: (row) =>
        row.group ? (
          <Where group={row.group} sites={sites} />
        ) : (
          <span class="dim">{row.members.length === 1 ? '1 group' : `${whole(row.members.length)} groups`}</span>
        ),
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
    signature: `${id} ${ageMs ?? ''} ${String(referenced)} ${detail} ${String(isNarrow)}`,
    cells: () => (
      <>
        <td class="cut" colSpan={isNarrow ? 3 : 1} data-tip={isNarrow ? clean(detail, 600) : ''}>
          {thread === undefined ? '' : `${clean(thread, 60)}, `}async id {id} {isNarrow ? clean(detail, 200) : ''}
        </td>
        {isNarrow ? null : <td colSpan={4}>{detailCell}</td>}
        <td class="num c-oldest">
          <Oldest ms={ageMs} />
        </td>
        <td class="c-refd">{referenced === null ? NOT_KNOWN : referenced ? 'yes' : 'no'}</td>
        <td />
      </>
    ),
  };
}

function remarkRow(key: string, text: string, more: (() => void) | null, moreText: string): SubRow {
  return {
    key,
    signature: `${text} ${moreText} ${String(more !== null)} ${String(narrow.value)}`,
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

function chainRow({ parents }: PendingGroup, sites: Snapshot['sites']): SubRow[] {
  if (parents.length === 0) return [];
  const signature = `${parents.map((id) => JSON.stringify(sites[id])).join(' ')} ${String(narrow.value)}`;
  const cells = (): JSX.Element => (
    <td colSpan={narrow.value ? 5 : 8}>
      <Chain parents={parents} sites={sites} />
    </td>
  );
  return [{ key: 'chain', signature, cells }];
}

function instanceRows(row: PendingRow, answer: Instances | undefined, gone: boolean): SubRow[] {
  if (!answer) {
    const text = gone ? 'The target cannot be asked for these any more.' : `Asking the target for ${counted(row)}…`;
    return [remarkRow('asking', text, null, '')];
  }
  const rows = answer.instances.map((one) =>
    instanceRow({ ...one, referenced: one.referenced ?? (row.referenced === 0 ? false : null) }),
  );
  const left = answer.total - answer.instances.length;
  if (rows.length === 0 && left <= 0) return [remarkRow('none', 'None of them is left.', null, '')];
  if (left <= 0) return rows;
  const isMost = rows.length >= MOST_INSTANCES;
  const of = (row.estimated ? ABOUT : '') + whole(answer.total);
  const why = isMost ? ', the most at a time' : row.estimated ? ', those that are followed' : '';
  const text = `${whole(rows.length)} of ${of} shown${why}.`;
  const more = gone || !mayHaveMore(row.key, rows.length) ? null : (): void => showMore(row.key);
  return [...rows, remarkRow('more', text, more, `Show ${Math.min(50, left)} more`)];
}

/** A group inside an opened grouping, in the columns of the table. */
function memberRow(group: PendingGroup, columns: Column<PendingRow>[], around: Around): SubRow {
  const [row] = rowsBy('Type and site', [group], around);
  return {
    key: group.key,
    signature: `${group.count} ${group.delta} ${age(group.oldestMs)} ${group.referenced ?? ''} ${group.site ?? ''} ${String(row?.estimated)}`,
    cells: () =>
      row
        ? columns.map((column) => (
            <td key={column.id} class={`${column.numeric ? 'num ' : ''}${column.className ?? ''}`}>
              {column.id === 'type' ? <span class="mono">{clean(group.type, 120)}</span> : column.cell(row)}
            </td>
          ))
        : null,
  };
}

function nothingPending({ pendingTotals }: Snapshot): JSX.Element {
  const left = Object.values(pendingTotals).reduce<number>((total, count: number | null) => total + (count ?? 0), 0);
  return (
    <div class="none">
      <span>Nothing is pending.</span>
      {left === 0 ? (
        <span class="dim">
          No timer, request or handle is left. Node would end this process now; it only waits for Loopscope to let go.
        </span>
      ) : (
        <span class="dim">{whole(left)} are counted, but not yet known by type.</span>
      )}
    </div>
  );
}

/** What is pending by type and creation site; a row opens to its members. */
export function Pending({ shown, snapshot }: { shown: Shown; snapshot: Snapshot }): JSX.Element {
  const { filters, sorts, alive, groupBy, open } = view.value;
  const { pending, sites, windowMs } = snapshot;
  const filter = filters.pending.trim();
  const { test } = pendingFilter(filter);
  const around = { sites, windowMs, trends: shown.trends, warned: warnedKeys(snapshot) };
  const kept = (group: PendingGroup): boolean => (!alive || keepsAlive(group)) && (!test || test(group, around));
  if (pending.length === 0) return nothingPending(snapshot);
  const hidden = pending.filter((group) => !kept(group)).length;
  if (hidden === pending.length) {
    const clear = (): void => choose({ filters: { ...filters, pending: '' }, alive: false });
    return <NoMatch hidden={hidden} noun={['group', 'groups']} onClear={clear} />;
  }
  const single = groupBy === 'Type and site';
  const columns = columnsOf(shown, snapshot);
  const gone = shown.attachment.state === 'detached' || panel.value.recording !== null;
  const warned = snapshot.findings.map((finding) => finding.id).join(' ');
  // Groupings gather only what the filter leaves; single rows are filtered after they are ordered, so that none "ends" by it.
  const rows = rowsBy(groupBy, single ? pending : pending.filter(kept), snapshot);
  return (
    <Table
      id="pendingTable"
      role="treegrid"
      label={`Pending, by ${groupBy.toLowerCase()}`}
      noun="groups"
      columns={columns}
      rows={rows}
      visible={(row) => !row.group || kept(row.group)}
      signature={(row, ended) => {
        const trend = row.group ? (shown.trends.get(row.key) ?? []).join() : row.members.length;
        const site = row.group?.site == null ? '' : JSON.stringify(sites[row.group.site]);
        const cells = [
          row.label,
          row.phase ?? '',
          row.count,
          row.delta,
          windowMs,
          age(row.oldestMs),
          row.referenced ?? '',
          String(row.estimated),
          site,
        ];
        return [...cells, trend, ended, warned].join(' ');
      }}
      ended={(row) => ({ ...row, count: 0, referenced: 0, delta: 0 })}
      sort={sorts.pending}
      orderSignature={`${shown.attachment.attachmentId} ${groupBy}${single ? '' : ` ${filter} ${String(alive)}`}`}
      onSort={(sort) => choose({ sorts: { ...sorts, pending: sort } })}
      isOpen={(row) => open.includes(row.key)}
      onToggle={(key) => toggleRow(key, single)}
      under={(row) =>
        row.group
          ? [...chainRow(row.group, sites), ...instanceRows(row, shown.instances.get(row.key), gone)]
          : row.members.map((group) => memberRow(group, columns, snapshot))
      }
    />
  );
}
