import * as l10n from '@vscode/l10n';
import type { ComponentChildren, JSX } from 'preact';
import type { PanelAttachment } from '../src/protocol/panel';
import type { PhaseName } from '../src/protocol/snapshot';
import { endedAlone } from './ended';
import { filled, sentences } from './filled';
import { clean, clock, duration, placeOf } from './format';
import { post } from './host';
import { Icon, type IconName } from './icons';
import type { Shown } from './reducer';
import { SiteLink } from './site';
import { hostNowMs, panel } from './store';

function callbackOf(phase: PhaseName): string {
  if (phase === 'microtasks') return l10n.t('a microtask');
  return phase === 'pending' || phase === 'prepare' ? l10n.t('a callback') : l10n.t('a {0} callback', phase);
}

/** A figure that goes on by itself: seen, but not announced again each second. */
const Ticking = ({ children }: { children: string }): JSX.Element => <span aria-hidden="true">{children}</span>;

function Blocked({ shown }: { shown: Shown }): JSX.Element {
  const { attachment, snapshot } = shown;
  const open = snapshot?.openCallback ?? null;
  if (!snapshot || !open) {
    const sinceMs = attachment.stateSinceTimeMs;
    const text = l10n.t('Blocked for {0}: JavaScript has not returned to the loop since {1}.');
    return <>{filled(text, <Ticking>{duration(hostNowMs.value - sinceMs)}</Ticking>, clock(sinceMs))}</>;
  }
  const site = open.site === null ? undefined : snapshot.sites[open.site];
  const elapsed = <Ticking>{duration(open.sinceMs)}</Ticking>;
  const since = clock(snapshot.timeMs - open.sinceMs);
  if (!site) {
    const text = l10n.t('Blocked for {0}: {1} has not returned. No loop turn since {2}.');
    return <>{filled(text, elapsed, callbackOf(open.phase), since)}</>;
  }
  const text = l10n.t('Blocked for {0}: {1} has not returned, {2} at {3}. No loop turn since {4}.');
  const place = (
    <SiteLink id={open.site} sites={snapshot.sites}>
      {placeOf(site)}
    </SiteLink>
  );
  const name = clean(site.function, 80) || l10n.t('the function');
  return <>{filled(text, elapsed, callbackOf(open.phase), name, place, since)}</>;
}

function detachedText({ attachment, snapshot }: Shown): ComponentChildren {
  const since = clock(attachment.stateSinceTimeMs);
  return sentences(
    endedAlone(attachment) ? l10n.t('Ended at {0}.', since) : l10n.t('Detached at {0}.', since),
    clean(attachment.endedBecause ?? '', 600),
    snapshot ? l10n.t('These are the last figures seen.') : l10n.t('No figures were seen.'),
    attachment.awaited ? l10n.t('Waiting for it to start again, to go on here.') : null,
  );
}

/** What holds the thread, and the main thread through which workers are asked. */
function heldText(threadId: PanelAttachment['threadId']): string {
  if (threadId === 0)
    return l10n.t('Not answering for {0}: native code or a synchronous child process holds the thread.');
  return threadId === 'all'
    ? l10n.t(
        'Not answering for {0}: native code or a synchronous child process holds the main thread, through which all are asked.',
      )
    : l10n.t(
        'Not answering for {0}: native code or a synchronous child process holds the thread, or the main thread, through which it is asked.',
      );
}

function notAnsweringText({ attachment, snapshot }: Shown, elapsed: JSX.Element): ComponentChildren {
  return sentences(
    filled(heldText(attachment.threadId), elapsed),
    snapshot
      ? l10n.t('Loopscope goes on asking; all figures are from {0}.', clock(snapshot.timeMs))
      : l10n.t('Loopscope goes on asking.'),
    snapshot && snapshot.level !== attachment.level
      ? l10n.t('Level {0} begins when it answers.', attachment.level)
      : null,
  );
}

function pausedText({ history }: Shown): string {
  return history.some((point) => point.state !== 'paused')
    ? l10n.t(
        'Paused in the debugger for {0}. The loop is not turning: ring and table show the last beat before the pause; what is pending is read live.',
      )
    : l10n.t('Paused in the debugger for {0}. The loop is not turning; what is pending is read live.');
}

interface Face {
  icon: IconName;
  tone: string;
  text: ComponentChildren;
  action?: { label: string; run: () => void } | null;
}

function actionOf(attachment: PanelAttachment): NonNullable<Face['action']> {
  return endedAlone(attachment)
    ? { label: l10n.t('Show main thread'), run: () => post({ type: 'selectThread', threadId: 0 }) }
    : { label: l10n.t('Attach again'), run: () => post({ type: 'reattach' }) };
}

function faceOf(shown: Shown): Face | null {
  const { attachment } = shown;
  const elapsed = <Ticking>{duration(hostNowMs.value - attachment.stateSinceTimeMs)}</Ticking>;
  switch (attachment.state) {
    case 'detached':
      return {
        icon: 'gone',
        tone: 'dim',
        text: detachedText(shown),
        action: panel.value.recording ? null : actionOf(attachment),
      };
    case 'notAnswering':
      return { icon: 'silent', tone: 'warn', text: notAnsweringText(shown, elapsed) };
    case 'paused':
      return { icon: 'pause', tone: 'warn', text: filled(pausedText(shown), elapsed) };
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
    text: filled(
      l10n.t('View paused at {0}. The target runs on, and beats are still collected: {1} so far.'),
      clock(viewPausedAtMs),
      <Ticking>{String(beatsWhilePaused)}</Ticking>,
    ),
    action: { label: l10n.t('Resume'), run: () => post({ type: 'pauseView', paused: false }) },
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
