import * as l10n from '@vscode/l10n';
import { callee, duration } from '../words';
import { least, type Rule } from './rule';

const ID = 'late-timers';
/** Fewer timers, or less time, say nothing yet. */
const LEAST_TIMERS = 10;
const LEAST_SPAN_MS = 5000;
const SHARE = 0.5;

/** Not one timer but most of them start late: the loop has more to do than it can, or its process gets no processor. */
export const lateTimers: Rule = {
  id: ID,
  check(view) {
    if (view.hasPause) return 'lookAgain';
    const { lateTimersMs } = view.thresholds;
    const { spanMs, count, late, worstMs } = view.lately.timers(lateTimersMs);
    if (count < LEAST_TIMERS || spanMs < LEAST_SPAN_MS || late < count * least(SHARE, ID, view)) return [];
    const { longest } = view;
    const site = longest && longest.site !== null ? view.site(longest.site) : undefined;
    const started = l10n.t(
      '{0} of {1} timers of the last {2} started more than {3} late, the worst by {4}',
      late,
      count,
      duration(spanMs),
      duration(lateTimersMs),
      duration(worstMs),
    );
    let text = l10n.t('{0}.', started);
    if (longest && site) {
      text = l10n.t('{0}; callbacks ran for up to {1}, {2}.', started, duration(longest.durationMs), callee(site));
    } else if (longest) text = l10n.t('{0}; callbacks ran for up to {1}.', started, duration(longest.durationMs));
    return [{ id: ID, rule: ID, severity: 'warning', text, site: longest?.site ?? null, action: 'profile' }];
  },
};
