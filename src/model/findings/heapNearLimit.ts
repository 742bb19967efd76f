import { least, type Rule } from './rule';
import { bytes, duration } from '../words';

const ID = 'heap-near-limit';
const SERIOUS_SHARE = 0.95;
/** The heap swings with the collections: it takes so much of the threshold to go on. */
const TO_GO_ON = 0.95;
/** Slower growth than this is not worth a word. */
const LEAST_GROWTH_BYTES = 2 ** 20;

/** The heap is so near to its limit that the process may soon end with "out of memory". */
export const heapNearLimit: Rule = {
  id: ID,
  check(view) {
    const { heapUsedBytes: used, heapLimitBytes: limit } = view.memory;
    if (used === null || limit === null || limit <= 0) return 'lookAgain';
    const share = used / limit;
    if (share < least(view.thresholds.heapShare, ID, view, TO_GO_ON)) return [];
    const growth = view.heapGrowthBytesPerMinute();
    const growing =
      growth !== null && growth >= LEAST_GROWTH_BYTES
        ? `, and grows by ${bytes(growth)} a minute: it is full in ${duration((Math.max(0, limit - used) / growth) * 60_000)} at this rate`
        : '';
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
