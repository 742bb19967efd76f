import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { FindingMark, TimeStretch } from '../src/protocol/panel';
import { across } from './chartAxis';
import { clean, clock } from './format';

/** Part of the charts from one time to another, as far as they show it; null when they do not. */
function placeOf(stretch: TimeStretch, { fromMs, toMs }: TimeStretch): { left: string; right: string } | null {
  if (toMs <= stretch.fromMs || fromMs >= stretch.toMs) return null;
  const share = (timeMs: number): number => (timeMs - stretch.fromMs) / (stretch.toMs - stretch.fromMs);
  const left = Math.max(0, share(fromMs));
  return { left: across(left), right: `calc((100% - 36px) * ${1 - Math.min(1, share(toMs))})` };
}

const TONES = { error: 'err', warning: 'warn', info: 'info' } as const;

/** Forms as well as colours tell how bad it is: full, hollow, round. */
const BEGAN = {
  error: <path class="f" d="M0 0h8l-4 7z" />,
  warning: <path d="M.8 .6h6.4l-3.2 5.6z" />,
  info: <circle class="f" cx="4" cy="3" r="2.5" />,
} as const;

/** What there is to be marked. */
export interface MarksProps {
  /** What the charts show. */
  stretch: TimeStretch;
  restarts: readonly number[];
  began: readonly FindingMark[];
  looked: TimeStretch | null;
  drawn: TimeStretch | null;
  /** Part of the width. */
  cursor: number | null;
}

/** What stands over the lines of a chart: restarts, where findings began, what is looked at, the stretch that is being drawn, the cursor. */
export function Marks({ stretch, restarts, began, looked, drawn, cursor }: MarksProps): JSX.Element {
  const span = stretch.toMs - stretch.fromMs;
  const at = looked && placeOf(stretch, looked);
  const drag = drawn && placeOf(stretch, drawn);
  return (
    <>
      {at ? <div class="looked" style={at} /> : null}
      {drag ? <div class="drawn" style={drag} /> : null}
      {restarts.map((timeMs) => (
        <div
          key={timeMs}
          class="restart"
          data-tip={l10n.t('Restarted at {0}', clock(timeMs))}
          style={{ left: across((timeMs - stretch.fromMs) / span) }}
        />
      ))}
      {began.map(({ timeMs, severity, text }) => (
        <div
          key={timeMs}
          class={`began ${TONES[severity]}`}
          data-tip={text
            .split('\n')
            .map((line) => `${clock(timeMs)} ${clean(line, 300)}`)
            .join('\n')}
          style={{ left: across((timeMs - stretch.fromMs) / span) }}
        >
          <svg viewBox="0 0 8 7" class="i">
            {BEGAN[severity]}
          </svg>
        </div>
      ))}
      {cursor === null ? null : <div class="cursor" style={{ left: across(cursor) }} />}
    </>
  );
}
