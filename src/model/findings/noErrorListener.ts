import * as l10n from '@vscode/l10n';
import { place } from '../words';
import type { Rule } from './rule';

const ID = 'no-error-listener';
const AT_MOST = 3;
/** A listener may be added a little later than the socket is read. */
const SURE_MS = 5000;

/** Sockets of the program that are read, and whose errors nothing would catch. */
export const noErrorListener: Rule = {
  id: ID,
  check(view) {
    if (view.hasPause || view.state === 'paused') return 'lookAgain';
    return view.owners.unheard
      .flatMap(({ group, count, forMs }) => {
        const site = group.site === null ? undefined : view.site(group.site);
        // What a package leaves out nobody here can mend.
        if (forMs < SURE_MS || (site && site.package !== null)) return [];
        const id = `${ID}:${group.key}`;
        const text = sentence(count, site && place(site));
        return [{ id, rule: ID, severity: 'warning' as const, text, site: group.site, action: 'showPending' as const }];
      })
      .slice(0, AT_MOST);
  },
};

function sentence(count: number, from: string | undefined): string {
  if (from === undefined) {
    return count === 1
      ? l10n.t(
          '1 TCP socket has no "error" listener: an error of it, such as a reset by the other side, becomes an uncaught exception.',
        )
      : l10n.t(
          '{0} TCP sockets have no "error" listener: an error of one, such as a reset by the other side, becomes an uncaught exception.',
          count,
        );
  }
  return count === 1
    ? l10n.t(
        '1 TCP socket from {0} has no "error" listener: an error of it, such as a reset by the other side, becomes an uncaught exception.',
        from,
      )
    : l10n.t(
        '{0} TCP sockets from {1} have no "error" listener: an error of one, such as a reset by the other side, becomes an uncaught exception.',
        count,
        from,
      );
}
