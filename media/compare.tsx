import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { ComparedProcess } from '../src/protocol/panel';
import { filterOf, type Vocabulary } from './filter';
import { clean, fixed, megabytes, percent, whole } from './format';
import { STATE_FACES } from './header';
import { post } from './host';
import { Icon } from './icons';
import { NoMatch } from './marks';
import { about } from './parts';
import type { Shown } from './reducer';
import { choose, panel, view } from './store';
import { Table, type Column } from './table';

interface Row extends ComparedProcess {
  key: string;
  /** Where it stands in the tree. */
  at: number;
  isShown: boolean;
}

const MOST_INDENTS = 6;

const COUNTS = [
  ['timers', l10n.t('Timers'), ''],
  ['immediates', l10n.t('Immediates'), ' nar2'],
  ['requests', l10n.t('Requests'), ' c-more'],
  ['handles', l10n.t('Handles'), ' c-more'],
  ['promises', l10n.t('Promises'), ' nar2'],
] as const;

/** In these the figures are those of before. */
const isOld = ({ state }: Row): boolean => state !== 'running' && state !== 'blocked';

function Name({ row, indents }: { row: Row; indents: number }): JSX.Element {
  return (
    <span class="branch" style={{ paddingLeft: `calc(${indents} * var(--indent))` }}>
      <button
        class="link cut"
        tabIndex={-1}
        aria-current={row.isShown}
        data-tip={row.isShown ? l10n.t('Shown above') : l10n.t('Show this process')}
        onClick={() => post({ type: 'select', attachmentId: row.attachmentId })}
      >
        {clean(row.name, 120)}
      </button>
      <span class="dim">{row.pid}</span>
    </span>
  );
}

function columnsOf(isTree: boolean): Column<Row>[] {
  const figure = (
    id: string,
    title: string,
    tip: string,
    value: (row: Row) => number | null,
    text: (row: Row) => string,
    more = '',
  ): Column<Row> => {
    const cell = (row: Row): JSX.Element => <span class={isOld(row) ? 'dim' : ''}>{text(row)}</span>;
    return { id, title, tip, numeric: true, className: `c-figure${more}`, value, cell };
  };
  return [
    {
      id: 'process',
      title: l10n.t('Process'),
      tip: l10n.t('A process stands below the one that has started it'),
      className: 'c-process',
      value: (row) => row.at,
      cell: (row) => <Name row={row} indents={isTree ? Math.min(row.depth, MOST_INDENTS) : 0} />,
    },
    {
      id: 'state',
      title: l10n.t('State'),
      className: 'c-state',
      value: (row) => STATE_FACES[row.state].text,
      cell: ({ state }) => (
        <span class="face" data-tip={STATE_FACES[state].text}>
          <Icon name={STATE_FACES[state].icon} tone={STATE_FACES[state].tone} />
          <span class="word cut">{STATE_FACES[state].text}</span>
        </span>
      ),
    },
    figure(
      'utilization',
      l10n.t('Active %'),
      l10n.t('Event loop utilization: the share of the last beat in which the loop did not wait'),
      (row) => row.utilization,
      ({ utilization, utilizationMethod }) => about(utilizationMethod, utilization) + percent(utilization),
    ),
    figure(
      'late',
      l10n.t('Late ms'),
      l10n.t('How late timers started: the latest of the last 10 s. Not known where none ran, and at level observe'),
      (row) => row.latenessMaxMs,
      (row) => fixed(row.latenessMaxMs),
    ),
    figure(
      'heap',
      l10n.t('Heap MB'),
      l10n.t('Heap used'),
      (row) => row.heapUsedBytes,
      (row) => megabytes(row.heapUsedBytes),
    ),
    ...COUNTS.map(([kind, title, more]) =>
      figure(
        kind,
        title,
        kind === 'promises' ? l10n.t('Pending now; counted at level deep') : l10n.t('Pending now'),
        (row) => row.pending?.[kind] ?? null,
        (row) => whole(row.pending?.[kind]),
        more,
      ),
    ),
  ];
}

export const COMPARE_WORDS: Vocabulary<Row, null> = {
  text: (row) => `${row.name} ${row.pid} ${STATE_FACES[row.state].text}`.toLowerCase(),
  fields: {
    name: { kind: 'text', help: l10n.t('name of the script'), of: (row) => row.name },
    pid: { kind: 'number', help: l10n.t('number of the process'), of: (row) => row.pid },
    state: { kind: 'text', help: l10n.t('its state'), of: (row) => `${row.state}\n${STATE_FACES[row.state].text}` },
    active: {
      kind: 'number',
      help: l10n.t('utilization in percent'),
      of: (row) => row.utilization && row.utilization * 100,
    },
    late: { kind: 'number', help: l10n.t('milliseconds that timers started late'), of: (row) => row.latenessMaxMs },
    heap: {
      kind: 'number',
      help: l10n.t('megabytes of heap'),
      of: (row) => row.heapUsedBytes && row.heapUsedBytes / 2 ** 20,
    },
  },
  flags: {},
};

export const compareFilter = filterOf(COMPARE_WORDS);

/** The attached processes side by side, each below the one that has started it; any can be shown. */
export function Compare({ shown }: { shown: Shown }): JSX.Element | null {
  const { filters, sorts } = view.value;
  const { compared } = panel.value;
  if (!compared) return null;
  const { targetId } = shown.attachment;
  const rows = compared.map((one, at): Row => {
    return { ...one, key: one.attachmentId, at, isShown: one.attachmentId === targetId };
  });
  const { test } = compareFilter(filters.compare);
  const visible = test && ((row: Row): boolean => test(row, null));
  if (rows.length > 0 && visible && !rows.some(visible)) {
    const clear = (): void => choose({ filters: { ...filters, compare: '' } });
    return <NoMatch hidden={rows.length} noun="process" onClear={clear} />;
  }
  const isTree = sorts.compare.column === 'process' && !sorts.compare.descending;
  return (
    <>
      <Table
        id="compareTable"
        role="grid"
        label={l10n.t('Attached processes')}
        columns={columnsOf(isTree)}
        rows={rows}
        visible={visible}
        signature={(row, ended) => JSON.stringify({ ...row, ended, isTree })}
        ended={(row) => ({ ...row, state: 'detached' as const })}
        sort={sorts.compare}
        // A child that comes has its place: a tree is in order or is wrong.
        orderSignature={isTree ? rows.map(({ key, depth }) => `${depth} ${key}`).join() : ''}
        onSort={(sort) => choose({ sorts: { ...sorts, compare: sort } })}
      />
      {rows.length < 2 ? (
        <p class="hint dim">
          {l10n.t(
            'Attach to more processes to see them side by side; with loopscope.followChildren those that this one starts come by themselves.',
          )}
        </p>
      ) : null}
    </>
  );
}
