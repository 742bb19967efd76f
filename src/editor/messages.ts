import { DEFAULTS } from '../protocol/defaults';
import { MOST_INSTANCES, type FromPanel, type PanelThresholds, type TimeStretch } from '../protocol/panel';
import { LEVELS } from '../protocol/snapshot';

const KEY_LENGTH = 2000;
const COPIED_LENGTH = 4_000_000;
const THRESHOLDS = Object.keys(DEFAULTS.thresholds) as (keyof PanelThresholds)[];

type Fields = Record<string, unknown>;
type Parser = (fields: Fields) => FromPanel | null;

type Plain = 'ready' | 'pick' | 'connect' | 'cancel' | 'detach' | 'reattach' | 'refresh' | 'copySnapshot' | 'profile';

const plain = (type: Plain) => {
  return (): FromPanel => ({ type });
};

const PARSERS: Record<FromPanel['type'], Parser> = {
  ready: plain('ready'),
  pick: plain('pick'),
  connect: plain('connect'),
  cancel: plain('cancel'),
  detach: plain('detach'),
  reattach: plain('reattach'),
  refresh: plain('refresh'),
  copySnapshot: plain('copySnapshot'),
  profile: plain('profile'),
  seek: ({ frame }) => (isWhole(frame) ? { type: 'seek', frame } : null),
  stretch: ({ from, to }) => (isWhole(from) && isWhole(to) && from <= to ? { type: 'stretch', from, to } : null),
  export: ({ as }) => (as === 'trace' || as === 'report' ? { type: 'export', as } : null),
  attach: ({ pid }) => (isWhole(pid) && pid > 0 ? { type: 'attach', pid } : null),
  look: ({ at }) => {
    const stretch = at === null ? null : stretchOf(at);
    return stretch === undefined ? null : { type: 'look', at: stretch };
  },
  flame: ({ shown }) => (typeof shown === 'boolean' ? { type: 'flame', shown } : null),
  compare: ({ shown }) => (typeof shown === 'boolean' ? { type: 'compare', shown } : null),
  pauseView: ({ paused }) => (typeof paused === 'boolean' ? { type: 'pauseView', paused } : null),
  setLevel: ({ level }) => {
    const known = LEVELS.find((one) => one === level);
    return known ? { type: 'setLevel', level: known } : null;
  },
  select: ({ attachmentId }) => (isText(attachmentId, 200) ? { type: 'select', attachmentId } : null),
  selectThread: ({ threadId }) => (isWhole(threadId) || threadId === 'all' ? { type: 'selectThread', threadId } : null),
  copyText: ({ text }) => (isText(text, COPIED_LENGTH) ? { type: 'copyText', text } : null),
  openThreshold: ({ name }) => {
    const known = THRESHOLDS.find((one) => one === name);
    return known ? { type: 'openThreshold', name: known } : null;
  },
  openSite: ({ site }) => (isWhole(site) ? { type: 'openSite', site } : null),
  instances: ({ key, limit }) => {
    if (!isText(key, KEY_LENGTH) || !isWhole(limit) || limit < 1) return null;
    return { type: 'instances', key, limit: Math.min(limit, MOST_INSTANCES) };
  },
};

/** A message of the page, rebuilt from its known fields only; null when its type, a shape or a bound is wrong. */
export function parseFromPanel(message: unknown): FromPanel | null {
  if (typeof message !== 'object' || message === null) return null;
  const fields = message as Fields;
  const { type } = fields;
  if (typeof type !== 'string' || !Object.hasOwn(PARSERS, type)) return null;
  return PARSERS[type as FromPanel['type']](fields);
}

function stretchOf(value: unknown): TimeStretch | undefined {
  const { fromMs, toMs } = (typeof value === 'object' && value !== null ? value : {}) as Fields;
  return isTime(fromMs) && isTime(toMs) && fromMs <= toMs ? { fromMs, toMs } : undefined;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= most;
}
