import * as l10n from '@vscode/l10n';
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
    const [part, span] = [percent(share), duration(spanMs)];
    const text =
      used === null || limit === null
        ? l10n.t('Garbage collection took {0} of the last {1}, by CPU samples.', part, span)
        : l10n.t(
            'Garbage collection took {0} of the last {1}, by CPU samples; the heap uses {2} of its limit of {3}.',
            part,
            span,
            bytes(used),
            bytes(limit),
          );
    return [
      {
        id: ID,
        rule: ID,
        severity: share >= SERIOUS_SHARE ? 'error' : 'warning',
        text,
        site: null,
        action: 'showProcess',
      },
    ];
  },
};
