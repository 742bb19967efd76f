import * as l10n from '@vscode/l10n';
import type { Finding } from '../../protocol/snapshot';
import type { HeldCalls } from '../hot';
import { callee, duration, hasName, percent, place, shorten } from '../words';
import { least, type Rule } from './rule';

const ID = 'synchronous-call';
const LEAST_SPAN_MS = 5000;
const AT_MOST = 3;

/** A synchronous call or a regular expression takes a good part of the loop's time, in which nothing else can run. */
export const synchronousCalls: Rule = {
  id: ID,
  check(view) {
    const { spanMs, calls } = view.heldCalls;
    if (spanMs < LEAST_SPAN_MS) return [];
    const found: Finding[] = [];
    for (const call of calls) {
      const { site: id, ms } = call;
      const findingId = `${ID}:${id} ${call.module ?? 'RegExp'} ${call.what}`;
      const share = ms / spanMs;
      if (found.length === AT_MOST || share < least(view.thresholds.synchronousShare, findingId, view)) continue;
      const site = view.site(id);
      if (!site) continue;
      const held = [shorten(whatOf(call)), duration(ms), duration(spanMs), percent(share)];
      const text = hasName(site)
        ? l10n.t('In {0}, {1} held up the loop for {2} of the last {3} ({4}), by CPU samples.', callee(site), ...held)
        : l10n.t('At {0}, {1} held up the loop for {2} of the last {3} ({4}), by CPU samples.', place(site), ...held);
      found.push({
        id: findingId,
        rule: ID,
        severity: 'warning',
        text,
        site: id,
        action: 'profile',
      });
    }
    return found;
  },
};

function whatOf({ what, module }: HeldCalls['calls'][number]): string {
  if (module === 'JSON') return `JSON.${what}`;
  return module === null
    ? l10n.t('the regular expression {0}', what)
    : l10n.t({ message: '{0} of {1}', args: [what, module], comment: 'a function of a module' });
}
