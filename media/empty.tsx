import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { ConnectStep, PanelProcess } from '../src/protocol/panel';
import { age, clean, fixed, NOT_KNOWN, whole } from './format';
import { Chip } from './header';
import { post } from './host';
import { Icon, type IconName } from './icons';
import type { PanelState } from './reducer';
import { LoopDiagram } from './ring';
import { hostNowMs } from './store';
import { narrow } from './width';

const COLUMNS = [
  'pid',
  l10n.t('Program'),
  'Node',
  l10n.t({ message: 'Running', comment: 'For how long' }),
  l10n.t('Inspector'),
];

function Row({ process }: { process: PanelProcess }): JSX.Element {
  const { pid, program, nodeVersion, startedAtMs, inspector } = process;
  const name = clean(program, 120) || l10n.t('(no script)');
  return (
    <tr data-pid={pid}>
      <td class="dim">{pid}</td>
      <td class="cut" data-tip={name.length > 30 ? name : ''}>
        {name}
      </td>
      <td class="dim">{nodeVersion === null ? NOT_KNOWN : clean(nodeVersion, 30)}</td>
      <td class="dim nar">
        {startedAtMs === null ? NOT_KNOWN : l10n.t('up {0}', age(Math.max(0, hostNowMs.value - startedAtMs)))}
      </td>
      <td
        class="dim nar"
        data-tip={
          inspector === null ? l10n.t('Its inspector is closed: attaching opens it, detaching closes it again') : ''
        }
      >
        {inspector === null ? l10n.t('will be opened') : clean(inspector, 60)}
      </td>
      <td class="num">
        <button
          class="link"
          aria-label={l10n.t('Attach to {0}, pid {1}', name, pid)}
          onClick={() => post({ type: 'attach', pid })}
        >
          {l10n.t('Attach')}
        </button>
      </td>
    </tr>
  );
}

function Processes({ processes }: { processes: PanelProcess[] }): JSX.Element {
  if (processes.length === 0) {
    return <p class="dim">{l10n.t('No Node process was found on this machine. Start one, then look again.')}</p>;
  }
  return (
    <table class="processes">
      <caption class="sr">{l10n.t('Node processes on this machine')}</caption>
      <colgroup>
        <col class="p-pid" />
        <col />
        <col class="p-node" />
        <col class="p-up nar" />
        <col class="p-inspector nar" />
        <col class="p-attach" />
      </colgroup>
      <thead>
        <tr>
          {COLUMNS.map((title, at) => (
            <th key={title} scope="col" class={at > 2 ? 'nar' : ''}>
              {title}
            </th>
          ))}
          <th scope="col">
            <span class="sr">{l10n.t('Attach')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {processes.map((process) => (
          <Row key={process.pid} process={process} />
        ))}
      </tbody>
    </table>
  );
}

function foundText({ processes, lookedUpAtMs }: PanelState): string {
  const sinceMs = Math.max(0, hostNowMs.value - lookedUpAtMs);
  const when = sinceMs < 2000 ? l10n.t('looked up just now') : l10n.t('looked up {0} ago', age(sinceMs));
  if (processes.length === 1) {
    return narrow.value ? l10n.t('1 Node process, {0}', when) : l10n.t('1 Node process on this machine, {0}', when);
  }
  const count = whole(processes.length);
  return narrow.value
    ? l10n.t('{0} Node processes, {1}', count, when)
    : l10n.t('{0} Node processes on this machine, {1}', count, when);
}

/** Nothing is attached: what attaching gives, and to what one can attach. */
export function Empty({ state }: { state: PanelState }): JSX.Element {
  return (
    <>
      <header id="head">
        <span class="name">Loopscope</span>
        <Chip icon="gone" tone="dim" text={l10n.t('Not attached')} />
      </header>
      <main id="start">
        <LoopDiagram />
        <div>
          <h1>{l10n.t('Nothing is attached')}</h1>
          <p class="dim">
            {l10n.t(
              'Attach to a running Node process to see where its event loop spends its time and what it is waiting for. The program needs no preparation, and everything is taken out again at detach.',
            )}
          </p>
          <div class="acts">
            <button class="btn first" onClick={() => post({ type: 'pick' })}>
              {l10n.t('Attach to Process…')}
            </button>
            <button class="btn second" onClick={() => post({ type: 'connect' })}>
              {l10n.t('Connect to Address…')}
            </button>
          </div>
          <Processes processes={state.processes} />
        </div>
      </main>
      <footer id="foot">
        <span>{foundText(state)}</span>
        <button class="link" onClick={() => post({ type: 'refresh' })}>
          {l10n.t('Look again')}
        </button>
      </footer>
    </>
  );
}

interface StepFace {
  icon: IconName;
  tone: string;
  className: string;
  /** Read out before the step. */
  word: string;
}

const STEP_FACES: Readonly<Record<ConnectStep['state'], StepFace>> = {
  done: { icon: 'ok', tone: 'dim', className: '', word: l10n.t('done:') },
  active: { icon: 'busy', tone: 'info', className: 'now', word: l10n.t('active:') },
  waiting: { icon: 'silent', tone: 'dim', className: 'todo', word: l10n.t('waiting:') },
  failed: { icon: 'error', tone: 'err', className: '', word: l10n.t('failed:') },
};

function Step({ step }: { step: ConnectStep }): JSX.Element {
  const { icon, tone, className, word } = STEP_FACES[step.state];
  return (
    <li class={className} data-step={step.state}>
      <Icon name={icon} tone={tone} />
      <span>
        <span class="sr">{word} </span>
        {clean(step.label, 300)}
        {step.detail === '' ? null : <span class="dim"> {clean(step.detail, 300)}</span>}
      </span>
      <span class="dim">{step.tookMs === null ? '' : `${fixed(step.tookMs / 1000)} s`}</span>
    </li>
  );
}

/** An attach is under way, step by step, or has failed, with the sentence that says why. */
export function Connecting({ state }: { state: PanelState }): JSX.Element {
  const { label, steps, error } = state.connecting;
  const name = clean(label, 120);
  return (
    <>
      <header id="head">
        <span class="name cut">{name}</span>
        {error === null ? (
          <Chip icon="busy" tone="info" text={l10n.t('Connecting')} />
        ) : (
          <Chip icon="error" tone="err" text={l10n.t('Not connected')} />
        )}
      </header>
      <main id="start">
        <LoopDiagram />
        <div>
          <h1>{error === null ? l10n.t('Connecting to {0}', name) : l10n.t('Could not connect to {0}', name)}</h1>
          {error === null ? (
            <p class="dim">{l10n.t('Nothing stays behind if this fails or is cancelled.')}</p>
          ) : (
            <p id="error" role="alert">
              {clean(error, 1000)}
            </p>
          )}
          <div class="acts">
            {error === null ? (
              <button class="btn second" onClick={() => post({ type: 'cancel' })}>
                {l10n.t('Cancel')}
              </button>
            ) : (
              <>
                <button class="btn first" onClick={() => post({ type: 'reattach' })}>
                  {l10n.t('Try again')}
                </button>
                <button class="btn second" onClick={() => post({ type: 'pick' })}>
                  {l10n.t('Attach to Process…')}
                </button>
                <button class="btn second" onClick={() => post({ type: 'cancel' })}>
                  {l10n.t('Back')}
                </button>
              </>
            )}
          </div>
          <ul class="steps">
            {steps.map((step) => (
              <Step key={step.label} step={step} />
            ))}
          </ul>
        </div>
      </main>
      <footer id="foot">
        <span>{error === null ? l10n.t('Connecting') : l10n.t('Nothing was left behind')}</span>
      </footer>
    </>
  );
}
