import * as l10n from '@vscode/l10n';
import type { Finding, ListenerGroup } from '../../protocol/snapshot';
import { enough, type Rule, type RuleView } from './rule';
import { moreAt, place, rate, shorten } from '../words';

const LEAST = 10;
const AT_MOST = 5;

/** One emitter has more listeners for one event than its own limit, which is when Node warns of a leak. */
export const listenersOverLimit: Rule = {
  id: 'listeners-over-limit',
  check(view) {
    return view.listeners
      .filter(isOverLimit)
      .slice(0, AT_MOST)
      .map((row): Finding => {
        const growth = growthOf(view, row);
        const has = l10n.t(
          '{0} has {1} "{2}" listeners (limit {3})',
          nameOf(row),
          row.count,
          shorten(row.event),
          row.limit ?? 0,
        );
        const told = withPlace(has, view, row);
        const text = growth === null ? l10n.t('{0}.', told) : l10n.t('{0}, and gets {1}.', told, moreAt(growth));
        return finding('listeners-over-limit', row, text);
      });
  },
};

/** Listeners of one event become more and more, also where no limit is set; those over it have said so already. */
export const growingListeners: Rule = {
  id: 'listener-leak',
  check(view) {
    const found: Finding[] = [];
    for (const row of view.listeners) {
      if (found.length === AT_MOST) break;
      // Emitters taken together include those that nobody uses any more and that are not collected yet.
      if (row.emitters > 1 || row.count < LEAST || isOverLimit(row)) continue;
      const growth = growthOf(view, row, view.isHeld(`listener-leak:${row.key}`));
      if (growth === null) continue;
      const has = l10n.t('{0} has {1} "{2}" listeners', nameOf(row), row.count, shorten(row.event));
      const text = l10n.t('{0}, and they grow by {1}.', withPlace(has, view, row), rate(growth));
      found.push(finding('listener-leak', row, text));
    }
    return found;
  },
};

function isOverLimit(row: ListenerGroup): boolean {
  return row.emitters === 1 && row.limit !== null && row.limit > 0 && row.count > row.limit;
}

function growthOf(view: RuleView, row: ListenerGroup, isHeld = false): number | null {
  return enough(view.listenerGrowth(row.key, isHeld), view, isHeld);
}

function nameOf(row: ListenerGroup): string {
  return shorten(row.emitter) || l10n.t('An emitter');
}

/** The same with who adds most of them. */
function withPlace(has: string, view: RuleView, row: ListenerGroup): string {
  const [top] = row.sites;
  const site = top && view.site(top.site);
  if (!site) return has;
  return top.count >= row.count
    ? l10n.t('{0}, all of them added at {1}', has, place(site))
    : l10n.t('{0}, {1} of them added at {2}', has, top.count, place(site));
}

function finding(rule: string, row: ListenerGroup, text: string): Finding {
  return {
    id: `${rule}:${row.key}`,
    rule,
    severity: 'warning',
    text,
    site: row.sites[0]?.site ?? null,
    action: 'showListeners',
  };
}
