import { Fragment, type JSX } from 'preact';
import type { SiteId, Snapshot } from '../src/protocol/snapshot';
import { clean } from './format';
import { SiteLink } from './site';

/** What waits for a promise, nearest first: "awaited by a ← b ← c", each a link to its place. */
export function Chain({ parents, sites }: { parents: readonly SiteId[]; sites: Snapshot['sites'] }): JSX.Element {
  return (
    <span class="chain">
      oldest awaited by{' '}
      {parents.map((id, at) => (
        <Fragment key={at}>
          {at > 0 ? ' ← ' : ''}
          <SiteLink id={id} sites={sites} inRow /> <span class="mono">{clean(sites[id]?.function ?? '', 80)}</span>
        </Fragment>
      ))}
    </span>
  );
}
