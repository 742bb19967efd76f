import * as l10n from '@vscode/l10n';
import type { Site } from '../src/protocol/snapshot';

/** Stands for "not known"; its reason is near: measured by, hover, notes. */
export const NOT_KNOWN = '–';

/** Stands in the place of a site that nobody recorded. */
export const BEFORE_ATTACH = l10n.t('before attach');

const NARROW_SPACE = '\u202f';
const MINUS = '\u2212';

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, NARROW_SPACE);
}

/** A number with fixed decimals: `–` for not known, `0` for a measured zero, `<0.1` for what is small but not zero. */
export function fixed(value: number | null | undefined, digits = 1): string {
  if (value === null || value === undefined) return NOT_KNOWN;
  if (value === 0) return '0';
  const unit = 10 ** -digits;
  if (Math.abs(value) < unit / 2) return `<${digits === 0 ? '1' : unit.toFixed(digits)}`;
  const [whole = '', fraction] = Math.abs(value).toFixed(digits).split('.');
  return (value < 0 ? MINUS : '') + grouped(whole) + (fraction ? `.${fraction}` : '');
}

/** A count. */
export function whole(value: number | null | undefined): string {
  return value === null || value === undefined ? NOT_KNOWN : grouped(String(Math.round(value)));
}

/** A change, with a sign unless it is zero. */
export function signed(value: number, digits = 1): string {
  if (value === 0) return '0';
  return (value > 0 ? '+' : MINUS) + grouped(Math.abs(value).toFixed(digits));
}

/** A share as per cent, without the sign. */
export function percent(share: number | null, digits = 0): string {
  return share === null ? NOT_KNOWN : fixed(share * 100, share > 0 && share < 0.01 ? 1 : digits);
}

/** How old something is, in its largest unit. */
export function age(ms: number | null): string {
  if (ms === null) return NOT_KNOWN;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 3_600_000) return l10n.t('{0} min', Math.floor(ms / 60_000));
  if (ms < 86_400_000) return l10n.t('{0} h', Math.floor(ms / 3_600_000));
  return l10n.t('{0} d', Math.floor(ms / 86_400_000));
}

/** A stretch of time in a sentence: tenths below ten seconds. */
export function duration(ms: number): string {
  return ms >= 0 && ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : age(Math.max(0, ms));
}

/** Time of day in the reader's time zone, 24 hours. */
export function clock(timeMs: number): string {
  const date = new Date(timeMs);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

const MEGABYTE = 2 ** 20;

/** Bytes as MB of 2^20, as Node counts its own memory options. */
export function megabytes(bytes: number | null): string {
  return bytes === null ? NOT_KNOWN : fixed(bytes / MEGABYTE, 0);
}

/** Bytes in their largest unit, for a sentence. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/**
 * Text of the target, made safe to show in a line: bounded, and without control characters and those that turn the
 * direction of what stands beside them.
 */
export function clean(text: string, limit = 240): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  // eslint-disable-next-line no-control-regex -- these are what must not get through
  return cut.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, '\ufffd');
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

/** Thousands of rows ask for the same of their places in every beat. */
function once(of: (site: Site) => string): (site: Site) => string {
  const known = new WeakMap<Site, string>();
  return (site) => {
    let text = known.get(site);
    if (text === undefined) known.set(site, (text = of(site)));
    return text;
  };
}

/** "report.ts:88". */
export const placeOf = once((site) => `${fileOf(site)}:${site.line}`);

/** "report.ts". */
export const fileOf = once((site) => {
  const name = decoded(site.url.replace(/[?#].*$/, ''))
    .split(/[/\\]/)
    .pop();
  return clean(name === undefined || name === '' ? l10n.t('(no file)') : name, 80);
});

/** The whole path with line and column. */
export function pathOf(site: Site): string {
  return `${clean(decoded(site.url.replace(/^file:\/\//, '')), 400)}:${site.line}:${site.column}`;
}

/** What a filter finds a place by: its function, file, line and path. */
export function siteText(site: Site | undefined): string {
  return site ? wordsOf(site) : BEFORE_ATTACH;
}

const wordsOf = once((site) => `${site.function}\n${placeOf(site)}\n${pathOf(site)}`.toLowerCase());

const YOUR_CODE = l10n.t('your code');

/** The package of a place; what belongs to none is the reader's own. */
export function packageText(site: Site | undefined): string {
  return site ? (site.package ?? YOUR_CODE) : BEFORE_ATTACH;
}

/** What a link to a place says on hover. */
export function siteTip(site: Site): string {
  const lines = [l10n.t('{0} at {1}', clean(site.function, 120) || l10n.t('(anonymous)'), pathOf(site))];
  if (site.package !== null) lines.push(l10n.t('Package {0}', clean(site.package, 120)));
  if (site.generated) {
    const { url, line, column } = site.generated;
    const place = `${clean(decoded(url.replace(/^file:\/\//, '')), 240)}:${line}:${column}`;
    lines.push(l10n.t('Runs as {0}', place));
  }
  return [...lines, l10n.t('Go to line')].join('\n');
}
