import type { ComponentChildren, JSX } from 'preact';
import type { PanelAttachment } from '../src/protocol/panel';
import type { PhaseName } from '../src/protocol/snapshot';
import { endedAlone } from './ended';
import { clean, clock, duration, placeOf } from './format';
import { post } from './host';
import { Icon, type IconName } from './icons';
import type { Shown } from './reducer';
import { SiteLink } from './site';
import { hostNowMs, panel } from './store';

const A_CALLBACK: Readonly<Record<PhaseName, string>> = {
  pending: 'a callback',
  prepare: 'a callback',
  poll: 'a poll callback',
  check: 'a check callback',
  close: 'a close callback',
  timers: 'a timers callback',
  nextTick: 'a nextTick callback',
  microtasks: 'a microtask',
};

/** A figure that goes on by itself: seen, but not announced again each second. */
const Ticking = ({ children }: { children: string }): JSX.Element => <span aria-hidden="true">{children}</span>;

function Blocked({ shown }: { shown: Shown }): JSX.Element {
  const { attachment, snapshot } = shown;
  const open = snapshot?.openCallback ?? null;
  if (!snapshot || !open) {
    const sinceMs = attachment.stateSinceTimeMs;
    return (
      <>
        Blocked for <Ticking>{duration(hostNowMs.value - sinceMs)}</Ticking>: JavaScript has not returned to the loop
        since {clock(sinceMs)}.
      </>
    );
  }
  const site = open.site === null ? undefined : snapshot.sites[open.site];
  return (
    <>
      Blocked for <Ticking>{duration(open.sinceMs)}</Ticking>: {A_CALLBACK[open.phase]} has not returned
      {site ? (
        <>
          , {clean(site.function, 80) || 'the function'} at{' '}
          <SiteLink id={open.site} sites={snapshot.sites}>
            {placeOf(site)}
          </SiteLink>
        </>
      ) : null}
      . No loop turn since {clock(snapshot.timeMs - open.sinceMs)}.
    </>
  );
}

interface Face {
  icon: IconName;
  tone: string;
  text: ComponentChildren;
  action?: { label: string; run: () => void } | null;
}

function actionOf(attachment: PanelAttachment): NonNullable<Face['action']> {
  return endedAlone(attachment)
    ? { label: 'Show main thread', run: () => post({ type: 'selectThread', threadId: 0 }) }
    : { label: 'Attach again', run: () => post({ type: 'reattach' }) };
}

function faceOf(shown: Shown): Face | null {
  const { attachment, snapshot, history } = shown;
  const since = attachment.stateSinceTimeMs;
  const elapsed = <Ticking>{duration(hostNowMs.value - since)}</Ticking>;
  switch (attachment.state) {
    case 'detached':
      return {
        icon: 'gone',
        tone: 'dim',
        text: (
          <>
            {endedAlone(attachment) ? 'Ended' : 'Detached'} at {clock(since)}.{' '}
            {clean(attachment.endedBecause ?? '', 600)}
            {snapshot ? ' These are the last figures seen.' : ' No figures were seen.'}
            {attachment.awaited ? ' Waiting for it to start again, to go on here.' : ''}
          </>
        ),
        action: panel.value.recording ? null : actionOf(attachment),
      };
    case 'notAnswering':
      return {
        icon: 'silent',
        tone: 'warn',
        text: (
          <>
            Not answering for {elapsed}: native code or a synchronous child process holds{' '}
            {attachment.threadId === 'all' ? 'the main thread, through which all are asked' : 'the thread'}
            {typeof attachment.threadId === 'number' && attachment.threadId !== 0
              ? ', or the main thread, through which it is asked'
              : ''}
            . Loopscope goes on asking
            {snapshot ? `; all figures are from ${clock(snapshot.timeMs)}.` : '.'}
            {snapshot && snapshot.level !== attachment.level
              ? ` Level ${attachment.level} begins when it answers.`
              : ''}
          </>
        ),
      };
    case 'paused':
      return {
        icon: 'pause',
        tone: 'warn',
        text: (
          <>
            Paused in the debugger for {elapsed}. The loop is not turning
            {history.some((point) => point.state !== 'paused')
              ? ': ring and table show the last beat before the pause'
              : ''}
            ; what is pending is read live.
          </>
        ),
      };
    case 'blocked':
      return { icon: 'blocked', tone: 'err', text: <Blocked shown={shown} /> };
    case 'running':
      return null;
  }
}

function pausedViewFace({ attachment }: Shown): Face | null {
  const { viewPausedAtMs, beatsWhilePaused, state } = attachment;
  if (viewPausedAtMs === null || state === 'detached') return null;
  return {
    icon: 'pause',
    tone: 'info',
    text: (
      <>
        View paused at {clock(viewPausedAtMs)}. The target runs on, and beats are still collected:{' '}
        <Ticking>{String(beatsWhilePaused)}</Ticking> so far.
      </>
    ),
    action: { label: 'Resume', run: () => post({ type: 'pauseView', paused: false }) },
  };
}

/** What is out of the ordinary, as a sentence under the header; nothing while all is well. */
export function Banner({ shown }: { shown: Shown }): JSX.Element {
  const faces = [faceOf(shown), pausedViewFace(shown)].filter((face) => face !== null);
  return (
    <div role="status">
      {faces.map((face) => (
        <div class="banner" key={face.icon}>
          <Icon name={face.icon} tone={face.tone} />
          <span class="grow">{face.text}</span>
          {face.action ? (
            <button class="btn second" onClick={face.action.run}>
              {face.action.label}
            </button>
          ) : null}
        </div>
      ))}
    </div>
  );
}
