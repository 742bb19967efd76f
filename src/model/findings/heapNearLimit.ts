import * as l10n from '@vscode/l10n';
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
    const uses = l10n.t(
      'The heap uses {0} of its limit of {1} ({2} %)',
      bytes(used),
      bytes(limit),
      Math.floor(share * 100),
    );
    const text =
      growth !== null && growth >= LEAST_GROWTH_BYTES
        ? l10n.t(
            '{0}, and grows by {1} a minute: it is full in {2} at this rate.',
            uses,
            bytes(growth),
            duration((Math.max(0, limit - used) / growth) * 60_000),
          )
        : l10n.t('{0}.', uses);
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
