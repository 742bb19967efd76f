import { nounOf } from '../kinds';
import { duration, place } from '../words';
import { least, type Rule } from './rule';

const ID = 'thread-pool';

/** File, DNS and crypto requests wait for one another, because every thread of the pool is at work. */
export const threadPoolFull: Rule = {
  id: ID,
  check(view) {
    if (view.hasPause || view.state !== 'running') return 'lookAgain';
    const { poolLoad: load } = view;
    if (!load || load.fullMs < least(view.thresholds.threadPoolMs, ID, view)) return [];
    const { size, requests, fullMs, most } = load;
    const site = most.site === null ? undefined : view.site(most.site);
    const from = site ? ` from ${place(site)}` : '';
    const waiting = requests > size ? `, ${requests - size} of them waiting for a thread` : '';
    const text = `All ${size} threads of the thread pool (UV_THREADPOOL_SIZE) have been busy for ${duration(fullMs)}: ${requests} requests are pending${waiting}; ${most.count === requests ? 'all' : most.count} are ${nounOf(most.type)}${from}.`;
    return [{ id: ID, rule: ID, severity: 'warning', text, site: most.site, action: 'showPending' }];
  },
};
