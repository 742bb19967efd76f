import type { Rule } from './rule';
import type { Starvation } from '../starvation';
import { callee, duration, rate } from '../words';

const ID = 'starved-loop';
const QUEUES: Record<Starvation['queue'], string> = {
  nextTick: 'nextTick queue',
  microtasks: 'microtask queue (promise callbacks)',
};

/** The loop stands still because one of the queues between its callbacks does not become empty. */
export const starvedLoop: Rule = {
  id: ID,
  check(view) {
    if (view.state === 'paused') return 'lookAgain';
    const { starvation } = view;
    if (!starvation) return [];
    const { queue, sinceMs, perSecond, site } = starvation;
    const why =
      perSecond === null
        ? `the ${QUEUES[queue]} does not become empty`
        : `process.nextTick callbacks keep adding new ones, ${rate(perSecond)}`;
    const place = site === null ? undefined : view.site(site);
    const where = place ? `; most time is spent in ${callee(place)}` : '';
    const text = `The loop has not turned for ${duration(sinceMs)}: ${why}${where}.`;
    return [{ id: ID, rule: ID, severity: 'error', text, site, action: 'profile' }];
  },
};
