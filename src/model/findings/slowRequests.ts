import type { Finding, PendingGroup } from '../../protocol/snapshot';
import { nounOf } from '../kinds';
import { duration, place } from '../words';
import type { Rule, RuleView, Thresholds } from './rule';

const AT_MOST = 3;

/** Requests of a kind that are pending for longer than the threshold, each place once. */
function slow(id: string, isWrite: boolean, threshold: keyof Thresholds, why: string): Rule {
  return {
    id,
    check(view) {
      // While the loop stands still nobody can tell whether they are over.
      if (view.hasPause || view.state !== 'running') return 'lookAgain';
      const found: Finding[] = [];
      for (const group of view.requests) {
        if (found.length === AT_MOST) break;
        // A long callback in this window may have kept it from ending.
        const sureMs = (group.oldestMs ?? 0) - view.windowMs;
        if (sureMs < view.thresholds[threshold]) continue;
        if ((group.type === 'WRITEWRAP') !== isWrite || view.isHeld(`request-leak:${group.key}`)) continue;
        const text = `${sentence(group, view)}${why}.`;
        const findingId = `${id}:${group.key}`;
        found.push({ id: findingId, rule: id, severity: 'warning', text, site: group.site, action: 'showPending' });
      }
      return found;
    },
  };
}

function sentence({ type, count, oldestMs, site: id }: PendingGroup, view: RuleView): string {
  const site = id === null ? undefined : view.site(id);
  const from = ` from ${site ? place(site) : 'a place that is not known'}`;
  const many = nounOf(type);
  const age = duration(oldestMs ?? 0);
  return count === 1
    ? `1 ${many.replace(/s$/, '')}${from} has been pending for ${age}`
    : `${count} ${many}${from} are pending, the oldest for ${age}`;
}

/** A request that does not end. */
export const slowRequests = slow('slow-request', false, 'slowRequestMs', '');

/** Back-pressure: what is written goes nowhere, and more of it is kept in memory unless the program waits. */
export const slowWrites = slow(
  'slow-write',
  true,
  'slowWriteMs',
  ': the other side does not read; unless the program waits for "drain", what it writes is kept in memory',
);
