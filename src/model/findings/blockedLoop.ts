import type { Finding } from '../../protocol/snapshot';
import type { Rule, RuleView } from './rule';
import { callbackOf, callee, duration, plural } from '../words';

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
      const text = `A ${callbackOf(open.phase)} has been running for ${duration(open.sinceMs)}${at(view, open.site)}.`;
      return [finding(open.sinceMs, open.site, text)];
    }
    if (!longest || longest.durationMs < blockedLoopMs) return [];
    const held = longest.lateTimers > 0 ? `; it held up ${plural(longest.lateTimers, 'timer')}` : '';
    const text = `One ${callbackOf(longest.phase)} ran for ${duration(longest.durationMs)}${at(view, longest.site)}${held}.`;
    return [finding(longest.durationMs, longest.site, text)];
  },
};

function finding(ms: number, site: number | null, text: string): Finding {
  return { id: ID, rule: ID, severity: ms >= SERIOUS_MS ? 'error' : 'warning', text, site, action: 'profile' };
}

function at(view: RuleView, id: number | null): string {
  const site = id === null ? undefined : view.site(id);
  return site ? `, ${callee(site)}` : '';
}
