import type { ComponentChildren, JSX } from 'preact';
import type { SiteId, Snapshot } from '../src/protocol/snapshot';
import { clean, NOT_KNOWN, placeOf, siteTip } from './format';
import { post } from './host';

interface SiteLinkProps {
  id: SiteId | null;
  sites: Snapshot['sites'];
  /** Stands in the place of "file:line". */
  children?: ComponentChildren;
  /** Rows of a table are one tab stop; Enter on the row follows its link. */
  inRow?: boolean;
}

/** A place in source code as a link that opens it. */
export function SiteLink({ id, sites, children, inRow = false }: SiteLinkProps): JSX.Element {
  const site = id === null ? undefined : sites[id];
  if (id === null || !site) return <span class="dim">{children ?? NOT_KNOWN}</span>;
  const open = (): void => post({ type: 'openSite', site: id });
  // No href: VS Code handles clicks on those itself, and would scroll the page.
  return (
    <a
      class="site"
      role="link"
      tabIndex={inRow ? -1 : 0}
      data-tip={siteTip(site)}
      onClick={open}
      onKeyDown={(event) => {
        if (event.key === 'Enter') open();
      }}
    >
      {children ?? placeOf(site)}
    </a>
  );
}

/** A sentence in which the place it speaks of is a link; the link follows when the place is not named in it. */
export function Sentence({
  text,
  id,
  sites,
}: {
  text: string;
  id: SiteId | null;
  sites: Snapshot['sites'];
}): JSX.Element {
  const shown = clean(text, 300);
  const site = id === null ? undefined : sites[id];
  if (!site) return <>{shown}</>;
  const place = placeOf(site);
  const at = shown.indexOf(place);
  if (at < 0) {
    return (
      <>
        {shown} <SiteLink id={id} sites={sites} />
      </>
    );
  }
  return (
    <>
      {shown.slice(0, at)}
      <SiteLink id={id} sites={sites} />
      {shown.slice(at + place.length)}
    </>
  );
}
