import * as l10n from '@vscode/l10n';
import type { JSX, TargetedKeyboardEvent } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import type { PanelTab } from '../src/protocol/panel';
import type { Snapshot } from '../src/protocol/snapshot';
import { whole } from './format';
import { Compare } from './compare';
import { GROUPING_NAMES } from './groups';
import { FilterField, FilterNotes, useHelp } from './filterField';
import { Select } from './header';
import { Hot } from './hot';
import { Listeners } from './listeners';
import { ABOUT } from './parts';
import { Pending } from './pending';
import { Process } from './process';
import type { KnownSnapshot, Shown } from './reducer';
import { choose, panel, revealKey, shownTabs, showTab, view } from './store';
import { GROUPINGS } from './viewState';

const TAB_NAMES: Readonly<Record<PanelTab, string>> = {
  pending: l10n.t('Pending'),
  listeners: l10n.t('Listeners'),
  hot: l10n.t('Hot functions'),
  process: l10n.t('Process'),
  compare: l10n.t('Compare'),
};

function badgeOf(tab: PanelTab, { pendingTotals, promises, listeners }: Snapshot): string | null {
  if (tab === 'pending') {
    const known = Object.values(pendingTotals).filter((count: number | null) => count !== null);
    const sum = known.reduce((total, count) => total + count, 0);
    const about = promises?.method === 'sampled' && pendingTotals.promises ? ABOUT : '';
    return known.length === 0 ? null : about + whole(sum);
  }
  if (tab === 'compare') return whole(panel.value.targets.length);
  return tab === 'listeners' ? whole(listeners.reduce((total, group) => total + group.count, 0)) : null;
}

function Tabs({ snapshot }: { snapshot: Snapshot }): JSX.Element {
  const { tab } = view.value;
  const tabs = shownTabs();
  const go = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    const at = tabs.indexOf(tab);
    const count = tabs.length;
    const to = { ArrowRight: (at + 1) % count, ArrowLeft: (at + count - 1) % count, Home: 0, End: count - 1 }[
      event.key
    ];
    const next = to === undefined ? undefined : tabs[to];
    if (!next) return;
    event.preventDefault();
    showTab(next);
    event.currentTarget.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <div role="tablist" aria-label={l10n.t('Details')} onKeyDown={go}>
      {tabs.map((id) => {
        const badge = badgeOf(id, snapshot);
        return (
          <button
            key={id}
            id={`tab-${id}`}
            role="tab"
            aria-selected={id === tab}
            aria-controls="pane"
            tabIndex={id === tab ? 0 : -1}
            onClick={() => showTab(id)}
          >
            {TAB_NAMES[id]}
            {badge === null ? null : <span class="badge">{badge}</span>}
          </button>
        );
      })}
    </div>
  );
}

function FlameSwitch(): JSX.Element {
  const { flame } = view.value;
  return (
    <span class="switch" role="group" aria-label={l10n.t('Show hot functions as')}>
      <button
        class="btn toggle"
        aria-pressed={!flame}
        data-tip={l10n.t('Where the time went, by function')}
        onClick={() => choose({ flame: false })}
      >
        {l10n.t('Functions')}
      </button>
      <button
        class="btn toggle"
        aria-pressed={flame}
        data-tip={l10n.t('Where the time went, by caller')}
        onClick={() => choose({ flame: true })}
      >
        {l10n.t('Flame')}
      </button>
    </span>
  );
}

function Tools({ help }: { help: ReturnType<typeof useHelp> }): JSX.Element | null {
  const { tab, alive, groupBy } = view.value;
  if (tab === 'process') return null;
  return (
    <div id="tools">
      {tab === 'pending' ? (
        <button
          class="btn toggle"
          aria-pressed={alive}
          data-tip={l10n.t('Show only what is ref’d: only that keeps the process alive')}
          onClick={() => choose({ alive: !alive })}
        >
          {l10n.t('Keeps process alive')}
        </button>
      ) : null}
      {tab === 'hot' && panel.value.recording === null ? <FlameSwitch /> : null}
      <FilterField {...help} />
      {tab === 'pending' ? (
        <span class="set">
          <span class="dim nar2">{l10n.t('Group by')}</span>
          <Select
            label={l10n.t('Group by')}
            value={groupBy}
            options={GROUPINGS.map((value) => ({ value, label: GROUPING_NAMES[value] }))}
            tip={l10n.t('What a row stands for')}
            onChange={(value) =>
              choose({ groupBy: GROUPINGS.find((known) => known === value) ?? 'typeAndSite', open: [] })
            }
          />
        </span>
      ) : null}
    </div>
  );
}

const PANES = { pending: Pending, listeners: Listeners, hot: Hot, process: Process, compare: Compare } as const;

/** The tabs and what is under them. */
export function Work({ shown, snapshot }: { shown: Shown; snapshot: KnownSnapshot }): JSX.Element {
  const { tab } = view.value;
  const Pane = PANES[tab];
  const help = useHelp();
  // After the table has had its chance, whether the row was there or not.
  useLayoutEffect(() => {
    revealKey.value = null;
  });
  return (
    <section id="work" aria-label={l10n.t('Details')}>
      <div id="bar">
        <Tabs snapshot={snapshot} />
        <Tools help={help} />
      </div>
      <FilterNotes {...help} />
      <div id="pane" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        <Pane key={tab} shown={shown} snapshot={snapshot} />
      </div>
    </section>
  );
}
