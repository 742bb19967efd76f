import type { Rule } from './rule';
import { blockedLoop } from './blockedLoop';
import { debugged } from './debugged';
import { exhaustedPool } from './exhaustedPool';
import { fullServer } from './fullServer';
import { garbageCollection } from './garbageCollection';
import { growingHandles, growingPromises, growingRequests, growingTimers } from './growing';
import { growingBuffers } from './growingBuffers';
import { heapNearLimit } from './heapNearLimit';
import { lateTimers } from './lateTimers';
import { growingListeners, listenersOverLimit } from './listeners';
import { noErrorListener } from './noErrorListener';
import { processEvents } from './processEvents';
import { slowRequests, slowWrites } from './slowRequests';
import { starvedLoop } from './starvedLoop';
import { synchronousCalls } from './synchronousCalls';
import { threadPoolFull } from './threadPool';

/** All rules, in the order in which findings of equal weight are shown. */
export const rules: readonly Rule[] = [
  processEvents,
  blockedLoop,
  starvedLoop,
  synchronousCalls,
  lateTimers,
  garbageCollection,
  threadPoolFull,
  heapNearLimit,
  growingBuffers,
  growingTimers,
  growingHandles,
  growingRequests,
  growingPromises,
  slowRequests,
  slowWrites,
  exhaustedPool,
  fullServer,
  noErrorListener,
  listenersOverLimit,
  growingListeners,
  debugged,
];
