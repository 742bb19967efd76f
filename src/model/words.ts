import * as l10n from '@vscode/l10n';
import type { PhaseName, Site, TargetState } from '../protocol/snapshot';

const MAX_NAME = 80;

/** One line of bounded length, of a text that came from the target. */
export function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > MAX_NAME ? `${line.slice(0, MAX_NAME - 1)}…` : line;
}

/** What a table has for a name that the target chose: not what every object has. */
export function entryOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** "a, b, c". */
export function listed(texts: readonly string[]): string {
  return texts.length === 0 ? '' : texts.reduce((before, text) => l10n.t('{0}, {1}', before, text));
}

/** "0.3 ms", "350 ms", "4.2 s", "42 s", "4 min", "3 h", "2 days". */
export function duration(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9950) return `${Number((ms / 1000).toFixed(1))} s`;
  if (ms < 59_500) return `${Math.round(ms / 1000)} s`;
  if (ms < 59.5 * 60_000) return l10n.t('{0} min', Math.round(ms / 60_000));
  const hours = Math.round(ms / 3_600_000);
  return hours < 48 ? l10n.t('{0} h', hours) : l10n.t('{0} days', Math.round(hours / 24));
}

/** "812 kB", "412 MB", "1.5 GB"; in powers of 1024, as Node's own memory options count. */
export function bytes(count: number): string {
  const mega = count / 2 ** 20;
  if (mega < 0.9995) return `${Math.round(count / 1024)} kB`;
  if (mega < 9.95) return `${Number(mega.toFixed(1))} MB`;
  if (mega < 1023.5) return `${Math.round(mega)} MB`;
  return `${Number((mega / 1024).toFixed(1))} GB`;
}

/** "31 %", "0.4 %". */
export function percent(share: number): string {
  return `${share < 0.0095 ? Number((share * 100).toFixed(1)) : Math.round(share * 100)} %`;
}

/** "2 a second", or "30 a minute" for what is slower than one a second. */
export function rate(perSecond: number): string {
  const count = shownRate(perSecond);
  return perSecond < SLOW ? l10n.t('{0} a minute', count) : l10n.t('{0} a second', count);
}

/** "2 more a second", "30 more a minute". */
export function moreAt(perSecond: number): string {
  const count = shownRate(perSecond);
  return perSecond < SLOW ? l10n.t('{0} more a minute', count) : l10n.t('{0} more a second', count);
}

/** What is slower is counted by the minute. */
const SLOW = 0.95;

function shownRate(perSecond: number): number {
  if (perSecond < SLOW) return Math.max(1, Math.round(perSecond * 60));
  return perSecond < 9.95 ? Number(perSecond.toFixed(1)) : Math.round(perSecond);
}

/** "report.ts:88": the last part of a site's address, and its line. */
export function place(site: Site): string {
  const path = site.url.replace(/[?#].*$/, '');
  const name = path.split(/[/\\]/).pop() ?? '';
  return `${shorten(decoded(name || path || l10n.t('unnamed script')))}:${site.line}`;
}

/** "buildReport at report.ts:88", or "at report.ts:88" when the function has no name. */
export function callee(site: Site): string {
  return hasName(site) ? l10n.t('{0} at {1}', shorten(site.function), place(site)) : l10n.t('at {0}', place(site));
}

/** Whether the function at a place has a name. */
export function hasName(site: Site): boolean {
  return !/^\s*(?:$|[(<])/.test(site.function);
}

const PHASE_WORDS: Record<PhaseName, string> = {
  pending: 'pending',
  prepare: 'prepare',
  poll: 'poll',
  check: 'check',
  close: 'close',
  timers: 'timers',
  nextTick: 'nextTick',
  microtasks: 'microtask',
};

/** "timers callback". */
export function callbackOf(phase: PhaseName): string {
  return l10n.t('{0} callback', PHASE_WORDS[phase]);
}

const STATES: Record<TargetState, string> = {
  running: l10n.t('running'),
  paused: l10n.t('paused'),
  blocked: l10n.t('blocked'),
  notAnswering: l10n.t('not answering'),
  detached: l10n.t('detached'),
};

/** "not answering". */
export function stateInWords(state: TargetState): string {
  return STATES[state];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % in a file name
  }
}
