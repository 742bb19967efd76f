import { useSignal } from '@preact/signals';
import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { PanelRecording } from '../src/protocol/panel';
import { clean, clock, duration, whole } from './format';
import { post } from './host';
import { Icon } from './icons';

interface MarkProps {
  label: string;
  tip: string;
  onClick: () => void;
}

function Mark({ label, tip, onClick }: MarkProps): JSX.Element {
  return (
    <button class="btn tool" data-tip={tip} onClick={onClick}>
      {label}
    </button>
  );
}

/** Which moment of a recording is shown, and which stretch of it is chosen; what is missing stands under it. */
export function TimeSlider({ recording }: { recording: PanelRecording }): JSX.Element {
  const { frames, frame, startMs, endMs, timeMs, from, to, notices } = recording;
  // The extension answers a little later: the thumb is where the reader has put it.
  const wanted = useSignal<{ frame: number; instead: number } | null>(null);
  const at = wanted.value?.instead === frame ? wanted.value.frame : frame;
  const last = Math.max(1, frames - 1);
  const isPart = from > 0 || to < frames - 1;
  const moment = l10n.t('{0}, {1} of {2}', clock(timeMs), whole(frame + 1), whole(frames));
  return (
    <section id="recording" aria-label={l10n.t('Recording')}>
      {frames === 0 ? null : (
        <div class="time">
          <span class="dim nar" data-tip={l10n.t('Where the recording begins')}>
            {clock(startMs)}
          </span>
          <span class="track">
            <span class="stretches">
              <span
                class="stretch"
                style={{ left: `${(from / last) * 100}%`, width: `${((to - from) / last) * 100}%` }}
              />
            </span>
            <input
              type="range"
              aria-label={l10n.t('Moment of the recording')}
              aria-valuetext={moment}
              min={0}
              max={frames - 1}
              value={at}
              onInput={(event) => {
                const chosen = Number(event.currentTarget.value);
                wanted.value = { frame: chosen, instead: frame };
                post({ type: 'seek', frame: chosen });
              }}
            />
          </span>
          <span class="dim nar" data-tip={l10n.t('The recording is {0} long', duration(endMs - startMs))}>
            {clock(endMs)}
          </span>
          <output class="moment">{moment}</output>
          <span class="set">
            <Mark
              label={l10n.t('From here')}
              tip={l10n.t('The stretch that is exported begins at this moment')}
              onClick={() => post({ type: 'stretch', from: frame, to: Math.max(frame, to) })}
            />
            <Mark
              label={l10n.t('To here')}
              tip={l10n.t('The stretch that is exported ends at this moment')}
              onClick={() => post({ type: 'stretch', from: Math.min(from, frame), to: frame })}
            />
            {isPart ? (
              <Mark
                label={l10n.t('All')}
                tip={l10n.t('{0} of {1} moments are chosen: choose all', whole(to - from + 1), whole(frames))}
                onClick={() => post({ type: 'stretch', from: 0, to: frames - 1 })}
              />
            ) : null}
            <span class="sep" />
            <span class="dim nar">{l10n.t('Export')}</span>
            <Mark
              label={l10n.t('Trace')}
              tip={l10n.t('Write the stretch as a Chrome trace, for Perfetto')}
              onClick={() => post({ type: 'export', as: 'trace' })}
            />
            <Mark
              label={l10n.t('Report')}
              tip={l10n.t('Write a report on the stretch, as Markdown')}
              onClick={() => post({ type: 'export', as: 'report' })}
            />
          </span>
        </div>
      )}
      {notices.map((notice) => (
        <div class="banner" role="status" key={notice}>
          <Icon name="warning" tone="warn" />
          <span class="grow">{clean(notice, 600)}</span>
        </div>
      ))}
    </section>
  );
}
