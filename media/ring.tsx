import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { LoopFigures, Snapshot } from '../src/protocol/snapshot';
import { fixed, NOT_KNOWN, percent, whole } from './format';
import {
  ABOUT,
  about,
  explain,
  explainUtilization,
  INNER,
  LEAST_DEGREES,
  METHOD_NAMES,
  PART_NAMES,
  placeOnRing,
  sharePercent,
  type Arc,
  type Part,
} from './parts';
import { CENTER_X, CENTER_Y, INNER_RADIUS, polar, RADIUS, WIDTH } from './ringGeometry';
import { Columns, Label, LARGE_BOX } from './ringLabels';
import type { RingSize } from './width';

interface StrokeProps {
  radius: number;
  width: number;
  from: number;
  length: number;
  colour: string;
}

/** An arc as a dashed circle: a share that is plainly another glides there, and no path has to be computed. */
function Stroke({ radius, width, from, length, colour }: StrokeProps): JSX.Element {
  const gap = Math.min(1.2, length / 3);
  return (
    <circle
      class="arc"
      cx={CENTER_X}
      cy={CENTER_Y}
      r={radius}
      pathLength={360}
      stroke={colour}
      stroke-width={width}
      stroke-dasharray={`${Math.max(0.4, length - gap)} 360`}
      stroke-dashoffset={-(from + gap / 2)}
      transform={`rotate(-90 ${CENTER_X} ${CENTER_Y})`}
    />
  );
}

/** Stands where something is that cannot be observed: neither zero nor a guess. */
function Notch({ arc }: { arc: Arc }): JSX.Element {
  const from = arc.from + 1;
  const to = arc.from + arc.length - 1;
  const outer = RADIUS + WIDTH / 2;
  const inner = RADIUS - WIDTH / 2;
  const point = (radius: number, degrees: number): string => polar(radius, degrees).join(' ');
  const path = `M${point(inner, from)}L${point(outer, from)}A${outer} ${outer} 0 0 1 ${point(outer, to)}L${point(inner, to)}A${inner} ${inner} 0 0 0 ${point(inner, from)}z`;
  return <path d={path} fill="url(#hatch)" stroke="var(--faint)" stroke-dasharray="2 2" />;
}

function Shape({ arc }: { arc: Arc }): JSX.Element {
  const { name, from, length, share } = arc;
  const colour = `var(--${name})`;
  const place = { from, length };
  if (share === null) return <Notch arc={arc} />;
  if (INNER.has(name)) {
    return (
      <>
        <Stroke radius={RADIUS} width={1} from={from - 0.6} length={length + 1.2} colour="var(--rule)" />
        <Stroke radius={INNER_RADIUS} width={8} {...place} colour={colour} />
      </>
    );
  }
  if (name === 'wait') {
    return (
      <>
        <Stroke radius={RADIUS} width={4} {...place} colour={colour} />
        <Stroke radius={RADIUS} width={WIDTH} {...place} colour="transparent" />
      </>
    );
  }
  if (name === 'other') {
    return (
      <>
        <Stroke radius={RADIUS} width={WIDTH} {...place} colour={colour} />
        {length > 3 ? (
          <Stroke radius={RADIUS} width={WIDTH - 2} from={from + 0.75} length={length - 1.5} colour="var(--bg)" />
        ) : null}
      </>
    );
  }
  if (share === 0) {
    return <Stroke radius={RADIUS} width={WIDTH} from={from + LEAST_DEGREES / 2 - 0.4} length={0.8} colour={colour} />;
  }
  return <Stroke radius={RADIUS} width={WIDTH} {...place} colour={colour} />;
}

/** The longest single callback, on the outside of its arc. */
function Rim({ arc }: { arc: Arc }): JSX.Element | null {
  if (!arc.longestMs || !arc.ms) return null;
  const length = Math.min(1, arc.longestMs / arc.ms) * arc.length;
  if (length <= 4) return null;
  return <Stroke radius={RADIUS + WIDTH / 2 + 4} width={2} from={arc.from} length={length} colour="var(--fg)" />;
}

function sayPart(part: Part): string {
  const { name, share, method } = part;
  if (share === null) return l10n.t('{0} not known', PART_NAMES[name]);
  const figure = about(method, share) + sharePercent(share);
  return method === 'sampled'
    ? l10n.t('{0} {1} % (sampled)', PART_NAMES[name], figure)
    : l10n.t('{0} {1} %', PART_NAMES[name], figure);
}

function sayUtilization({ utilization, method }: LoopFigures): string {
  if (utilization === null) return l10n.t('utilization not known');
  const figure = about(method, utilization) + percent(utilization);
  return method === 'sampled' ? l10n.t('utilization {0} % (sampled)', figure) : l10n.t('utilization {0} %', figure);
}

function tipOf(arc: Arc): string {
  if (arc.share === null) return explain(arc);
  const { share, ms, method } = arc;
  const figures = [about(method, share) + sharePercent(share), about(method, ms) + fixed(ms)] as const;
  return `${explain(arc)}\n${l10n.t('{0} % of the window, {1} ms', ...figures)}`;
}

function turnsTip(perSecond: number | null, threads: number): string {
  if (perSecond === null) return l10n.t('Loop turns are not counted before Node 20.20: see the notes.');
  return threads === 1 ? '' : l10n.t('Loop turns of all threads, added');
}

function describe({ windowMs, loop, threads }: Snapshot, parts: readonly Part[]): string {
  const window = fixed(windowMs, 0);
  const all = parts.map(sayPart).join(', ');
  return threads === 1
    ? l10n.t('Event loop over {0} ms, {1}: {2}', window, sayUtilization(loop), all)
    : l10n.t('Event loop of {0} threads over {1} ms, {2}: {3}', threads, window, sayUtilization(loop), all);
}

/** Without labels around it the ring itself is larger. */
const BOXES: Readonly<Record<RingSize, string>> = {
  small: '34 26 204 204',
  usual: '0 0 272 256',
  large: LARGE_BOX.join(' '),
};

interface RingProps {
  snapshot: Snapshot;
  parts: Part[];
  /** The part under the pointer. */
  hot: string | null;
  size: RingSize;
}

/** So many degrees are plain to see: a smaller change would glide for every frame of 160 ms, once a beat, for nothing. */
const PLAIN_DEGREES = 12;

/** Whether an arc ends plainly elsewhere than in the picture before. */
function glides(arcs: readonly Arc[], before: readonly Arc[]): boolean {
  const ends = new Map(before.map(({ name, from, length }) => [name, from + length]));
  return arcs.some(({ name, from, length }) => Math.abs(from + length - (ends.get(name) ?? NaN)) > PLAIN_DEGREES);
}

/** One window of the loop as a circle: angle is share, thick is work, thin is waiting; the table beside it says the same. */
export function Ring({ snapshot, parts, hot, size }: RingProps): JSX.Element {
  const { loop, windowMs, threads } = snapshot;
  const perSecond = loop.turns === null || windowMs <= 0 ? null : (loop.turns / windowMs) * 1000;
  const isSampled = loop.method === 'sampled' && loop.utilization !== null;
  const isAbout = isSampled && loop.utilization !== 0;
  const figure = loop.utilization === null ? NOT_KNOWN : `${percent(loop.utilization)} %`;
  const arcs = placeOnRing(parts);
  const before = useRef<readonly Arc[]>([]);
  const motion = glides(arcs, before.current) ? 'glides' : '';
  before.current = arcs;
  const top = CENTER_Y - RADIUS - WIDTH / 2 - 9;
  return (
    <svg viewBox={BOXES[size]} data-size={size} class={motion} role="img" aria-label={describe(snapshot, parts)}>
      <circle class="guide" cx={CENTER_X} cy={CENTER_Y} r={INNER_RADIUS} stroke-dasharray="1 3" />
      {arcs.map((arc) => (
        <g key={arc.name} data-part={arc.name} class={hot === arc.name ? 'hot' : ''} data-tip={tipOf(arc)}>
          <Shape arc={arc} />
          <Rim arc={arc} />
          {size === 'usual' ? <Label arc={arc} /> : null}
        </g>
      ))}
      {size === 'large' ? <Columns arcs={arcs} /> : null}
      <path
        d={`M${CENTER_X - 2.5} ${top}l5 3.5l-5 3.5z`}
        fill="var(--dim)"
        data-tip={l10n.t('A turn of the loop starts here and runs clockwise')}
      />
      {isSampled ? (
        <text class="midsub" id="method" x={CENTER_X} y={CENTER_Y - 26} data-tip={explainUtilization(snapshot)}>
          {METHOD_NAMES.sampled}
        </text>
      ) : null}
      <text
        class={figure.length + Number(isAbout) > 5 ? 'mid many' : 'mid'}
        id="utilization"
        x={CENTER_X}
        y={CENTER_Y + 2}
        data-tip={explainUtilization(snapshot)}
      >
        {isAbout ? <tspan class="about">{ABOUT}</tspan> : null}
        {figure}
      </text>
      <text class="midsub" x={CENTER_X} y={CENTER_Y + 18}>
        {threads === 1 ? l10n.t('utilization') : l10n.t('mean of {0} threads', threads)}
      </text>
      <text class="midsub" id="turns" x={CENTER_X} y={CENTER_Y + 34} data-tip={turnsTip(perSecond, threads)}>
        {l10n.t('{0} turns/s', whole(perSecond))}
      </text>
      {size === 'large' && loop.activeMs !== null ? (
        <text class="midsub" x={CENTER_X} y={CENTER_Y + 46}>
          {l10n.t('{0} ms active', about(loop.method, loop.activeMs) + fixed(loop.activeMs, 0))}
        </text>
      ) : null}
    </svg>
  );
}

const PHASE_WORDS = ['pending', 'prepare', 'poll', 'check', 'close', 'timers'] as const;

/** The loop as such: six equal parts without figures, because nothing was measured. */
export function LoopDiagram(): JSX.Element {
  return (
    <svg
      class="big"
      viewBox="-16 -8 304 272"
      role="img"
      aria-label={l10n.t(
        'The event loop: pending callbacks, idle and prepare, poll, check, close callbacks, timers; between callbacks the nextTick and microtask queues',
      )}
    >
      {PHASE_WORDS.map((word, at) => {
        const [x, y] = polar(RADIUS + WIDTH / 2 + 12, at * 60 + 30);
        const anchor = Math.abs(x - CENTER_X) < 24 ? 'middle' : x > CENTER_X ? 'start' : 'end';
        return (
          <g key={word}>
            <Stroke radius={RADIUS} width={WIDTH} from={at * 60} length={60} colour="var(--faint)" />
            <Stroke radius={RADIUS} width={WIDTH - 2} from={at * 60 + 0.75} length={58.5} colour="var(--bg)" />
            <text x={x} y={y + 4} text-anchor={anchor}>
              {word}
            </text>
          </g>
        );
      })}
      <circle cx={CENTER_X} cy={CENTER_Y} r={INNER_RADIUS} fill="none" stroke="var(--faint)" stroke-dasharray="1 3" />
      <text x={CENTER_X} y={CENTER_Y - 4} text-anchor="middle">
        nextTick,
      </text>
      <text x={CENTER_X} y={CENTER_Y + 12} text-anchor="middle">
        microtasks
      </text>
    </svg>
  );
}
