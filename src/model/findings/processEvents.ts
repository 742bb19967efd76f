import * as l10n from '@vscode/l10n';
import type { LoggedEvent } from '../processLog';
import { duration, shorten } from '../words';
import type { Rule } from './rule';

const ID = 'process-event';
const AT_MOST = 5;

const HAPPENED: Record<LoggedEvent['kind'], string> = {
  warning: l10n.t('The process has given a warning'),
  uncaughtException: l10n.t('An exception has been caught by nothing but the process'),
  unhandledRejection: l10n.t('A rejected promise has been handled by nothing but the process'),
};

/** Warnings, uncaught exceptions and unhandled rejections, as they happen. */
export const processEvents: Rule = {
  id: ID,
  // The minute that is looked at is long enough.
  holdMs: 0,
  check(view) {
    return view.processEvents
      .filter(({ count }) => count >= view.thresholds.processEventsPerMinute)
      .slice(0, AT_MOST)
      .map((event) => ({
        id: `${ID}:${event.kind} ${event.name} ${event.message}`,
        rule: ID,
        severity: event.kind === 'warning' ? 'warning' : 'error',
        text: sentence(event),
        site: null,
        action: null,
      }));
  },
};

function sentence({ kind, name, message, count, agoMs }: LoggedEvent): string {
  const once = HAPPENED[kind];
  const happened = count > 1 ? l10n.t('{0} {1} times in the last minute', once, count) : once;
  const text = name ? `${shorten(name)}: ${said(message)}` : said(message);
  return agoMs < 1000
    ? l10n.t('{0}, just now: {1}', happened, text)
    : l10n.t('{0}, last {1} ago: {2}', happened, duration(agoMs), text);
}

/** A sentence ends with a full stop. */
function said(message: string): string {
  const text = message.replace(/\s+/g, ' ').trim().slice(0, 200);
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
