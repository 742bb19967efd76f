import type { LoggedEvent } from '../processLog';
import { duration, shorten } from '../words';
import type { Rule } from './rule';

const ID = 'process-event';
const AT_MOST = 5;

const HAPPENED: Record<LoggedEvent['kind'], string> = {
  warning: 'The process has given a warning',
  uncaughtException: 'An exception has been caught by nothing but the process',
  unhandledRejection: 'A rejected promise has been handled by nothing but the process',
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
      .map(({ kind, name, message, count, agoMs }) => ({
        id: `${ID}:${kind} ${name} ${message}`,
        rule: ID,
        severity: kind === 'warning' ? 'warning' : 'error',
        text: `${HAPPENED[kind]}${count > 1 ? ` ${count} times in the last minute` : ''}, ${agoMs < 1000 ? 'just now' : `last ${duration(agoMs)} ago`}: ${name ? `${shorten(name)}: ` : ''}${said(message)}`,
        site: null,
        action: null,
      }));
  },
};

/** A sentence ends with a full stop. */
function said(message: string): string {
  const text = message.replace(/\s+/g, ' ').trim().slice(0, 200);
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
