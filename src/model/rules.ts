import type { Rule } from './findings';
import { blockedLoop } from './blockedLoopRule';
import { growingHandles, growingPromises, growingRequests, growingTimers } from './growingRules';
import { heapNearLimit } from './heapRule';
import { growingListeners, listenersOverLimit } from './listenerRules';
import { starvedLoop } from './starvedLoopRule';

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
