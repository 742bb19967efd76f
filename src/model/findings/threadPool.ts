import * as l10n from '@vscode/l10n';
import type { PoolLoad } from '../threadPool';
import { duration, place } from '../words';
import { least, type Rule } from './rule';

const ID = 'thread-pool';
const REQUESTS: Readonly<Record<string, string>> = {
  FSREQCALLBACK: l10n.t('file requests'),
  FSREQPROMISE: l10n.t('file requests'),
  GETADDRINFOREQWRAP: l10n.t('DNS look-ups'),
  PBKDF2REQUEST: l10n.t('key derivations'),
  SCRYPTREQUEST: l10n.t('key derivations'),
};

/** File, DNS and crypto requests wait for one another, because every thread of the pool is at work. */
export const threadPoolFull: Rule = {
  id: ID,
  check(view) {
    if (view.hasPause || view.state !== 'running') return 'lookAgain';
    const { poolLoad: load } = view;
    if (!load || load.fullMs < least(view.thresholds.threadPoolMs, ID, view)) return [];
    const { most } = load;
    const site = most.site === null ? undefined : view.site(most.site);
    const text = sentence(load, site ? place(site) : null);
    return [{ id: ID, rule: ID, severity: 'warning', text, site: most.site, action: 'showPending' }];
  },
};

function sentence({ size, requests, fullMs, most }: PoolLoad, place: string | null): string {
  const waiting = requests - size;
  const busy = l10n.t(
    'All {0} threads of the thread pool (UV_THREADPOOL_SIZE) have been busy for {1}: {2} requests are pending',
    size,
    duration(fullMs),
    requests,
  );
  const pending = waiting > 0 ? l10n.t('{0}, {1} of them waiting for a thread', busy, waiting) : busy;
  const what = requestsOf(most.type);
  const are =
    most.count === requests
      ? l10n.t('{0}; all are {1}', pending, what)
      : l10n.t('{0}; {1} are {2}', pending, most.count, what);
  return place === null ? l10n.t('{0}.', are) : l10n.t('{0} from {1}.', are, place);
}

function requestsOf(type: string): string {
  return REQUESTS[type] ?? l10n.t({ message: '{0} requests', args: [type], comment: 'requests of a type' });
}
