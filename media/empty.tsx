import type { JSX } from 'preact';
import type { ConnectStep, PanelProcess } from '../src/protocol/panel';
import { age, clean, fixed, NOT_KNOWN, whole } from './format';
import { Chip } from './header';
import { post } from './host';
import { Icon, type IconName } from './icons';
import type { PanelState } from './reducer';
import { LoopDiagram } from './ring';
import { hostNowMs } from './store';

const COLUMNS = ['pid', 'Program', 'Node', 'Running', 'Inspector'] as const;

function Row({ process }: { process: PanelProcess }): JSX.Element {
  const { pid, program, nodeVersion, startedAtMs, inspector } = process;
  const name = clean(program, 120) || '(no script)';
  return (
    <tr data-pid={pid}>
      <td class="dim">{pid}</td>
      <td class="cut" data-tip={name.length > 30 ? name : ''}>
        {name}
      </td>
      <td class="dim">{nodeVersion === null ? NOT_KNOWN : clean(nodeVersion, 30)}</td>
      <td class="dim nar">
        {startedAtMs === null ? NOT_KNOWN : `up ${age(Math.max(0, hostNowMs.value - startedAtMs))}`}
      </td>
      <td
        class="dim nar"
        data-tip={inspector === null ? 'Its inspector is closed: attaching opens it, detaching closes it again' : ''}
      >
        {inspector === null ? 'will be opened' : clean(inspector, 60)}
      </td>
      <td class="num">
        <button class="link" aria-label={`Attach to ${name}, pid ${pid}`} onClick={() => post({ type: 'attach', pid })}>
          Attach
        </button>
      </td>
    </tr>
  );
}

function Processes({ processes }: { processes: PanelProcess[] }): JSX.Element {
  if (processes.length === 0) {
    return <p class="dim">No Node process was found on this machine. Start one, then look again.</p>;
  }
  return (
    <table class="processes">
      <caption class="sr">Node processes on this machine</caption>
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
            <span class="sr">Attach</span>
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

/** Nothing is attached: what attaching gives, and to what one can attach. */
export function Empty({ state }: { state: PanelState }): JSX.Element {
  const { processes, lookedUpAtMs } = state;
  const count = processes.length === 1 ? '1 Node process' : `${whole(processes.length)} Node processes`;
  const sinceMs = Math.max(0, hostNowMs.value - lookedUpAtMs);
  return (
    <>
      <header id="head">
        <span class="name">Loopscope</span>
        <Chip icon="gone" tone="dim" text="Not attached" />
      </header>
      <main id="start">
        <LoopDiagram />
        <div>
          <h1>Nothing is attached</h1>
          <p class="dim">
            Attach to a running Node process to see where its event loop spends its time and what it is waiting for. The
            program needs no preparation, and everything is taken out again at detach.
          </p>
          <div class="acts">
            <button class="btn first" onClick={() => post({ type: 'pick' })}>
              Attach to Process…
            </button>
            <button class="btn second" onClick={() => post({ type: 'connect' })}>
              Connect to Address…
            </button>
          </div>
          <Processes processes={processes} />
        </div>
      </main>
      <footer id="foot">
        <span>
          {count}
          <span class="opt"> on this machine</span>, looked up {sinceMs < 2000 ? 'just now' : `${age(sinceMs)} ago`}
        </span>
        <button class="link" onClick={() => post({ type: 'refresh' })}>
          Look again
        </button>
      </footer>
    </>
  );
}

const STEP_FACES: Readonly<Record<ConnectStep['state'], { icon: IconName; tone: string; className: string }>> = {
  done: { icon: 'ok', tone: 'dim', className: '' },
  active: { icon: 'busy', tone: 'info', className: 'now' },
  waiting: { icon: 'silent', tone: 'dim', className: 'todo' },
  failed: { icon: 'error', tone: 'err', className: '' },
};

function Step({ step }: { step: ConnectStep }): JSX.Element {
  const { icon, tone, className } = STEP_FACES[step.state];
  return (
    <li class={className} data-step={step.state}>
      <Icon name={icon} tone={tone} />
      <span>
        <span class="sr">{step.state}: </span>
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
          <Chip icon="busy" tone="info" text="Connecting" />
        ) : (
          <Chip icon="error" tone="err" text="Not connected" />
        )}
      </header>
      <main id="start">
        <LoopDiagram />
        <div>
          <h1>
            {error === null ? 'Connecting to' : 'Could not connect to'} {name}
          </h1>
          {error === null ? (
            <p class="dim">Nothing stays behind if this fails or is cancelled.</p>
          ) : (
            <p id="error" role="alert">
              {clean(error, 1000)}
            </p>
          )}
          <div class="acts">
            {error === null ? (
              <button class="btn second" onClick={() => post({ type: 'cancel' })}>
                Cancel
              </button>
            ) : (
              <>
                <button class="btn first" onClick={() => post({ type: 'reattach' })}>
                  Try again
                </button>
                <button class="btn second" onClick={() => post({ type: 'pick' })}>
                  Attach to Process…
                </button>
                <button class="btn second" onClick={() => post({ type: 'cancel' })}>
                  Back
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
        <span>{error === null ? 'Connecting' : 'Nothing was left behind'}</span>
      </footer>
    </>
  );
}
