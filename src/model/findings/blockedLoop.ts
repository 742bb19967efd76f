import * as l10n from '@vscode/l10n';
import type { Finding, Site } from '../../protocol/snapshot';
import type { LongCallback } from '../longCallbacks';
import type { Rule } from './rule';
import { callbackOf, callee, duration } from '../words';

const ID = 'blocked-loop';
const SERIOUS_MS = 1000;

/** One callback kept the loop for longer than the threshold: the one that still runs, else the worst of the minute. */
export const blockedLoop: Rule = {
  id: ID,
  check(view) {
    // A callback that is halted in a debugger is not slow.
    if (view.state === 'paused') return 'lookAgain';
    const { blockedLoopMs } = view.thresholds;
    const { openCallback: open, longest } = view;
    const isWorst = view.state === 'blocked' || (open?.sinceMs ?? 0) >= (longest?.durationMs ?? 0);
    if (open && open.sinceMs >= blockedLoopMs && isWorst) {
      const site = open.site === null ? undefined : view.site(open.site);
      const [callback, since] = [callbackOf(open.phase), duration(open.sinceMs)];
      const text = site
        ? l10n.t('A {0} has been running for {1}, {2}.', callback, since, callee(site))
        : l10n.t('A {0} has been running for {1}.', callback, since);
      return [finding(open.sinceMs, open.site, text)];
    }
    if (!longest || longest.durationMs < blockedLoopMs) return [];
    const site = longest.site === null ? undefined : view.site(longest.site);
    return [finding(longest.durationMs, longest.site, sentence(longest, site))];
  },
};

function finding(ms: number, site: number | null, text: string): Finding {
  return { id: ID, rule: ID, severity: ms >= SERIOUS_MS ? 'error' : 'warning', text, site, action: 'profile' };
}

function sentence({ phase, durationMs, lateTimers }: LongCallback, site: Site | undefined): string {
  const [callback, time] = [callbackOf(phase), duration(durationMs)];
  const ran = site
    ? l10n.t('One {0} ran for {1}, {2}', callback, time, callee(site))
    : l10n.t('One {0} ran for {1}', callback, time);
  if (lateTimers === 0) return l10n.t('{0}.', ran);
  return lateTimers === 1
    ? l10n.t('{0}; it held up 1 timer.', ran)
    : l10n.t('{0}; it held up {1} timers.', ran, lateTimers);
}
