import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { clock, whole } from './format';
import { Icon } from './icons';
import type { Looked, Shown } from './reducer';
import { look, panel } from './store';

/** What is drawn under the charts: the latest beat, or what the reader looks at. */
export function drawnOf(shown: Shown): Shown {
  const { past } = panel.value;
  if (!past?.snapshot) return shown;
  const { snapshot, known, trends } = past;
  return { ...shown, snapshot, known, trends, instances: new Map() };
}

function sentencesOf({ fromMs, toMs, beats, snapshot, pendingLeft, listenersLeft }: Looked): string[] {
  const [from, to] = [clock(fromMs), clock(toMs)];
  const single = fromMs === toMs;
  if (!snapshot) {
    return [
      single
        ? l10n.t('Nothing is kept of {0}: ring, tables and findings show the latest beat.', from)
        : l10n.t('Nothing is kept of {0} to {1}: ring, tables and findings show the latest beat.', from, to),
    ];
  }
  const sentences = [
    single
      ? l10n.t('This is the beat of {0}: ring, tables and findings show it, and not the latest.', to)
      : l10n.t(
          'These are the {0} beats from {1} to {2}: times and counts are of all of them, what is pending is of the last.',
          whole(beats),
          from,
          to,
        ),
  ];
  if (pendingLeft > 0)
    sentences.push(
      l10n.t('Of what was pending only the largest groups were kept, {0} are left out.', whole(pendingLeft)),
    );
  if (listenersLeft > 0)
    sentences.push(l10n.t('Of the listeners only the largest rows were kept, {0} are left out.', whole(listenersLeft)));
  return sentences;
}

/** Says what is looked at instead of the latest beat, and leads back; so does Escape. It stands under the charts, so that they stay where they were clicked. */
export function PastBanner(): JSX.Element {
  const { past } = panel.value;
  const looks = past !== null;
  useEffect(() => {
    if (!looks) return undefined;
    const leave = (event: KeyboardEvent): void => {
      const written = event.target instanceof Element && event.target.matches('input, select');
      if (event.key === 'Escape' && !event.defaultPrevented && !written) look(null);
    };
    document.addEventListener('keydown', leave);
    return () => document.removeEventListener('keydown', leave);
  }, [looks]);
  return (
    <div role="status" id="past">
      {past ? (
        <div class="banner">
          <Icon name="info" tone="info" />
          <span class="grow">{sentencesOf(past).join(' ')}</span>
          <button
            class="btn second"
            onClick={() => {
              look(null);
              // The button goes away with the sentence.
              document.getElementById('charts')?.focus();
            }}
          >
            {l10n.t('Back to live')}
          </button>
        </div>
      ) : null}
    </div>
  );
}
