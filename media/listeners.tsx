import type { JSX } from 'preact';
import type { ListenerGroup, Snapshot } from '../src/protocol/snapshot';
import { clean, NOT_KNOWN, placeOf, whole } from './format';
import { Change, NoMatch } from './marks';
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
      <span class="dim" data-tip="Several emitters together: each has its own limit.">
        {NOT_KNOWN}
      </span>
    );
  }
  return limit === 0 ? <span data-tip="setMaxListeners(0): no limit">none</span> : <>{whole(limit)}</>;
}

function AddedAt({ group, sites }: { group: ListenerGroup; sites: Snapshot['sites'] }): JSX.Element {
  const known = group.sites.filter(({ site }) => sites[site]);
  if (known.length === 0) {
    return (
      <span class="dim" data-tip="Added before Loopscope attached, so nobody recorded where.">
        before attach
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
      {more > 0 ? <span class="dim">, {more} more</span> : null}
    </>
  );
}

function columnsOf({ sites, windowMs }: Snapshot): Column<ListenerGroup>[] {
  return [
    {
      id: 'emitter',
      title: 'Emitter',
      className: 'c-type',
      value: (row) => row.emitter,
      cell: (row) => <span class="mono">{clean(row.emitter, 120)}</span>,
    },
    {
      id: 'event',
      title: 'Event',
      className: 'c-event',
      value: (row) => row.event,
      cell: (row) => <span class="mono">{clean(row.event, 120)}</span>,
    },
    {
      id: 'count',
      title: 'Count',
      numeric: true,
      className: 'c-count',
      value: (row) => row.count,
      cell: (row) => <span class={overLimit(row) ? 'warnText' : ''}>{whole(row.count)}</span>,
    },
    {
      id: 'limit',
      title: 'Limit',
      numeric: true,
      className: 'c-limit',
      tip: 'getMaxListeners() of one emitter',
      value: (row) => row.limit,
      cell: (row) => <Limit limit={row.limit} />,
    },
    {
      id: 'delta',
      title: 'Change /s',
      numeric: true,
      className: 'c-delta',
      value: (row) => row.delta,
      cell: (row) => <Change delta={row.delta} windowMs={windowMs} warn={row.delta > 0 && overLimit(row)} />,
    },
    {
      id: 'emitters',
      title: 'Emitters',
      numeric: true,
      className: 'c-emitters nar',
      tip: 'How many emitters the row stands for',
      value: (row) => row.emitters,
      cell: (row) => whole(row.emitters),
    },
    {
      id: 'site',
      title: 'Added at',
      className: 'c-site',
      value: (row) => {
        const site = row.sites[0] && sites[row.sites[0].site];
        return site ? placeOf(site) : null;
      },
      cell: (row) => <AddedAt group={row} sites={sites} />,
    },
  ];
}

function matches(row: ListenerGroup, filter: string, sites: Snapshot['sites']): boolean {
  const places = row.sites.flatMap(({ site: id }) => {
    const site = sites[id];
    return site ? [placeOf(site), site.function, site.package ?? ''] : [];
  });
  return [row.emitter, row.event, ...places].join('\n').toLowerCase().includes(filter.toLowerCase());
}

/** Listener counts by emitter and event, against their limit, with who added them. */
export function Listeners({ shown, snapshot }: { shown: Shown; snapshot: Snapshot }): JSX.Element {
  const { filters, sorts } = view.value;
  const { listeners, sites, windowMs } = snapshot;
  const filter = filters.listeners.trim();
  const visible = (row: ListenerGroup): boolean => matches(row, filter, sites);
  if (listeners.length === 0) {
    return (
      <div class="none">
        <span>No listeners were found on the emitters that can be reached.</span>
        {snapshot.level === 'observe' ? (
          <span class="dim">Choose the level track to see those that are added.</span>
        ) : null}
      </div>
    );
  }
  if (!listeners.some(visible)) {
    const clear = (): void => choose({ filters: { ...filters, listeners: '' } });
    return <NoMatch hidden={listeners.length} noun={['row', 'rows']} onClear={clear} />;
  }
  return (
    <Table
      id="listenersTable"
      role="grid"
      label="Listeners"
      noun="rows"
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
