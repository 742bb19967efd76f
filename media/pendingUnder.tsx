import * as l10n from '@vscode/l10n';
import { MOST_INSTANCES } from '../src/protocol/panel';
import type { Snapshot } from '../src/protocol/snapshot';
import { filled } from './filled';
import { age, clean, NOT_KNOWN, whole } from './format';
import { ageOf, rowOf, type Around, type PendingRow, type KnownGroup } from './groups';
import { ABOUT } from './parts';
import { counted, Oldest } from './pendingColumns';
import type { Instances, Shown } from './reducer';
import { SiteLink } from './site';
import { mayHaveMore, showMore } from './store';
import type { Column, SubRow } from './table';
import type { Trends } from './trends';
import { narrow } from './width';

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
  let made: PendingRow | undefined;
  const member = (): PendingRow => (made ??= rowOf(group, around));
  return {
    key: group.key,
    signature: () => {
      const { count, delta, referenced, site } = group;
      const figures = [count, delta, age(ageOf(group, around.elapsedMs)), referenced ?? '', site ?? ''];
      return [...figures, String(member().estimated), trends.of(group.key).join()].join(' ');
    },
    cells: () =>
      columns.map((column) => (
        <td key={column.id} class={`${column.numeric ? 'num ' : ''}${column.className ?? ''}`}>
          {column.id === 'type' ? <span class="mono">{clean(group.type, 120)}</span> : column.cell(member())}
        </td>
      )),
  };
}

/** What stands under an opened row: its members, and what awaits the oldest of them. */
export function rowsUnder(
  row: PendingRow,
  { trends, instances }: Pick<Shown, 'trends' | 'instances'>,
  columns: Column<PendingRow>[],
  around: Around,
  gone: boolean,
): SubRow[] {
  return row.group
    ? [...parentRows(row.group, around.sites), ...instanceRows(row, instances.get(row.key), gone)]
    : row.members.map((group) => memberRow(group, columns, around, trends));
}
