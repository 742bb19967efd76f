import { PANEL_TABS, type PanelTab, type TimeStretch } from '../src/protocol/panel';

export const GROUPINGS = ['typeAndSite', 'type', 'phase', 'site', 'file', 'package'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface Sort {
  column: string;
  descending: boolean;
}

/** What the reader chose in the page: kept over hiding and "Reload Window". */
export interface ViewState {
  tab: PanelTab;
  filters: Record<PanelTab, string>;
  sorts: Record<PanelTab, Sort>;
  /** Only what keeps the process alive. */
  alive: boolean;
  /** Hot functions are shown as a flame view. */
  flame: boolean;
  groupBy: Grouping;
  /** Keys of the opened rows of {@link ViewState.attachmentId}. */
  open: string[];
  /** What is looked at of it instead of the latest beat. */
  looked: TimeStretch | null;
  attachmentId: string | null;
}

export const INITIAL_VIEW: ViewState = {
  tab: 'pending',
  filters: { pending: '', listeners: '', hot: '', process: '', compare: '' },
  sorts: {
    pending: { column: 'count', descending: true },
    listeners: { column: 'count', descending: true },
    hot: { column: 'self', descending: true },
    process: { column: '', descending: true },
    compare: { column: 'process', descending: false },
  },
  alive: false,
  flame: false,
  groupBy: 'typeAndSite',
  open: [],
  looked: null,
  attachmentId: null,
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function oneOf<T extends string>(values: readonly T[], value: unknown, otherwise: T): T {
  return values.find((candidate) => candidate === value) ?? otherwise;
}

function readSort(value: unknown, otherwise: Sort): Sort {
  if (!isRecord(value) || typeof value.column !== 'string') return otherwise;
  return { column: value.column, descending: value.descending === true };
}

function readStretch(value: unknown): TimeStretch | null {
  if (!isRecord(value)) return null;
  const { fromMs, toMs } = value;
  return typeof fromMs === 'number' && typeof toMs === 'number' && fromMs <= toMs ? { fromMs, toMs } : null;
}

/** Reads a kept view state field by field, since an older version may have written it. */
export function readViewState(kept: unknown): ViewState {
  if (!isRecord(kept)) return INITIAL_VIEW;
  const filters = isRecord(kept.filters) ? kept.filters : {};
  const sorts = isRecord(kept.sorts) ? kept.sorts : {};
  const open = Array.isArray(kept.open) ? kept.open : [];
  const byTab = <T>(read: (tab: PanelTab) => T): Record<PanelTab, T> => ({
    pending: read('pending'),
    listeners: read('listeners'),
    hot: read('hot'),
    process: read('process'),
    compare: read('compare'),
  });
  return {
    tab: oneOf(PANEL_TABS, kept.tab, INITIAL_VIEW.tab),
    filters: byTab((tab) => (typeof filters[tab] === 'string' ? filters[tab] : '')),
    sorts: byTab((tab) => readSort(sorts[tab], INITIAL_VIEW.sorts[tab])),
    alive: kept.alive === true,
    flame: kept.flame === true,
    groupBy: oneOf(GROUPINGS, kept.groupBy, INITIAL_VIEW.groupBy),
    open: open.filter((key): key is string => typeof key === 'string').slice(0, 50),
    looked: readStretch(kept.looked),
    attachmentId: typeof kept.attachmentId === 'string' ? kept.attachmentId : null,
  };
}
