import * as l10n from '@vscode/l10n';
import type { Finding, SiteId } from '../../protocol/snapshot';
import { place, shorten } from '../words';
import type { Rule, RuleView } from './rule';

const ID = 'no-error-listener';
const AT_MOST = 3;
/** A listener may be added a little later than the socket is read, or the stream is made. */
const SURE_MS = 5000;

/** Sockets of the program that are read, and its streams, whose errors nothing would catch. */
export const noErrorListener: Rule = {
  id: ID,
  check(view) {
    if (view.hasPause || view.state === 'paused') return 'lookAgain';
    return [...sockets(view), ...streams(view)].slice(0, AT_MOST);
  },
};

function sockets(view: RuleView): Finding[] {
  return view.owners.unheard.flatMap(({ group, count, forMs }) => {
    const site = group.site === null ? undefined : view.site(group.site);
    // What a package leaves out nobody here can mend.
    if (forMs < SURE_MS || (site && site.package !== null)) return [];
    return finding(group.key, ofSockets(count, site && place(site)), group.site, 'showPending');
  });
}

function streams(view: RuleView): Finding[] {
  return view.owners.streams.flatMap(({ emitter, site: id, count, forMs }) => {
    const site = view.site(id);
    if (forMs < SURE_MS || site?.package !== null) return [];
    return finding(`${emitter}@${id}`, ofStreams(count, shorten(emitter), place(site)), id, null);
  });
}

function finding(key: string, text: string, site: SiteId | null, action: Finding['action']): Finding {
  return { id: `${ID}:${key}`, rule: ID, severity: 'warning', text, site, action };
}

function ofStreams(count: number, emitter: string, from: string): string {
  return count === 1
    ? l10n.t('1 {0} from {1} has no "error" listener: an error of it becomes an uncaught exception.', emitter, from)
    : l10n.t(
        '{0} streams of class {1} from {2} have no "error" listener: an error of one becomes an uncaught exception.',
        count,
        emitter,
        from,
      );
}

function ofSockets(count: number, from: string | undefined): string {
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
