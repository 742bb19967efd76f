import * as l10n from '@vscode/l10n';
import type { Finding, PendingGroup } from '../../protocol/snapshot';
import { enough, type Rule, type RuleView } from './rule';
import { counted, kindOf, type Kind } from '../kinds';
import { duration, place, rate } from '../words';

/** Fewer than this are no leak yet, however they grow. */
const LEAST = 10;
/** Findings of one rule at the same time, largest first: one leak often shows at several places. */
const AT_MOST = 5;
/** With so many groups another one is compared, largest first. */
const COMPARED = 50;

/** What is made, or promises that are awaited, at one place faster than they end. */
function growing(id: string, kind: Kind): Rule {
  return {
    id,
    check(view) {
      const found: Finding[] = [];
      for (const { group, kind: itsKind, growth, goingOn } of view.growing) {
        if (found.length === AT_MOST) break;
        if (itsKind !== kind || group.count < LEAST) continue;
        const findingId = `${id}:${group.key}`;
        const isHeld = view.isHeld(findingId);
        const perSecond = enough(isHeld ? goingOn : growth, view, isHeld);
        if (perSecond === null || (kind === 'promise' && waitsForAnother(group, view))) continue;
        found.push({
          id: findingId,
          rule: id,
          severity: 'warning',
          text: sentence(view, group, perSecond),
          site: group.site,
          action: 'showPending',
        });
      }
      return found;
    },
  };
}

/** Of async functions that wait for one another all grow: the one that is waited for says it. */
function waitsForAnother({ site, parents }: PendingGroup, view: RuleView): boolean {
  if (site === null) return false;
  return view.growing.slice(0, COMPARED).some(({ group: other, growth, goingOn }) => {
    if (other.site === null || other.site === site || !other.parents.includes(site)) return false;
    // In a circle of calls each says it.
    if (parents.includes(other.site)) return false;
    return other.count >= LEAST && enough(growth ?? goingOn, view, false) !== null;
  });
}

function sentence(view: RuleView, group: PendingGroup, perSecond: number): string {
  const site = group.site === null ? undefined : view.site(group.site);
  const at = site ? place(site) : l10n.t('a place that is not known');
  const isPromise = kindOf(group.type) === 'promise';
  const number = counted(group.count, group.type);
  const about = isPromise && view.promises?.method === 'sampled' ? l10n.t('About {0}', number) : number;
  const grow = isPromise
    ? l10n.t('{0} awaited at {1} are pending and grow by {2}', about, at, rate(perSecond))
    : l10n.t('{0} from {1} are pending and grow by {2}', about, at, rate(perSecond));
  return group.oldestMs === null
    ? l10n.t('{0}.', grow)
    : l10n.t('{0}; the oldest is {1} old.', grow, duration(group.oldestMs));
}

export const growingTimers = growing('timer-leak', 'timer');
export const growingHandles = growing('handle-leak', 'handle');
export const growingRequests = growing('request-leak', 'request');
export const growingPromises = growing('promise-leak', 'promise');
