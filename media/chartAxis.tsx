import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { PanelAttachment, TimeStretch } from '../src/protocol/panel';
import { age, clock } from './format';
import { panel } from './store';

/** Part of the width of a plot, which begins 36 px from the left. */
export function across(share: number): string {
  return `calc(36px + (100% - 36px) * ${share})`;
}

/** What stands at the end of the axis: how long a state has lasted that is not the usual one, or when that is. */
function endOf(attachment: PanelAttachment, endMs: number): string {
  const { state, stateSinceTimeMs, viewPausedAtMs } = attachment;
  const lasts = age(Math.max(0, endMs - stateSinceTimeMs));
  if (state === 'paused') return l10n.t('paused {0}', lasts);
  if (state === 'blocked') return l10n.t('blocked {0}', lasts);
  if (state === 'notAnswering') return l10n.t('no answer {0}', lasts);
  const live = state !== 'detached' && viewPausedAtMs === null && panel.value.recording === null;
  return live ? l10n.t('now') : clock(endMs);
}

interface AxisProps {
  attachment: PanelAttachment;
  stretch: TimeStretch;
  /** They show a stretch that the reader has chosen. */
  zoomed: boolean;
  cursor: number | null;
  beats: number;
}

/** The time of the charts: back from now, or by the clock where a stretch of the past is shown. */
export function Axis({ attachment, stretch, zoomed, cursor, beats }: AxisProps): JSX.Element {
  const { fromMs, toMs } = stretch;
  const { beatMs } = attachment;
  const back = (timeMs: number): string => (zoomed ? clock(timeMs) : `−${age(toMs - timeMs)}`);
  return (
    <div class="axis" data-tip={l10n.t('Click in a chart to see what ran then; drag to see a stretch.')}>
      <span>{back(fromMs)}</span>
      <span class={cursor === null ? '' : 'hid'}>{back((fromMs + toMs) / 2)}</span>
      <span class="end">{zoomed ? clock(toMs) : endOf(attachment, toMs)}</span>
      {cursor === null || cursor === 0 ? null : (
        <span class="cursorTime" style={{ left: across(1 - cursor / beats) }}>
          {back(toMs - cursor * beatMs)}
        </span>
      )}
    </div>
  );
}
