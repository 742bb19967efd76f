import * as l10n from '@vscode/l10n';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { PanelTab } from '../src/protocol/panel';
import type { Finding, FindingAction, Snapshot } from '../src/protocol/snapshot';
import { whole } from './format';
import { Icon } from './icons';
import { Sentence } from './site';
import { showTab } from './store';

const ACTIONS: Readonly<Record<FindingAction, { tab: PanelTab; label: string }>> = {
  showPending: { tab: 'pending', label: l10n.t('Show in Pending') },
  showListeners: { tab: 'listeners', label: l10n.t('Show in Listeners') },
  showProcess: { tab: 'process', label: l10n.t('Show Process') },
  profile: { tab: 'hot', label: l10n.t('Show Hot functions') },
};

/** So many that the tables under them are still seen. */
const SHOWN = 5;

const TONES = { error: 'err', warning: 'warn', info: 'info' } as const;

/** Read out before the sentence, in the place of the icon. */
const SEVERITY_NAMES = { error: l10n.t('error:'), warning: l10n.t('warning:'), info: l10n.t('info:') } as const;

/** "timer-leak:Timeout@3" speaks of the row "Timeout@3". */
function keyOf(finding: Finding): string | null {
  const colon = finding.id.indexOf(':');
  return colon < 0 ? null : finding.id.slice(colon + 1);
}

function Item({ finding, sites }: { finding: Finding; sites: Snapshot['sites'] }): JSX.Element {
  const action = finding.action === null ? null : ACTIONS[finding.action];
  return (
    <li data-rule={finding.rule}>
      <span>
        <span class="sr">{SEVERITY_NAMES[finding.severity]} </span>
        <Icon name={finding.severity} tone={TONES[finding.severity]} />
      </span>
      <span class="say">
        <span class="text">
          <Sentence text={finding.text} id={finding.site} sites={sites} />
        </span>
        {action ? (
          <button class="link act" onClick={() => showTab(action.tab, keyOf(finding))}>
            {action.label}
          </button>
        ) : null}
      </span>
    </li>
  );
}

/** What is wrong, a full sentence each, and the tab that helps next. */
export function Findings({ snapshot }: { snapshot: Snapshot }): JSX.Element {
  const { findings, rulesChecked, sites } = snapshot;
  const all = useSignal(false);
  const shown = all.value ? findings : findings.slice(0, SHOWN);
  const hidden = findings.length - shown.length;
  return (
    <section class="findings" aria-label={l10n.t('Findings')}>
      <h2 class="sr">{l10n.t('Findings')}</h2>
      <ul>
        {findings.length > 0 ? (
          shown.map((finding) => <Item key={finding.id} finding={finding} sites={sites} />)
        ) : (
          <li class="none-found">
            <span>
              <Icon name="ok" tone="dim" />
            </span>
            <span class="say dim">
              {rulesChecked === 1
                ? l10n.t('No findings. 1 rule was checked against the last 60 s.')
                : l10n.t('No findings. {0} rules were checked against the last 60 s.', whole(rulesChecked))}
            </span>
          </li>
        )}
      </ul>
      {hidden > 0 ? (
        <button class="link more" onClick={() => (all.value = true)}>
          {hidden === 1 ? l10n.t('Show 1 more finding') : l10n.t('Show {0} more findings', whole(hidden))}
        </button>
      ) : null}
    </section>
  );
}
