import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { ListenerGroup, Site, Snapshot } from '../src/protocol/snapshot';
import { BEFORE_ATTACH, clean, NOT_KNOWN, packageText, pathOf, placeOf, signed, siteText, whole } from './format';
import { filterOf, type Vocabulary } from './filter';
import { Change, NoMatch, perSecond } from './marks';
import type { Shown } from './reducer';
import { SiteLink } from './site';
import { choose, view } from './store';
import { Table, type Column } from './table';

const SITES_SHOWN = 4;

function overLimit({ count, emitters, limit }: ListenerGroup): boolean {
  return limit !== null && limit > 0 && count / Math.max(1, emitters) > limit;
}

function Limit({ limit }: { limit: number | null }): JSX.Element {
  if (limit === null) {
    return (
      <span class="dim" data-tip={l10n.t('Several emitters together: each has its own limit.')}>
        {NOT_KNOWN}
      </span>
    );
  }
  if (limit !== 0) return <>{whole(limit)}</>;
  return <span data-tip={l10n.t('setMaxListeners(0): no limit')}>{l10n.t('none')}</span>;
}

function AddedAt({ group, sites }: { group: ListenerGroup; sites: Snapshot['sites'] }): JSX.Element {
  const known = group.sites.filter(({ site }) => sites[site]);
  if (known.length === 0) {
    return (
      <span class="dim" data-tip={l10n.t('Added before Loopscope attached, so nobody recorded where.')}>
        {BEFORE_ATTACH}
      </span>
    );
  }
  const more = known.length - SITES_SHOWN;
  return (
    <>
      {known.slice(0, SITES_SHOWN).map(({ site, count }, at) => (
        <span key={site}>
          {at > 0 ? ', ' : ''}
          <SiteLink id={site} sites={sites} inRow /> ({whole(count)})
        </span>
      ))}
      {more > 0 ? (
        <>
          , <span class="dim">{l10n.t('{0} more', more)}</span>
        </>
      ) : null}
    </>
  );
}

function placesOf(row: ListenerGroup, sites: Snapshot['sites'], of: (site: Site | undefined) => string): string {
  return row.sites.map(({ site }) => of(sites[site])).join('\n');
}

function columnsOf({ sites, windowMs }: Snapshot): Column<ListenerGroup>[] {
  return [
    {
      id: 'emitter',
      title: l10n.t('Emitter'),
      className: 'c-type',
      value: (row) => row.emitter,
      cell: (row) => <span class="mono">{clean(row.emitter, 120)}</span>,
    },
    {
      id: 'event',
      title: l10n.t('Event'),
      className: 'c-event',
      value: (row) => row.event,
      cell: (row) => <span class="mono">{clean(row.event, 120)}</span>,
    },
    {
      id: 'count',
      title: l10n.t('Count'),
      numeric: true,
      className: 'c-count',
      value: (row) => row.count,
      cell: (row) => <span class={overLimit(row) ? 'warnText' : ''}>{whole(row.count)}</span>,
    },
    {
      id: 'limit',
      title: l10n.t('Limit'),
      numeric: true,
      className: 'c-limit',
      tip: l10n.t('getMaxListeners() of one emitter'),
      value: (row) => row.limit,
      cell: (row) => <Limit limit={row.limit} />,
    },
    {
      id: 'delta',
      title: l10n.t('Change /s'),
      numeric: true,
      className: 'c-delta',
      value: (row) => row.delta,
      text: (row) => signed(perSecond(row.delta, windowMs)),
      cell: (row) => <Change delta={row.delta} windowMs={windowMs} warn={row.delta > 0 && overLimit(row)} />,
    },
    {
      id: 'emitters',
      title: l10n.t('Emitters'),
      numeric: true,
      className: 'c-emitters nar',
      tip: l10n.t('How many emitters the row stands for'),
      value: (row) => row.emitters,
      cell: (row) => whole(row.emitters),
    },
    {
      id: 'site',
      title: l10n.t('Added at'),
      className: 'c-site',
      value: (row) => {
        const site = row.sites[0] && sites[row.sites[0].site];
        return site ? placeOf(site) : null;
      },
      text: (row) => {
        const places = row.sites.flatMap(({ site: id, count }) => {
          const site = sites[id];
          return site ? [`${pathOf(site)} (${count})`] : [];
        });
        return places.join(', ') || BEFORE_ATTACH;
      },
      cell: (row) => <AddedAt group={row} sites={sites} />,
    },
  ];
}

/** What the filter of this table knows. */
export const LISTENER_WORDS: Vocabulary<ListenerGroup, Snapshot> = {
  text: (row, { sites }) => {
    const places = row.sites.flatMap(({ site: id }) => {
      const site = sites[id];
      return site ? [placeOf(site), site.function, site.package ?? ''] : [];
    });
    return [row.emitter, row.event, ...places].join('\n').toLowerCase();
  },
  fields: {
    emitter: { kind: 'text', help: l10n.t('class of the emitter'), of: (row) => row.emitter },
    event: { kind: 'text', help: l10n.t('name of the event'), of: (row) => row.event },
    site: {
      kind: 'text',
      help: l10n.t('where they were added'),
      of: (row, { sites }) => placesOf(row, sites, siteText),
    },
    package: {
      kind: 'text',
      help: l10n.t('package that added them'),
      of: (row, { sites }) => placesOf(row, sites, packageText),
    },
    count: { kind: 'number', help: l10n.t('how many there are'), of: (row) => row.count },
    limit: { kind: 'number', help: l10n.t('getMaxListeners() of one emitter'), of: (row) => row.limit },
    emitters: { kind: 'number', help: l10n.t('how many emitters the row stands for'), of: (row) => row.emitters },
    change: {
      kind: 'number',
      help: l10n.t('change a second'),
      of: (row, { windowMs }) => perSecond(row.delta, windowMs),
    },
  },
  flags: { over: { help: l10n.t('more than the limit'), of: overLimit } },
};

export const listenerFilter = filterOf(LISTENER_WORDS);

/** Listener counts by emitter and event, against their limit, with who added them. */
export function Listeners({ shown, snapshot }: { shown: Shown; snapshot: Snapshot }): JSX.Element {
  const { filters, sorts } = view.value;
  const { listeners, sites, windowMs } = snapshot;
  const { test } = listenerFilter(filters.listeners);
  const visible = (row: ListenerGroup): boolean => !test || test(row, snapshot);
  if (listeners.length === 0) {
    return (
      <div class="none">
        <span>{l10n.t('No listeners were found on the emitters that can be reached.')}</span>
        {snapshot.level === 'observe' ? (
          <span class="dim">{l10n.t('Choose the level track to see those that are added.')}</span>
        ) : null}
      </div>
    );
  }
  if (!listeners.some(visible)) {
    const clear = (): void => choose({ filters: { ...filters, listeners: '' } });
    return <NoMatch hidden={listeners.length} noun="row" onClear={clear} />;
  }
  return (
    <Table
      id="listenersTable"
      role="grid"
      label={l10n.t('Listeners')}
      columns={columnsOf(snapshot)}
      rows={listeners}
      visible={visible}
      signature={(row, ended) => {
        const places = row.sites.map(({ site, count }) => `${site} ${count} ${JSON.stringify(sites[site])}`);
        return [
          row.emitter,
          row.event,
          row.count,
          row.limit ?? '',
          row.delta,
          windowMs,
          row.emitters,
          ended,
          ...places,
        ].join(' ');
      }}
      ended={(row) => ({ ...row, count: 0, delta: 0 })}
      sort={sorts.listeners}
      orderSignature={shown.attachment.attachmentId}
      onSort={(sort) => choose({ sorts: { ...sorts, listeners: sort } })}
    />
  );
}
