import type { Rule } from './rule';
import { blockedLoop } from './blockedLoop';
import { growingHandles, growingPromises, growingRequests, growingTimers } from './growing';
import { heapNearLimit } from './heapNearLimit';
import { growingListeners, listenersOverLimit } from './listeners';
import { starvedLoop } from './starvedLoop';

/** All rules, in the order in which findings of equal weight are shown. */
export const rules: readonly Rule[] = [
  blockedLoop,
  starvedLoop,
  heapNearLimit,
  growingTimers,
  growingHandles,
  growingRequests,
  growingPromises,
  listenersOverLimit,
  growingListeners,
];
