import * as l10n from '@vscode/l10n';
import type { Rule } from './rule';
import type { Starvation } from '../starvation';
import { callee, duration, rate } from '../words';

const ID = 'starved-loop';

/** The loop stands still because one of the queues between its callbacks does not become empty. */
export const starvedLoop: Rule = {
  id: ID,
  check(view) {
    if (view.state === 'paused') return 'lookAgain';
    const { starvation } = view;
    if (!starvation) return [];
    const { site } = starvation;
    const place = site === null ? undefined : view.site(site);
    const why = whyOf(starvation);
    const text = place ? l10n.t('{0}; most time is spent in {1}.', why, callee(place)) : l10n.t('{0}.', why);
    return [{ id: ID, rule: ID, severity: 'error', text, site, action: 'profile' }];
  },
};

function whyOf({ queue, sinceMs, perSecond }: Starvation): string {
  const since = duration(sinceMs);
  if (perSecond !== null) {
    return l10n.t(
      'The loop has not turned for {0}: process.nextTick callbacks keep adding new ones, {1}',
      since,
      rate(perSecond),
    );
  }
  return queue === 'nextTick'
    ? l10n.t('The loop has not turned for {0}: the nextTick queue does not become empty', since)
    : l10n.t('The loop has not turned for {0}: the microtask queue (promise callbacks) does not become empty', since);
}
