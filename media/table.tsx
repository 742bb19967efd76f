import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { CopyAs } from '../src/protocol/panel';
import { asMarkdown, asText, type TextColumn } from './copy';
import { NOT_KNOWN } from './format';
import { post } from './host';
import { Line, Lines } from './lines';
import { arrange, type Order, type Placed } from './rows';
import { copyShown, hostNowMs, revealKey } from './store';
import type { Sort } from './viewState';

/** The most rows that are copied at a time. */
const MOST_COPIED = 1000;

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
  /** Its value changes with the row only, not with time. */
  steady?: boolean;
  /** How it is copied; its value where nothing else is said, and null when it is left out. */
  text?: ((row: R) => string) | null;
  cell: (row: R) => ComponentChildren;
}

/** A row that stands under another one: a member of an opened group, or a remark. */
export interface SubRow {
  key: string;
  /** Changes when and only when the cells do. */
  signature: () => string;
  cells: () => ComponentChildren;
}

/** A line under a row, and the key of that line. */
interface Under {
  key: string;
  sub: SubRow;
}

interface TableProps<R extends { key: string }> {
  id: string;
  label: string;
  /** A treegrid has rows that open. */
  role: 'grid' | 'treegrid';
  columns: Column<R>[];
  /** All rows, whatever the filter: only so is seen which ended. */
  rows: readonly R[];
  /** Null when all are. */
  visible: ((row: R) => boolean) | null;
  /** Changes when and only when the row's cells do. */
  signature: (row: R, ended: boolean) => string;
  /** What is shown of a row that has ended. */
  ended: (row: R) => R;
  sort: Sort;
  /** Distinguishes orders that have nothing in common, such as groupings. */
  orderSignature: string;
  onSort: (sort: Sort) => void;
  isOpen?: (row: R) => boolean;
  onToggle?: (key: string) => void;
  under?: (row: R) => SubRow[];
}

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

/** The columns that are copied. */
function textColumns<R>(columns: readonly Column<R>[]): TextColumn<R>[] {
  return columns.flatMap(({ title, value, text }) => {
    if (text === null || (!text && !value)) return [];
    return [{ title, text: text ?? ((row: R) => String(value?.(row) ?? NOT_KNOWN)) }];
  });
}

const keyOf = <R extends { key: string }>(line: Placed<R> | Under): string => ('row' in line ? line.row.key : line.key);

/** Where a key leads to from a line; null for keys that move nowhere. */
function moved(key: string, at: number, count: number): number | null {
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1, PageDown: at + 10, PageUp: at - 10 }[key];
  return to === undefined ? null : Math.max(0, Math.min(count - 1, to));
}

/** Follows the link of a row, or opens it; false when the key was meant for what is in it. */
function follow(event: KeyboardEvent, row: HTMLElement, toggle: () => void): boolean {
  if (event.target !== row) return false;
  const link = row.querySelector<HTMLElement>('a.site, button.link');
  if (link) link.click();
  else if (row.hasAttribute('aria-expanded')) toggle();
  return true;
}

/** A table that sorts, keeps its order calm while it is read, and is one tab stop; only what is in sight is drawn. */
export function Table<R extends { key: string }>(props: TableProps<R>): JSX.Element {
  const { columns, rows, sort, onSort, onToggle, isOpen, under, visible } = props;
  const order = useRef<Order<R> | null>(null);
  const body = useRef<HTMLTableSectionElement | null>(null);
  const held = useSignal({ pointer: false, focus: false });
  const active = useSignal<string | null>(null);
  const focusNext = useRef(false);
  const by = columns.find((column) => column.id === sort.column && column.value) ?? null;
  order.current = arrange(order.current, rows, {
    signature: `${props.orderSignature} ${sort.column} ${String(sort.descending)}`,
    value: by?.value ?? (() => null),
    isFigure: by?.numeric === true,
    isSteady: by?.steady === true,
    descending: sort.descending,
    held: held.value.pointer || held.value.focus,
    ended: props.ended,
    nowMs: hostNowMs.peek(),
  });
  const { placed } = order.current;
  const matching = visible ? placed.filter(({ row }) => visible(row)) : placed;
  const lines =
    isOpen && under && matching.some(({ row }) => isOpen(row))
      ? matching.flatMap((one): (Placed<R> | Under)[] => {
          const { row } = one;
          if (!isOpen(row)) return [one];
          return [one, ...under(row).map((sub) => ({ key: `${row.key}/${sub.key}`, sub }))];
        })
      : matching;
  const activeAt = active.value === null ? -1 : lines.findIndex((line) => keyOf(line) === active.value);
  const tabStop = Math.max(0, activeAt);

  const focusLine = (at: number): void => {
    const line = lines[at];
    if (!line) return;
    focusNext.current = true;
    active.value = keyOf(line);
    focusActive();
  };
  /** It may have to be drawn first. */
  const focusActive = (): void => {
    if (!focusNext.current || active.value === null) return;
    const row = body.current?.querySelector<HTMLElement>(`tr[data-key="${CSS.escape(active.value)}"]`);
    if (!row) return;
    focusNext.current = false;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
  };
  useLayoutEffect(() => {
    const key = revealKey.value;
    if (key !== null) focusLine(lines.findIndex((line) => keyOf(line) === key));
    focusActive();
  });

  const copy = (as: CopyAs): void => {
    const texts = textColumns(columns);
    const all = matching.map(({ row }) => row);
    if (as === 'tableMarkdown') {
      post({ type: 'copyText', text: asMarkdown(texts, all.slice(0, MOST_COPIED)) });
      return;
    }
    const row = all.find(({ key }) => active.value === key || active.value?.startsWith(`${key}/`));
    if (row) post({ type: 'copyText', text: as === 'row' ? asText(texts, [row]) : asMarkdown(texts, [row]) });
  };
  useLayoutEffect(() => {
    copyShown.current = copy;
    return () => {
      if (copyShown.current === copy) copyShown.current = null;
    };
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rowOf(event.target);
    if (row && event.code === 'KeyC' && (event.ctrlKey || event.metaKey) && !event.shiftKey) {
      // A text that was marked is copied by the browser.
      if (!event.altKey && getSelection()?.isCollapsed === false) return;
      copy(event.altKey ? 'rowMarkdown' : 'row');
      event.preventDefault();
      return;
    }
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const { key = '' } = row.dataset;
    const at = lines.findIndex((line) => keyOf(line) === key);
    const expanded = row.getAttribute('aria-expanded');
    const to = moved(event.key, at, lines.length);
    if (to !== null) focusLine(to);
    else if (event.key === 'ArrowRight') {
      if (expanded === 'false') onToggle?.(key);
    } else if (event.key === 'ArrowLeft') {
      if (expanded === 'true') onToggle?.(key);
      else if (row.getAttribute('aria-level') === '2') {
        focusLine(lines.findLastIndex((line, index) => index < at && 'row' in line));
      }
    } else if (event.key !== 'Enter' || !follow(event, row, () => onToggle?.(key))) return;
    event.preventDefault();
  };

  const draw = (at: number): JSX.Element => {
    const line = lines[at];
    if (!line) return <></>;
    const key = keyOf(line);
    const place = { rowKey: key, index: at + 2, focusable: at === tabStop, selected: at === activeAt };
    if (!('row' in line)) {
      const { signature, cells } = line.sub;
      return (
        <Line key={key} {...place} signature={signature()} className="sub" level={2} expanded={null} cells={cells} />
      );
    }
    const { row, endedAtMs } = line;
    const isEnded = endedAtMs !== null;
    return (
      <Line
        key={key}
        {...place}
        signature={props.signature(row, isEnded)}
        className={isEnded ? 'ended' : ''}
        level={isOpen ? 1 : null}
        expanded={isOpen ? isOpen(row) : null}
        cells={() =>
          columns.map((column) => (
            <td key={column.id} class={`${column.numeric ? 'num ' : ''}${column.className ?? ''}`}>
              {column.cell(row)}
            </td>
          ))
        }
      />
    );
  };

  return (
    <table
      id={props.id}
      role={props.role}
      aria-label={props.label}
      aria-rowcount={lines.length + 1}
      data-vscode-context='{"webviewSection":"loopscopeTable","preventDefaultContextMenuItems":true}'
      onKeyDown={onKeyDown}
    >
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
        <Lines body={body} count={lines.length} columns={columns.length} active={activeAt} draw={draw} />
      </tbody>
    </table>
  );
}
