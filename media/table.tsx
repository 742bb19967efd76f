import { useSignal } from '@preact/signals';
import { Component, type ComponentChildren, type JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { whole } from './format';
import { arrange, compareValues, type Order } from './rows';
import { hostNowMs, revealKey } from './store';
import type { Sort } from './viewState';

/** One column of a table of rows `R`. */
export interface Column<R> {
  id: string;
  title: string;
  tip?: string;
  numeric?: boolean;
  /** Class of its cells, which also gives its width. */
  className?: string;
  /** What it is sorted by; a column without is not sortable. */
  value?: (row: R) => string | number | null;
  cell: (row: R) => ComponentChildren;
}

/** A row that stands under another one: a member of an opened group, or a remark. */
export interface SubRow {
  key: string;
  /** Changes when and only when the cells do. */
  signature: string;
  cells: () => ComponentChildren;
}

interface LineProps {
  rowKey: string;
  signature: string;
  className: string;
  level: number | null;
  expanded: boolean | null;
  focusable: boolean;
  cells: () => ComponentChildren;
}

/** A table row that is drawn again only when something in it changed. */
class Line extends Component<LineProps> {
  override shouldComponentUpdate(next: LineProps): boolean {
    const now = this.props;
    return (
      now.signature !== next.signature ||
      now.className !== next.className ||
      now.expanded !== next.expanded ||
      now.focusable !== next.focusable
    );
  }

  override render({ rowKey, className, level, expanded, focusable, cells }: LineProps): JSX.Element {
    return (
      <tr
        class={className}
        data-key={rowKey}
        tabIndex={focusable ? 0 : -1}
        {...(level === null ? {} : { 'aria-level': level })}
        {...(expanded === null ? {} : { 'aria-expanded': expanded })}
      >
        {cells()}
      </tr>
    );
  }
}

interface TableProps<R extends { key: string }> {
  id: string;
  label: string;
  /** A treegrid has rows that open. */
  role: 'grid' | 'treegrid';
  columns: Column<R>[];
  /** All rows, whatever the filter: only so is seen which ended. */
  rows: readonly R[];
  visible: (row: R) => boolean;
  /** Changes when and only when the row's cells do. */
  signature: (row: R, ended: boolean) => string;
  ended: (row: R) => R;
  sort: Sort;
  /** Distinguishes orders that have nothing in common, such as groupings. */
  orderSignature: string;
  onSort: (sort: Sort) => void;
  isOpen?: (row: R) => boolean;
  onToggle?: (key: string) => void;
  under?: (row: R) => SubRow[];
  /** What counts the rows: "groups". */
  noun: string;
}

const CAP = 500;

function Head<R>({
  columns,
  sort,
  onSort,
}: {
  columns: Column<R>[];
  sort: Sort;
  onSort: (sort: Sort) => void;
}): JSX.Element {
  return (
    <thead>
      <tr>
        {columns.map((column) => {
          const by = sort.column === column.id;
          const className = `${column.numeric ? 'num ' : ''}${column.className ?? ''}`;
          if (!column.value) {
            return (
              <th key={column.id} scope="col" class={className} data-tip={column.tip ?? ''}>
                {column.title}
              </th>
            );
          }
          const next = (): void =>
            onSort({ column: column.id, descending: by ? !sort.descending : column.numeric === true });
          return (
            <th
              key={column.id}
              scope="col"
              class={className}
              data-tip={column.tip ?? ''}
              {...(by ? { 'aria-sort': sort.descending ? 'descending' : 'ascending' } : {})}
            >
              <button onClick={next}>
                {column.title}
                {by ? <span aria-hidden="true">{sort.descending ? ' ↓' : ' ↑'}</span> : null}
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

const rowOf = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('tr[data-key]') : null;

function siblings(row: HTMLElement): HTMLElement[] {
  return row.parentElement ? [...row.parentElement.querySelectorAll<HTMLElement>('tr[data-key]')] : [];
}

/** Arrows move between rows, right and left open and close, Enter follows the row's link. */
function onRowKey(event: KeyboardEvent, toggle: ((key: string) => void) | undefined): void {
  const row = rowOf(event.target);
  if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
  const rows = siblings(row);
  const at = rows.indexOf(row);
  const expanded = row.getAttribute('aria-expanded');
  const go = (index: number): void => rows[Math.max(0, Math.min(rows.length - 1, index))]?.focus();
  switch (event.key) {
    case 'ArrowDown':
      go(at + 1);
      break;
    case 'ArrowUp':
      go(at - 1);
      break;
    case 'Home':
      go(0);
      break;
    case 'End':
      go(rows.length - 1);
      break;
    case 'PageDown':
      go(at + 10);
      break;
    case 'PageUp':
      go(at - 10);
      break;
    case 'ArrowRight':
      if (expanded === 'false') toggle?.(row.dataset.key ?? '');
      break;
    case 'ArrowLeft':
      if (expanded === 'true') toggle?.(row.dataset.key ?? '');
      else if (row.getAttribute('aria-level') === '2') {
        rows
          .slice(0, at)
          .findLast((other) => other.getAttribute('aria-level') === '1')
          ?.focus();
      }
      break;
    case 'Enter': {
      if (event.target !== row) return;
      const link = row.querySelector<HTMLElement>('a.site, button.link');
      if (link) link.click();
      else if (expanded !== null) toggle?.(row.dataset.key ?? '');
      break;
    }
    default:
      return;
  }
  event.preventDefault();
}

/** A table that sorts, keeps its order calm while it is read, and is one tab stop. */
export function Table<R extends { key: string }>(props: TableProps<R>): JSX.Element {
  const { columns, rows, sort, onSort, onToggle, isOpen, under, visible, noun } = props;
  const order = useRef<Order<R> | null>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const held = useSignal({ pointer: false, focus: false });
  const active = useSignal<string | null>(null);
  const by = columns.find((column) => column.id === sort.column && column.value) ?? null;
  const value = by?.value;
  const arranged = arrange(order.current, rows, {
    signature: `${props.orderSignature} ${sort.column} ${String(sort.descending)}`,
    compare: (a, b) => (value ? compareValues(value(a), value(b), sort.descending) : 0) || a.key.localeCompare(b.key),
    figure: value && by.numeric ? (row) => Number(value(row) ?? 0) : null,
    descending: sort.descending,
    held: held.value.pointer || held.value.focus,
    nowMs: hostNowMs.peek(),
  });
  order.current = arranged.order;
  const matching = arranged.placed.filter(({ row }) => visible(row));
  const shown = matching.slice(0, CAP);
  const first = shown[0]?.row.key ?? null;
  const isShown =
    active.value !== null &&
    shown.some(({ row }) => active.value === row.key || active.value?.startsWith(`${row.key}/`));
  const tabStop = isShown ? active.value : first;

  useLayoutEffect(() => {
    const key = revealKey.value;
    if (key === null) return;
    const row = body.current?.querySelector<HTMLElement>(`tr[data-key="${CSS.escape(key)}"]`);
    row?.focus();
    row?.scrollIntoView({ block: 'nearest' });
  });

  const line = ({ row, ended }: (typeof shown)[number]): JSX.Element => {
    const drawn = ended ? props.ended(row) : row;
    const expanded = isOpen ? isOpen(row) : null;
    return (
      <Line
        key={row.key}
        rowKey={row.key}
        signature={props.signature(drawn, ended)}
        className={ended ? 'ended' : ''}
        level={isOpen ? 1 : null}
        expanded={expanded}
        focusable={tabStop === row.key}
        cells={() =>
          columns.map((column) => (
            <td key={column.id} class={`${column.numeric ? 'num ' : ''}${column.className ?? ''}`}>
              {column.cell(drawn)}
            </td>
          ))
        }
      />
    );
  };
  const lines = shown.flatMap((placed) => {
    const own = line(placed);
    if (!under || !isOpen?.(placed.row)) return [own];
    const below = under(placed.row).map((sub) => {
      const key = `${placed.row.key}/${sub.key}`;
      return (
        <Line
          key={key}
          rowKey={key}
          signature={sub.signature}
          className="sub"
          level={2}
          expanded={null}
          focusable={tabStop === key}
          cells={sub.cells}
        />
      );
    });
    return [own, ...below];
  });

  return (
    <table id={props.id} role={props.role} aria-label={props.label} onKeyDown={(event) => onRowKey(event, onToggle)}>
      <colgroup>
        {columns.map((column) => (
          <col key={column.id} class={column.className ?? ''} />
        ))}
      </colgroup>
      <Head columns={columns} sort={sort} onSort={onSort} />
      <tbody
        ref={body}
        onPointerEnter={() => (held.value = { ...held.value, pointer: true })}
        onPointerLeave={() => (held.value = { ...held.value, pointer: false })}
        onFocusIn={(event) => {
          const { target } = event;
          active.value = rowOf(target)?.dataset.key ?? null;
          const focus = target instanceof Element && target.matches(':focus-visible');
          if (held.value.focus !== focus) held.value = { ...held.value, focus };
        }}
        onFocusOut={() => {
          if (held.value.focus) held.value = { ...held.value, focus: false };
        }}
        onClick={(event) => {
          const row = rowOf(event.target);
          if (!onToggle || !row || (event.target instanceof Element && event.target.closest('a, button'))) return;
          if (row.hasAttribute('aria-expanded')) onToggle(row.dataset.key ?? '');
        }}
      >
        {lines}
        {matching.length > CAP ? (
          <tr class="sub" key="more">
            <td colSpan={columns.length}>
              {whole(matching.length - CAP)} more {noun}, use the filter.
            </td>
          </tr>
        ) : null}
      </tbody>
    </table>
  );
}
