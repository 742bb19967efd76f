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
    const where = site ? `, ${callee(site)}` : '';
    const callbacks = longest ? `; callbacks ran for up to ${duration(longest.durationMs)}${where}` : '';
    const text = `${late} of ${count} timers of the last ${duration(spanMs)} started more than ${duration(lateTimersMs)} late, the worst by ${duration(worstMs)}${callbacks}.`;
    return [{ id: ID, rule: ID, severity: 'warning', text, site: longest?.site ?? null, action: 'profile' }];
  },
};
