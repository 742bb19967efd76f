import * as l10n from '@vscode/l10n';
import { place } from '../words';
import { least, type Rule } from './rule';

const ID = 'full-server';
/** A limit below this is meant to be reached. */
const LEAST = 10;

/** A server has as many connections as its `maxConnections` allows, or nearly so. */
export const fullServer: Rule = {
  id: ID,
  check(view) {
    return view.owners.servers.flatMap(({ group, connections, most }) => {
      const id = `${ID}:${group.key}`;
      if (most < LEAST || connections < most * least(view.thresholds.connectionsShare, id, view, 0.95)) return [];
      const site = group.site === null ? undefined : view.site(group.site);
      const isFull = connections >= most;
      const text = sentence(isFull, connections, most, site && place(site));
      const severity = isFull ? ('error' as const) : ('warning' as const);
      return [{ id, rule: ID, severity, text, site: group.site, action: 'showPending' as const }];
    });
  },
};

function sentence(isFull: boolean, connections: number, most: number, from: string | undefined): string {
  if (from === undefined) {
    return isFull
      ? l10n.t('A server has all of the {0} connections that its maxConnections allows: it drops new ones.', most)
      : l10n.t('A server has {0} of the {1} connections that its maxConnections allows.', connections, most);
  }
  return isFull
    ? l10n.t(
        'The server from {0} has all of the {1} connections that its maxConnections allows: it drops new ones.',
        from,
        most,
      )
    : l10n.t(
        'The server from {0} has {1} of the {2} connections that its maxConnections allows.',
        from,
        connections,
        most,
      );
}
