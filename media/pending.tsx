import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Snapshot } from '../src/protocol/snapshot';
import { age, whole } from './format';
import { ageOf, GROUPING_NAMES, keepsAlive, rowsBy, type PendingRow, type KnownGroup } from './groups';
import { NoMatch } from './marks';
import { columnsOf } from './pendingColumns';
import { rowsUnder } from './pendingUnder';
import { pendingFilter, warnedKeys } from './pendingWords';
import type { KnownSnapshot, Shown } from './reducer';
import { choose, panel, toggleRow, view } from './store';
import { Table } from './table';
import { GatheredTrends, type Counts } from './trends';

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
      under={(row) => rowsUnder(row, shown, columns, around, gone)}
    />
  );
}
