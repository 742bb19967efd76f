import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { PanelAttachment, PanelTarget, PanelThread } from '../src/protocol/panel';
import { LEVELS, type Level, type TargetState } from '../src/protocol/snapshot';
import { endedAlone } from './ended';
import { age, clean } from './format';
import { post } from './host';
import { Icon, type IconName } from './icons';
import type { Shown } from './reducer';

interface SelectProps {
  label: string;
  value: string;
  options: { value: string; label: string }[];
  tip: string;
  disabled?: boolean;
  className?: string;
  onChange: (value: string) => void;
}

/** A native select in the look of VS Code. */
export function Select({
  label,
  value,
  options,
  tip,
  disabled = false,
  className = '',
  onChange,
}: SelectProps): JSX.Element {
  return (
    <span class={`pick ${className}`} data-tip={tip}>
      <select
        aria-label={label}
        value={value}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon name="down" />
    </span>
  );
}

interface ToolProps {
  icon: IconName;
  label: string;
  tip: string;
  disabled: boolean;
  onClick: () => void;
}

function Tool({ icon, label, tip, disabled, onClick }: ToolProps): JSX.Element {
  return (
    <button class="btn tool" aria-label={label} data-tip={tip} disabled={disabled} onClick={onClick}>
      <Icon name={icon} />
      <span>{label}</span>
    </button>
  );
}

interface ChipFace {
  icon: IconName;
  tone: string;
  text: string;
}

/** How each state is drawn and called. */
export const STATE_FACES: Readonly<Record<TargetState, ChipFace>> = {
  running: { icon: 'running', tone: 'ok', text: l10n.t('Running') },
  paused: { icon: 'pause', tone: 'warn', text: l10n.t('Paused in debugger') },
  blocked: { icon: 'blocked', tone: 'err', text: l10n.t('Blocked') },
  notAnswering: { icon: 'silent', tone: 'warn', text: l10n.t('Not answering') },
  detached: { icon: 'gone', tone: 'dim', text: l10n.t('Detached') },
};

function chipOf(attachment: PanelAttachment): ChipFace {
  const { state, viewPausedAtMs } = attachment;
  const face = STATE_FACES[state];
  if (state === 'detached') return endedAlone(attachment) ? { ...face, text: l10n.t('Ended') } : face;
  return viewPausedAtMs === null ? face : { ...face, text: l10n.t('{0}, view paused', face.text) };
}

/** Says what the target is doing. */
export function Chip({ icon, tone, text }: ChipFace): JSX.Element {
  return (
    <span class="chip" id="state" role="status">
      <Icon name={icon} tone={tone} />
      {text}
    </span>
  );
}

const LEVEL_TIP = [
  l10n.t('observe: nothing is patched, counters and samples only'),
  l10n.t('track: also every timer, request and handle with its place'),
  l10n.t('deep: also awaited promises by the place that awaits them, sampled; it says its own cost'),
].join('\n');

function targetLabel(target: PanelTarget): string {
  const label = clean(target.label, 60);
  switch (target.state) {
    case 'running':
      return label;
    case 'paused':
      return l10n.t('{0}, paused', label);
    case 'blocked':
      return l10n.t('{0}, blocked', label);
    case 'notAnswering':
      return l10n.t('{0}, not answering', label);
    case 'detached':
      return l10n.t('{0}, detached', label);
  }
}

function threadLabel({ threadId, name, ended }: PanelThread): string {
  if (threadId === 0) return l10n.t('main thread');
  if (name === '') return ended ? l10n.t('worker {0}, ended', threadId) : l10n.t('worker {0}', threadId);
  const own = clean(name, 60);
  return ended ? l10n.t('worker {0}, {1}, ended', threadId, own) : l10n.t('worker {0}, {1}', threadId, own);
}

function threadTip(unlisted: number): string {
  return [
    l10n.t('One loop a thread: choose whose to see, or the sum. The probe is put into a worker while it is chosen.'),
    l10n.t('all threads: it is put into each worker, also into those that come later, until you choose another entry'),
    ...(unlisted > 0 ? [l10n.t('{0} more are not listed.', unlisted)] : []),
  ].join('\n');
}

function ThreadSwitch({ attachment }: { attachment: PanelAttachment }): JSX.Element | null {
  const { threads, threadId, threadCount } = attachment;
  if (threads.length === 0 || (threads.length === 1 && threadId !== 'all')) return null;
  const options = threads.map((thread) => ({ value: String(thread.threadId), label: threadLabel(thread) }));
  return (
    <Select
      label={l10n.t('Thread')}
      className="targets"
      value={String(threadId)}
      options={[...options, { value: 'all', label: l10n.t('all threads') }]}
      tip={threadTip(threadCount - threads.length)}
      onChange={(value) => post({ type: 'selectThread', threadId: value === 'all' ? value : Number(value) })}
    />
  );
}

interface HeaderProps {
  shown: Shown;
  targets: PanelTarget[];
  /** Nothing can be done with it but look. */
  recorded: boolean;
}

/** Which target, how it is, and what can be done with it. */
export function Header({ shown, targets, recorded }: HeaderProps): JSX.Element {
  const { attachment, snapshot } = shown;
  const { targetId, name, pid, nodeVersion, state, level, viewPausedAtMs, distortion } = attachment;
  const detached = state === 'detached';
  return (
    <header id="head">
      <span class="name cut" data-tip={clean(snapshot?.target.program ?? '', 400)}>
        {clean(name, 120)}
      </span>
      <span class="meta dim">
        <span>pid {pid}</span>
        <span>Node {clean(nodeVersion, 30)}</span>
        {snapshot ? <span class="up">{l10n.t('up {0}', age(snapshot.target.uptimeMs))}</span> : null}
        {snapshot && snapshot.target.thread !== 'main' && attachment.threads.length === 0 ? (
          <span class="cut thread">{clean(snapshot.target.thread, 60)}</span>
        ) : null}
      </span>
      {targets.length > 1 ? (
        <Select
          label={l10n.t('Target')}
          className="targets"
          value={targetId}
          options={targets.map((target) => ({ value: target.attachmentId, label: targetLabel(target) }))}
          tip={l10n.t('{0} targets are attached: choose which to see', targets.length)}
          onChange={(value) => post({ type: 'select', attachmentId: value })}
        />
      ) : null}
      <ThreadSwitch attachment={attachment} />
      <Chip {...chipOf(attachment)} />
      {distortion === null ? null : (
        <span class="chip small warnText" id="distortion" tabIndex={0} data-tip={clean(distortion, 600)}>
          <Icon name="warning" tone="warn" />
          <span class="long">{l10n.t('Timings distorted')}</span>
          <span class="sr">{clean(distortion, 600)}</span>
        </span>
      )}
      <span class="grow" />
      {recorded ? null : (
        <span class="set">
          <span class="dim nar">{l10n.t('Level')}</span>
          <Select
            label={l10n.t('Level')}
            value={level}
            options={LEVELS.map((value) => ({ value, label: value }))}
            tip={LEVEL_TIP}
            disabled={detached}
            onChange={(value) => post({ type: 'setLevel', level: value as Level })}
          />
          <span class="sep" />
          {viewPausedAtMs === null || detached ? (
            <Tool
              icon="pause"
              label={l10n.t('Pause view')}
              tip={l10n.t('Hold this picture; the target and the collecting go on')}
              disabled={detached}
              onClick={() => post({ type: 'pauseView', paused: true })}
            />
          ) : (
            <Tool
              icon="play"
              label={l10n.t('Resume view')}
              tip={l10n.t('Show the newest beat again')}
              disabled={false}
              onClick={() => post({ type: 'pauseView', paused: false })}
            />
          )}
          <Tool
            icon="detach"
            label={l10n.t('Detach')}
            tip={l10n.t('Take everything out of the target')}
            disabled={detached}
            onClick={() => post({ type: 'detach' })}
          />
        </span>
      )}
    </header>
  );
}
