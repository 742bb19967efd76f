import { bytes, duration, percent } from '../words';
import { least, type Rule } from './rule';

const ID = 'gc-share';
const LEAST_SPAN_MS = 8000;
const SERIOUS_SHARE = 0.5;

/** Collecting garbage takes much of the loop's time. */
export const garbageCollection: Rule = {
  id: ID,
  check(view) {
    if (view.hasPause) return 'lookAgain';
    const { spanMs, gcMs } = view.lately.collections();
    if (spanMs < LEAST_SPAN_MS) return [];
    const share = gcMs / spanMs;
    if (share < least(view.thresholds.gcShare, ID, view)) return [];
    const { heapUsedBytes: used, heapLimitBytes: limit } = view.memory;
    const heap =
      used === null || limit === null ? '' : `; the heap uses ${bytes(used)} of its limit of ${bytes(limit)}`;
    return [
      {
        id: ID,
        rule: ID,
        severity: share >= SERIOUS_SHARE ? 'error' : 'warning',
        text: `Garbage collection took ${percent(share)} of the last ${duration(spanMs)}, by CPU samples${heap}.`,
        site: null,
        action: 'showProcess',
      },
    ];
  },
};
