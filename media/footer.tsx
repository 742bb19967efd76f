import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { PanelAttachment } from '../src/protocol/panel';
import type { Snapshot } from '../src/protocol/snapshot';
import { age, clean, clock, duration, fixed, size, whole } from './format';
import { post } from './host';
import type { Shown } from './reducer';
import { hostNowMs, panel } from './store';

function beatText({ state, stateSinceTimeMs, beatMs, viewPausedAtMs }: PanelAttachment): string {
  if (panel.value.recording) return 'Recorded';
  if (state === 'detached') return 'No more beats';
  if (state === 'notAnswering') return `No beat for ${duration(hostNowMs.value - stateSinceTimeMs)}`;
  if (viewPausedAtMs !== null) return 'Beats are held';
  return `Beat ${beatMs < 1000 ? age(beatMs) : `${fixed(beatMs / 1000, beatMs % 1000 === 0 ? 0 : 2)} s`}`;
}

function Dropped({ dropped }: { dropped: Snapshot['dropped'] }): JSX.Element {
  const sum = dropped.resources + dropped.sites + dropped.beats + dropped.promises;
  const tip = `What could not be recorded in the last beat:\n${whole(dropped.resources)} resources, ${whole(dropped.sites)} places, ${whole(dropped.beats)} beats, ${whole(dropped.promises)} promises`;
  return (
    <span class={sum > 0 ? 'warnText' : ''} data-tip={tip}>
      Dropped {whole(sum)}
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
  const costText = cost.drainMs === null ? 'Own cost –' : `Own cost ${fixed(cost.drainMs)} ms`;
  const deepText = cost.deepMs === null ? '' : ` + ${fixed(cost.deepMs)} ms deep`;
  const costTip = 'Time the probe took inside the target for the last beat, and the size of its answer';
  const deepTip = '\ndeep: time it took to follow promises since the beat before';
  return (
    <>
      {open.value && notes.length > 0 ? (
        <section id="notes" aria-label="Notes">
          <ul>
            {notes.map((note) => (
              <li key={note}>{clean(note, 600)}</li>
            ))}
          </ul>
        </section>
      ) : null}
      <footer id="foot">
        <span>{beatText(attachment)}</span>
        <span class="cost" data-tip={costTip + (deepText && deepTip)}>
          {costText}
          {deepText}
          {cost.batchBytes === null ? '' : `, ${size(cost.batchBytes)} a beat`}
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
            {notes.length === 1 ? '1 note' : `${notes.length} notes`}
          </button>
        ) : (
          <span>No notes</span>
        )}
        <span class="grow" />
        <button class="link opt" data-tip="Copy this snapshot as JSON" onClick={() => post({ type: 'copySnapshot' })}>
          Copy as JSON
        </button>
        <span class="opt" id="snapshot">
          Snapshot {whole(snapshot.sequence)}, {clock(snapshot.timeMs)}
        </span>
      </footer>
    </>
  );
}
