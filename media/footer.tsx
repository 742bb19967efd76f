import { useSignal } from '@preact/signals';
import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { PanelAttachment } from '../src/protocol/panel';
import type { Snapshot } from '../src/protocol/snapshot';
import { age, clean, clock, duration, fixed, NOT_KNOWN, size, whole } from './format';
import { post } from './host';
import type { Shown } from './reducer';
import { hostNowMs, panel } from './store';

function beatText({ state, stateSinceTimeMs, beatMs, viewPausedAtMs }: PanelAttachment): string {
  if (panel.value.recording) return l10n.t('Recorded');
  if (state === 'detached') return l10n.t('No more beats');
  if (state === 'notAnswering') return l10n.t('No beat for {0}', duration(hostNowMs.value - stateSinceTimeMs));
  if (viewPausedAtMs !== null) return l10n.t('Beats are held');
  return l10n.t('Beat {0}', beatMs < 1000 ? age(beatMs) : `${fixed(beatMs / 1000, beatMs % 1000 === 0 ? 0 : 2)} s`);
}

/** What looking takes of the target, as far as it is known. */
function costText({ drainMs, deepMs, batchBytes }: Snapshot['cost']): string {
  const own = drainMs === null ? NOT_KNOWN : `${fixed(drainMs)} ms`;
  const deep = deepMs === null ? null : `${fixed(deepMs)} ms`;
  const bytes = batchBytes === null ? null : size(batchBytes);
  if (deep === null)
    return bytes === null ? l10n.t('Own cost {0}', own) : l10n.t('Own cost {0}, {1} a beat', own, bytes);
  return bytes === null
    ? l10n.t('Own cost {0} + {1} deep', own, deep)
    : l10n.t('Own cost {0} + {1} deep, {2} a beat', own, deep, bytes);
}

function costTip({ deepMs }: Snapshot['cost']): string {
  const own = l10n.t('Time the probe took inside the target for the last beat, and the size of its answer');
  return deepMs === null ? own : `${own}\n${l10n.t('deep: time it took to follow promises since the beat before')}`;
}

function Dropped({ dropped }: { dropped: Snapshot['dropped'] }): JSX.Element {
  const sum = dropped.resources + dropped.sites + dropped.beats + dropped.promises;
  const lost = l10n.t(
    '{0} resources, {1} places, {2} beats, {3} promises',
    whole(dropped.resources),
    whole(dropped.sites),
    whole(dropped.beats),
    whole(dropped.promises),
  );
  const tip = `${l10n.t('What could not be recorded in the last beat:')}\n${lost}`;
  return (
    <span class={sum > 0 ? 'warnText' : ''} data-tip={tip}>
      {l10n.t('Dropped {0}', whole(sum))}
    </span>
  );
}

/** The beat, what looking costs, what was lost, and the conditions that limit what is seen. */
export function Footer({ shown }: { shown: Shown }): JSX.Element {
  const open = useSignal(false);
  const { attachment, snapshot } = shown;
  if (!snapshot) {
    return (
      <footer id="foot">
        <span>{beatText(attachment)}</span>
      </footer>
    );
  }
  const { cost, notes } = snapshot;
  return (
    <>
      {open.value && notes.length > 0 ? (
        <section id="notes" aria-label={l10n.t('Notes')}>
          <ul>
            {notes.map((note) => (
              <li key={note}>{clean(note, 600)}</li>
            ))}
          </ul>
        </section>
      ) : null}
      <footer id="foot">
        <span>{beatText(attachment)}</span>
        <span class="cost" data-tip={costTip(cost)}>
          {costText(cost)}
        </span>
        <Dropped dropped={snapshot.dropped} />
        {notes.length > 0 ? (
          <button
            class="link"
            aria-expanded={open.value}
            aria-controls="notes"
            data-tip={open.value ? '' : notes.map((note) => clean(note, 300)).join('\n')}
            onClick={() => (open.value = !open.value)}
          >
            {notes.length === 1 ? l10n.t('1 note') : l10n.t('{0} notes', notes.length)}
          </button>
        ) : (
          <span>{l10n.t('No notes')}</span>
        )}
        <span class="grow" />
        <button
          class="link opt"
          data-tip={l10n.t('Copy this snapshot as JSON')}
          onClick={() => post({ type: 'copySnapshot' })}
        >
          {l10n.t('Copy as JSON')}
        </button>
        <span class="opt" id="snapshot">
          {l10n.t('Snapshot {0}, {1}', whole(snapshot.sequence), clock(snapshot.timeMs))}
        </span>
      </footer>
    </>
  );
}
