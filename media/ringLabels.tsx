import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { fixed, whole } from './format';
import { about, METHOD_NAMES, sharePercent, SHORT_NAMES, type Arc } from './parts';
import { CENTER_X, CENTER_Y, placeLabels, polar, RADIUS, WIDTH, type PlacedLabel } from './ringGeometry';

/** Beside an arc that is large enough, where it is. */
export function Label({ arc }: { arc: Arc }): JSX.Element | null {
  if (arc.share === null || arc.share <= 0.07 || arc.share >= 0.97) return null;
  const [x, y] = polar(RADIUS + WIDTH / 2 + 12, arc.from + arc.length / 2);
  const anchor = Math.abs(x - CENTER_X) < 24 ? 'middle' : x > CENTER_X ? 'start' : 'end';
  const up = y < CENTER_Y - 60 ? -12 : y > CENTER_Y + 60 ? 8 : -2;
  return (
    <text class="lab" text-anchor={anchor}>
      <tspan x={x} y={y + up}>
        {SHORT_NAMES[arc.name]}
      </tspan>
      <tspan x={x} y={y + up + 14}>
        {about(arc.method, arc.share)}
        {Math.round(arc.share * 100)} %
      </tspan>
    </text>
  );
}

/** How high a label with two lines is, and how far from the middle the columns of them begin. */
const HEIGHT = 23;
const COLUMN = 118;
/** The viewBox of a ring with columns of labels: left, top, width, height. */
export const LARGE_BOX = [-116, -10, 504, 277] as const;

const spaced = (parts: readonly string[]): string => parts.filter((part) => part !== '').join('\u2002');

function headOf({ name, callbacks, longestMs }: Arc): string {
  const longest = longestMs === null ? '' : `${l10n.t('max')} ${fixed(longestMs)}`;
  return spaced([SHORT_NAMES[name], callbacks ? `${whole(callbacks)} ×` : '', longest]);
}

function figuresOf({ share, ms, method }: Arc): string {
  if (share === null) return METHOD_NAMES[method];
  return spaced([`${about(method, share)}${sharePercent(share)} %`, `${about(method, ms)}${fixed(ms)} ms`]);
}

function Column({ arc, label }: { arc: Arc; label: PlacedLabel }): JSX.Element {
  const sign = label.side === 'right' ? 1 : -1;
  const x = CENTER_X + sign * COLUMN;
  const [fromX, fromY] = label.from;
  return (
    <g data-part={arc.name}>
      <path class="lead" d={`M${fromX} ${fromY}L${x - sign * 6} ${label.y + 10}H${x - sign * 2}`} />
      <text class="lab" text-anchor={sign > 0 ? 'start' : 'end'}>
        <tspan x={x} y={label.y + 8}>
          {headOf(arc)}
        </tspan>
        <tspan x={x} y={label.y + 19}>
          {figuresOf(arc)}
        </tspan>
      </text>
    </g>
  );
}

/** Where there is room: every part with its share, time, callbacks and longest callback, in two columns beside the ring. */
export function Columns({ arcs }: { arcs: readonly Arc[] }): JSX.Element {
  const [, top, , height] = LARGE_BOX;
  const middles = arcs.map(({ from, length }) => from + length / 2);
  const labels = placeLabels(middles, HEIGHT, top + 2, top + height - 2);
  return (
    <g>
      {arcs.map((arc, at) => {
        const label = labels[at];
        return label ? <Column key={arc.name} arc={arc} label={label} /> : null;
      })}
    </g>
  );
}
