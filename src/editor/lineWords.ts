import { short } from './bounds';
import { listenersAt, MOST_OF_A_LINE, pendingAt, type LineFigures } from './lineFigures';

/** VS Code's own `l10n`. */
export interface Words {
  t(message: string, ...values: (string | number)[]): string;
}

/** Where the figures come from. */
export interface Origin {
  name: string;
  pid: number;
  /** Counts of promises are estimates. */
  promisesSampled: boolean;
  /** The file is younger than the process. */
  fileChanged: boolean;
}

/** The commands that a hover has links to; no other command may be run from it. */
export const HOVER_COMMANDS = ['loopscope.showPanel', 'loopscope.keepAlive', 'loopscope.toggleInlineFigures'] as const;

/** "240 pending, +2/s, oldest 4 min · 14 listeners · ≈ 41 % of the loop". */
export function textOf(figures: LineFigures, { promisesSampled }: Origin, l10n: Words): string {
  const count = pendingAt(figures);
  const listeners = listenersAt(figures);
  const share = Math.max(0, ...figures.hot.map((one) => one.share));
  const about = promisesSampled && figures.pending.some(({ type }) => type === 'PROMISE') ? '≈ ' : '';
  const pending = [
    ...(count > 0 ? [about + l10n.t('{0} pending', count)] : []),
    ...growthOf(figures, l10n),
    ...oldestOf(figures.pending, l10n),
  ];
  return [
    listed(pending, l10n),
    listeners > 0 ? l10n.t('{0} listeners', listeners) : '',
    share > 0 ? l10n.t('≈ {0} % of the loop', Math.round(share * 100)) : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** The numbers behind the text and what to do, in Markdown: of the target's own texts nothing is more than text. */
export function hoverOf(figures: LineFigures, origin: Origin, l10n: Words): string {
  const lines = [
    ...figures.findings.slice(0, MOST_OF_A_LINE).map((text) => `⚠ ${escaped(text)}`),
    ...figures.pending.slice(0, MOST_OF_A_LINE).map((group) => {
      const about = origin.promisesSampled && group.type === 'PROMISE' ? '≈ ' : '';
      const words = [about + l10n.t('{0} pending of type {1}', group.count, escaped(group.type))];
      if (group.referenced !== null) words.push(l10n.t('{0} keep the process alive', group.referenced));
      return listed([...words, ...oldestOf([group], l10n)], l10n);
    }),
    ...growthOf(figures, l10n).map((growth) => l10n.t('{0} over the last ten seconds', growth)),
    ...figures.listeners.slice(0, MOST_OF_A_LINE).map(({ group, count }) => {
      const words = l10n.t('{0} of {1} listeners for {2} of {3}', count, group.count, ...namesOf(group));
      return group.limit === null || group.limit === 0
        ? words
        : listed([words, l10n.t('limit {0}', group.limit)], l10n);
    }),
    ...figures.hot.slice(0, MOST_OF_A_LINE).map((one) => {
      const name = escaped(one.function) || l10n.t('a function without a name');
      return l10n.t('≈ {0} % of the loop in {1} and what it calls: CPU samples', Math.round(one.share * 100), name);
    }),
  ];
  const title = `**Loopscope** ${l10n.t('{0} (pid {1})', escaped(origin.name), origin.pid)}`;
  const changed = l10n.t('The file was changed after the process had started: the figures may belong to another line.');
  const links = [
    `[${l10n.t('Show Panel')}](command:${HOVER_COMMANDS[0]})`,
    `[${l10n.t('What Keeps This Process Alive?')}](command:${HOVER_COMMANDS[1]})`,
    `[${l10n.t('Hide Figures in the Code')}](command:${HOVER_COMMANDS[2]})`,
  ].join(' · ');
  const list = lines.map((line) => `- ${line}`).join('\n');
  return [title, list, ...(origin.fileChanged ? [changed] : []), links].join('\n\n');
}

const LONG = 300;

function listed(parts: readonly string[], l10n: Words): string {
  return parts.length === 0 ? '' : parts.reduce((before, part) => l10n.t('{0}, {1}', before, part));
}

function namesOf({ event, emitter }: { event: string; emitter: string }): [string, string] {
  return [escaped(event), escaped(emitter)];
}

/** Nothing in it is a link, an address, an icon, HTML or formatting. */
function escaped(text: string): string {
  const line = text.replace(/[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu, ' ');
  return short(line, LONG).replace(/[!-/:-@[-`{-~]/g, '\\$&');
}

function growthOf({ growthPerSecond }: LineFigures, l10n: Words): string[] {
  if (growthPerSecond === null) return [];
  const perMinute = Math.round(growthPerSecond * 60);
  if (growthPerSecond < 0.95) return [l10n.t('+{0}/min', perMinute)];
  return [l10n.t('+{0}/s', growthPerSecond < 9.95 ? Number(growthPerSecond.toFixed(1)) : Math.round(growthPerSecond))];
}

/** From a second on. */
function oldestOf(groups: readonly { oldestMs: number | null }[], l10n: Words): string[] {
  const oldestMs = Math.max(0, ...groups.map((group) => group.oldestMs ?? 0));
  return oldestMs < 1000 ? [] : [l10n.t('oldest {0}', age(oldestMs, l10n))];
}

function age(ms: number, l10n: Words): string {
  if (ms < 60_000) return l10n.t('{0} s', Math.floor(ms / 1000));
  if (ms < 3_600_000) return l10n.t('{0} min', Math.floor(ms / 60_000));
  if (ms < 86_400_000) return l10n.t('{0} h', Math.floor(ms / 3_600_000));
  return l10n.t('{0} d', Math.floor(ms / 86_400_000));
}
