import * as l10n from '@vscode/l10n';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { PanelTab, PanelThresholds } from '../src/protocol/panel';
import type { Finding, FindingAction, Snapshot } from '../src/protocol/snapshot';
import { whole } from './format';
import { post } from './host';
import { Icon } from './icons';
import type { Shown } from './reducer';
import { RULES, thresholdText, type RuleWords } from './rules';
import { Sentence } from './site';
import { panel, showTab } from './store';

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

/** Only of one thread that runs, or hangs in its own JavaScript, a profile can be taken. */
function canBeProfiled({ attachment: { state, threadId } }: Shown): boolean {
  return (state === 'running' || state === 'blocked') && threadId !== 'all' && panel.value.recording === null;
}

function Why({ rule, thresholds }: { rule: RuleWords; thresholds: PanelThresholds | null }): JSX.Element {
  const { measured, threshold: name, helps } = rule;
  return (
    <dl>
      <dt>{l10n.t('Measured')}</dt>
      <dd>{measured}</dd>
      {name ? (
        <>
          <dt>{l10n.t('Threshold')}</dt>
          <dd>
            {thresholdText(name, thresholds)}{' '}
            <button
              class="link mono"
              data-tip={l10n.t('Open this setting')}
              onClick={() => post({ type: 'openThreshold', name })}
            >
              {`loopscope.thresholds.${name}`}
            </button>
          </dd>
        </>
      ) : null}
      <dt>{l10n.t('What helps')}</dt>
      <dd>{helps}</dd>
    </dl>
  );
}

function Item({ finding, sites, shown }: { finding: Finding; sites: Snapshot['sites']; shown: Shown }): JSX.Element {
  const why = useSignal(false);
  const id = useId();
  const action = finding.action === null ? null : ACTIONS[finding.action];
  const rule = Object.hasOwn(RULES, finding.rule) ? RULES[finding.rule] : undefined;
  return (
    <li
      data-rule={finding.rule}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !why.value) return;
        why.value = false;
        // What had the focus may go with the explanation.
        event.currentTarget.querySelector<HTMLElement>('[aria-expanded]')?.focus();
      }}
    >
      <span>
        <span class="sr">{SEVERITY_NAMES[finding.severity]} </span>
        <Icon name={finding.severity} tone={TONES[finding.severity]} />
      </span>
      <div class="say">
        <span class="text" id={`${id}text`}>
          <Sentence text={finding.text} id={finding.site} sites={sites} />
        </span>
        <span class="acts">
          {action ? (
            <button class="link" aria-describedby={`${id}text`} onClick={() => showTab(action.tab, keyOf(finding))}>
              {action.label}
            </button>
          ) : null}
          {rule?.profile && canBeProfiled(shown) ? (
            <button class="link" aria-describedby={`${id}text`} onClick={() => post({ type: 'profile' })}>
              {l10n.t('Profile now')}
            </button>
          ) : null}
          {rule ? (
            <button
              class="link"
              aria-describedby={`${id}text`}
              aria-expanded={why.value}
              aria-controls={`${id}why`}
              onClick={() => (why.value = !why.value)}
            >
              {l10n.t('Why')}
            </button>
          ) : null}
        </span>
        {rule && why.value ? (
          <div id={`${id}why`} class="why">
            <Why rule={rule} thresholds={shown.attachment.thresholds} />
          </div>
        ) : null}
      </div>
    </li>
  );
}

/** What is wrong, a full sentence each, and what helps next. */
export function Findings({ shown, snapshot }: { shown: Shown; snapshot: Snapshot }): JSX.Element {
  const { findings, rulesChecked, sites } = snapshot;
  const all = useSignal(false);
  const listed = all.value ? findings : findings.slice(0, SHOWN);
  const hidden = findings.length - listed.length;
  return (
    <section class="findings" aria-label={l10n.t('Findings')}>
      <h2 class="sr">{l10n.t('Findings')}</h2>
      <ul>
        {findings.length > 0 ? (
          listed.map((finding) => <Item key={finding.id} finding={finding} sites={sites} shown={shown} />)
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
