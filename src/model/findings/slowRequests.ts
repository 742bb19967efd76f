import * as l10n from '@vscode/l10n';
import type { Finding, PendingGroup } from '../../protocol/snapshot';
import { counted } from '../kinds';
import { duration, place } from '../words';
import type { Rule, RuleView, Thresholds } from './rule';

const AT_MOST = 3;

/** Requests of a kind that are pending for longer than the threshold, each place once. */
function slow(id: string, isWrite: boolean, threshold: keyof Thresholds): Rule {
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
        const pending = sentence(group, view);
        const text = isWrite
          ? l10n.t(
              '{0}: the other side does not read; unless the program waits for "drain", what it writes is kept in memory.',
              pending,
            )
          : l10n.t('{0}.', pending);
        const findingId = `${id}:${group.key}`;
        found.push({ id: findingId, rule: id, severity: 'warning', text, site: group.site, action: 'showPending' });
      }
      return found;
    },
  };
}

function sentence({ type, count, oldestMs, site: id }: PendingGroup, view: RuleView): string {
  const site = id === null ? undefined : view.site(id);
  const from = site ? place(site) : l10n.t('a place that is not known');
  const [number, age] = [counted(count, type), duration(oldestMs ?? 0)];
  return count === 1
    ? l10n.t('{0} from {1} has been pending for {2}', number, from, age)
    : l10n.t('{0} from {1} are pending, the oldest for {2}', number, from, age);
}

/** A request that does not end. */
export const slowRequests = slow('slow-request', false, 'slowRequestMs');

/** Back-pressure: what is written goes nowhere, and more of it is kept in memory unless the program waits. */
export const slowWrites = slow('slow-write', true, 'slowWriteMs');
