import type { Finding } from '../../protocol/snapshot';
import { callee, duration, percent, shorten } from '../words';
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
    for (const { what, site: id, ms } of calls) {
      const findingId = `${ID}:${id} ${what}`;
      const share = ms / spanMs;
      if (found.length === AT_MOST || share < least(view.thresholds.synchronousShare, findingId, view)) continue;
      const site = view.site(id);
      if (!site) continue;
      const where = `In ${callee(site)}`.replace(/^In at /, 'At ');
      found.push({
        id: findingId,
        rule: ID,
        severity: 'warning',
        text: `${where}, ${shorten(what)} held up the loop for ${duration(ms)} of the last ${duration(spanMs)} (${percent(share)}), by CPU samples.`,
        site: id,
        action: 'profile',
      });
    }
    return found;
  },
};
