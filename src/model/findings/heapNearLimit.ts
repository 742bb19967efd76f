import type { Rule } from './rule';
import { bytes } from '../words';

const ID = 'heap-near-limit';
const SERIOUS_SHARE = 0.95;
/** Slower growth than this is not worth a word. */
const LEAST_GROWTH_BYTES = 2 ** 20;

/** The heap is so near to its limit that the process may soon end with "out of memory". */
export const heapNearLimit: Rule = {
  id: ID,
  check(view) {
    const { heapUsedBytes: used, heapLimitBytes: limit } = view.memory;
    if (used === null || limit === null || limit <= 0) return 'lookAgain';
    const share = used / limit;
    if (share < view.thresholds.heapShare) return [];
    const growth = view.heapGrowthBytesPerMinute;
    const growing = growth !== null && growth >= LEAST_GROWTH_BYTES ? `, and grows by ${bytes(growth)} a minute` : '';
    return [
      {
        id: ID,
        rule: ID,
        severity: share >= SERIOUS_SHARE ? 'error' : 'warning',
        text: `The heap uses ${bytes(used)} of its limit of ${bytes(limit)} (${Math.floor(share * 100)} %)${growing}.`,
        site: null,
        action: 'showProcess',
      },
    ];
  },
};
