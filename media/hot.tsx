import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { HotFunction, Site, Snapshot } from '../src/protocol/snapshot';
import { clean, fixed, NOT_KNOWN, packageText, pathOf, percent, placeOf, siteText } from './format';
import { filterOf, type Vocabulary } from './filter';
import { Flame } from './flame';
import type { Frame } from './flameData';
import { NoMatch } from './marks';
import type { Shown } from './reducer';
import { SiteLink } from './site';
import { choose, panel, showsFlame, view } from './store';
import { Table, type Column } from './table';

interface HotRow extends HotFunction {
  key: string;
  place: Site | undefined;
}

const nameOf = (row: HotRow): string => clean(row.place?.function ?? '', 120) || l10n.t('(anonymous)');

function columnsOf({ sites, hotMs }: Snapshot): Column<HotRow>[] {
  const share = (row: HotRow): number => (hotMs ? Math.min(1, row.selfMs / hotMs) : 0);
  return [
    {
      id: 'function',
      title: l10n.t('Function'),
      className: 'c-type',
      value: nameOf,
      cell: (row) => <span class="mono">{nameOf(row)}</span>,
    },
    {
      id: 'place',
      title: l10n.t('Place'),
      className: 'c-place',
      value: (row) => (row.place ? placeOf(row.place) : null),
      text: (row) => (row.place ? pathOf(row.place) : NOT_KNOWN),
      cell: (row) => <SiteLink id={row.site} sites={sites} inRow />,
    },
    {
      id: 'self',
      title: l10n.t('Self ms'),
      numeric: true,
      className: 'c-ms',
      tip: panel.value.past?.snapshot
        ? l10n.t('Sampled: time in the function itself, in the beats that are shown')
        : l10n.t('Sampled: time in the function itself, over about ten seconds'),
      value: (row) => row.selfMs,
      cell: (row) => `≈ ${fixed(row.selfMs, 0)}`,
    },
    {
      id: 'total',
      title: l10n.t('Total ms'),
      numeric: true,
      className: 'c-ms',
      tip: l10n.t('Sampled: with everything that it called'),
      value: (row) => row.totalMs,
      cell: (row) => `≈ ${fixed(row.totalMs, 0)}`,
    },
    {
      id: 'share',
      title: l10n.t('Self, share of the time'),
      className: 'c-site',
      value: (row) => row.selfMs,
      text: (row) => `≈ ${percent(share(row))} %`,
      cell: (row) => (
        <span class="share">
          <span class="num">≈ {percent(share(row))} %</span>
          <span class="track">
            <span class="bar" style={{ width: `${(share(row) * 100).toFixed(1)}%` }} />
          </span>
        </span>
      ),
    },
  ];
}

/** What the filter of this table knows. */
export const HOT_WORDS: Vocabulary<HotRow, null> = {
  text: (row) => [nameOf(row), siteText(row.place), packageText(row.place)].join('\n').toLowerCase(),
  fields: {
    function: { kind: 'text', help: l10n.t('name of the function'), of: nameOf },
    site: { kind: 'text', help: l10n.t('file, line and path'), of: (row) => siteText(row.place) },
    package: { kind: 'text', help: l10n.t('package it belongs to'), of: (row) => packageText(row.place) },
    self: { kind: 'number', help: l10n.t('milliseconds in the function itself'), of: (row) => row.selfMs },
    total: { kind: 'number', help: l10n.t('milliseconds with all that it called'), of: (row) => row.totalMs },
  },
  flags: {},
};

export const hotFilter = filterOf(HOT_WORDS);

/** Where CPU time goes by function, from samples. */
export function Hot({ shown, snapshot }: { shown: Shown; snapshot: Snapshot }): JSX.Element {
  const { filters, sorts } = view.value;
  const { hot, sites, hotMs } = snapshot;
  if (hot === null) {
    return (
      <div class="none">
        <span>{l10n.t('The CPU sampler is off, so hot functions are not known.')}</span>
        <span class="dim">{l10n.t('Choose 10 ms or 1 ms as sampling interval in the settings of Loopscope.')}</span>
      </div>
    );
  }
  const { test } = hotFilter(filters.hot);
  const { calls } = panel.value;
  if (showsFlame.value && calls === undefined) return <></>;
  if (showsFlame.value ? !calls || calls.sites.length === 0 : hot.length === 0) {
    return (
      <div class="none">
        <span>{l10n.t('No function ran long enough to be sampled.')}</span>
      </div>
    );
  }
  if (showsFlame.value && calls) {
    const matches =
      test &&
      (({ key, site, place, selfMs, totalMs }: Frame): boolean =>
        site !== null && test({ key, site, place, selfMs, totalMs }, null));
    return <Flame calls={calls} test={matches} />;
  }
  const rows = hot.map((row): HotRow => ({ ...row, key: `hot${row.site}`, place: sites[row.site] }));
  const visible = (row: HotRow): boolean => !test || test(row, null);
  if (!rows.some(visible)) {
    const clear = (): void => choose({ filters: { ...filters, hot: '' } });
    return <NoMatch hidden={rows.length} noun="function" onClear={clear} />;
  }
  return (
    <Table
      id="hotTable"
      role="grid"
      label={l10n.t('Hot functions')}
      columns={columnsOf(snapshot)}
      rows={rows}
      visible={visible}
      signature={(row, ended) => [row.selfMs, row.totalMs, hotMs, JSON.stringify(row.place), ended].join(' ')}
      ended={(row) => ({ ...row, selfMs: 0, totalMs: 0 })}
      sort={sorts.hot}
      orderSignature={shown.attachment.attachmentId}
      onSort={(sort) => choose({ sorts: { ...sorts, hot: sort } })}
    />
  );
}
