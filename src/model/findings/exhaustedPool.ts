import * as l10n from '@vscode/l10n';
import type { OwnersView } from '../owners';
import { duration, shorten } from '../words';
import { least, type Rule } from './rule';

const ID = 'exhausted-pool';
const AT_MOST = 3;

/** Requests of an `http.Agent` wait for one of its sockets, because all that it may have are in use. */
export const exhaustedPool: Rule = {
  id: ID,
  check(view) {
    if (view.hasPause || view.state !== 'running') return 'lookAgain';
    const idOf = ({ group }: OwnersView['pools'][number]): string => `${ID}:${group.key}`;
    const lasting = view.owners.pools.filter(
      (pool) => pool.forMs >= least(view.thresholds.poolWaitMs, idOf(pool), view),
    );
    return lasting
      .filter(({ group, waiting }) => !lasting.some((other) => other.group === group && other.waiting > waiting))
      .slice(0, AT_MOST)
      .map((pool) => ({
        id: idOf(pool),
        rule: ID,
        severity: 'warning',
        text: sentence(pool),
        site: pool.group.site,
        action: 'showPending',
      }));
  },
};

function sentence({ name, waiting, most, forMs }: OwnersView['pools'][number]): string {
  const values = [duration(forMs), originOf(name), most] as const;
  return waiting === 1
    ? l10n.t(
        'For {0} requests to {1} have had to wait for a socket: their http.Agent may have {2}, and 1 request is waiting.',
        ...values,
      )
    : l10n.t(
        'For {0} requests to {1} have had to wait for a socket: their http.Agent may have {2}, and {3} requests are waiting.',
        ...values,
        waiting,
      );
}

/** "api.internal:443" of "api.internal:443:::::"; all of it where there is no port. */
function originOf(name: string): string {
  const [, host, port] = /^(.+?):(\d+):/.exec(name) ?? [];
  return shorten(host === undefined ? name : `${host}:${port ?? ''}`);
}
