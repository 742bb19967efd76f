import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import type { HistoryPoint, TimeStretch } from '../src/protocol/panel';
import { Axis } from './chartAxis';
import { useCursor } from './chartCursor';
import {
  bandsOf,
  BEATS,
  CHARTS,
  gridOf,
  marksIn,
  nextScale,
  pointAt,
  readLine,
  restartsIn,
  stretchOf,
  type Band,
  type ChartSpec,
  type Line,
  type Scale,
  type Stretch,
} from './chartData';
import { Marks, type MarksProps } from './chartMarks';
import { age, clean, clock, NOT_KNOWN } from './format';
import { Icon } from './icons';
import type { Shown } from './reducer';
import { hostNowMs, look, panel, zoom } from './store';
import { colourOf, themeVersion } from './theme';

const INSET = 1;
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- its enum exists in the types only
const LOGARITHMIC = 3 as UPlot.Scale.Distr;

type Size = Pick<UPlot.Options, 'width' | 'height'>;

interface Picture {
  stretch: Stretch;
  scale: Scale;
  bands: Band[];
}

/** Everything behind the lines: bands in which the target did not run freely, the grid, the limit, ticks. */
function drawBehind(plot: UPlot, spec: ChartSpec, picture: Picture): void {
  const { ctx, bbox, height: plotHeight } = plot;
  const x = (timeMs: number): number => plot.valToPos(timeMs, 'x', true);
  const y = (value: number): number => Math.round(plot.valToPos(value, 'y', true)) + 0.5;
  const ratio = UPlot.pxRatio;
  const foot = plotHeight * ratio;
  ctx.save();
  ctx.lineWidth = ratio;
  for (const band of picture.bands) {
    const from = Math.max(bbox.left, x(band.fromMs));
    const to = Math.min(bbox.left + bbox.width, x(band.toMs));
    if (to <= from) continue;
    ctx.save();
    ctx.beginPath();
    ctx.rect(from, 0, to - from, foot);
    ctx.clip();
    ctx.globalAlpha = 0.45;
    ctx.strokeStyle = colourOf('--faint');
    ctx.beginPath();
    const step = 5.6 * ratio;
    // Anchored to the canvas, so that the hatching stands still while the band grows.
    for (let at = Math.floor((from - foot) / step) * step; at < to; at += step) {
      ctx.moveTo(at, foot);
      ctx.lineTo(at + foot, 0);
    }
    ctx.stroke();
    ctx.restore();
  }
  const across = (value: number, colour: string, dash: number[]): void => {
    ctx.strokeStyle = colour;
    ctx.setLineDash(dash.map((length) => length * ratio));
    ctx.beginPath();
    ctx.moveTo(bbox.left, y(value));
    ctx.lineTo(bbox.left + bbox.width, y(value));
    ctx.stroke();
  };
  for (const line of gridOf(spec, picture.scale)) across(line.value, colourOf('--hair'), []);
  const newest = picture.stretch.points.findLast((point) => point !== null);
  const limit = newest && spec.limit ? spec.limit(newest) : null;
  if (limit !== null && limit <= picture.scale.top) across(limit, colourOf('--vscode-charts-red'), [3, 3]);
  ctx.setLineDash([]);
  if (spec.ticks) {
    ctx.strokeStyle = colourOf('--faint');
    ctx.beginPath();
    for (const point of picture.stretch.points) {
      if (point === null || !spec.ticks(point) || point.timeMs < picture.stretch.fromMs) continue;
      const at = Math.round(x(point.timeMs)) + 0.5;
      ctx.moveTo(at, foot);
      ctx.lineTo(at, foot - 5 * ratio);
    }
    ctx.stroke();
  }
  ctx.restore();
}

/** A beat between two gaps has no line: it is drawn as a point. */
const lonely: UPlot.Series.Points.Filter = (plot, series) => {
  const values = plot.data[series] ?? [];
  const found: number[] = [];
  for (let at = 0; at < values.length; at++) {
    const isNull = (index: number): boolean => (values[index] ?? null) === null;
    if (!isNull(at) && isNull(at - 1) && isNull(at + 1)) found.push(at);
  }
  return found;
};

function seriesOf(line: Line): UPlot.Series {
  return {
    width: line.width,
    stroke: () => colourOf(line.colour),
    ...(line.dashed ? { dash: [2, 2] } : {}),
    ...(line.fill ? { fill: () => colourOf(line.colour, 10) } : {}),
    points: {
      show: true,
      size: 3,
      stroke: () => colourOf(line.colour),
      fill: () => colourOf(line.colour),
      filter: lonely,
    },
  };
}

function optionsOf(spec: ChartSpec, size: Size, picture: () => Picture): UPlot.Options {
  return {
    ...size,
    padding: [INSET, 0, INSET, 0],
    // Lines that climb slowly would turn into stairs.
    pxAlign: 0,
    legend: { show: false },
    cursor: { show: false },
    axes: [{ show: false }, { show: false }],
    scales: {
      x: { time: false, range: () => [picture().stretch.fromMs, picture().stretch.toMs] },
      y: {
        ...(spec.logFrom === undefined ? {} : { distr: LOGARITHMIC }),
        range: () => [spec.logFrom ?? 0, picture().scale.top],
      },
    },
    series: [{}, ...spec.lines.map(seriesOf)],
    bands: spec.range ? [{ series: [spec.range[1] + 1, spec.range[0] + 1], fill: () => colourOf('--timers', 14) }] : [],
    hooks: { drawClear: [(plot) => drawBehind(plot, spec, picture())] },
  };
}

function dataOf(spec: ChartSpec, stretch: Stretch): UPlot.AlignedData {
  const column = (line: Line): (number | null)[] =>
    stretch.points.map((point) => {
      const value = point === null ? null : line.value(point);
      return value === null || spec.logFrom === undefined ? value : Math.max(value, spec.logFrom);
    });
  return [stretch.times, ...spec.lines.map(column)];
}

/** The drawing of one chart: the only place that knows the chart library. */
function Plot({ spec, picture }: { spec: ChartSpec; picture: Picture }): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const latest = useRef(picture);
  latest.current = picture;
  const theme = themeVersion.value;

  useEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    const size = (): Size => ({
      width: Math.max(20, element.clientWidth),
      height: Math.max(20, element.clientHeight),
    });
    const own = new UPlot(
      optionsOf(spec, size(), () => latest.current),
      dataOf(spec, latest.current.stretch),
      element,
    );
    plot.current = own;
    const observer = new ResizeObserver(() => {
      const { width, height } = size();
      if (own.width !== width || own.height !== height) own.setSize({ width, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      own.destroy();
      plot.current = null;
    };
  }, [spec]);

  useLayoutEffect(() => {
    plot.current?.setData(dataOf(spec, picture.stretch));
  }, [spec, picture, theme]);

  return <div class="plot" ref={host} />;
}

interface HeadProps {
  spec: ChartSpec;
  point: HistoryPoint | null;
  distortion: string | null;
}

function Head({ spec, point, distortion }: HeadProps): JSX.Element {
  return (
    <div class="chead">
      <b>{spec.title}</b>
      <span class="dim">{spec.unit}</span>
      {distortion !== null && spec.id === 'lateness' ? (
        <span class="distorted" data-tip={distortion}>
          <Icon name="warning" tone="warn" />
        </span>
      ) : null}
      <span class="read">
        {spec.lines.map((line) => (
          <span key={line.label}>
            <i
              class="k"
              style={{
                borderTopColor: `var(${line.colour})`,
                borderTopWidth: line.width > 1.1 ? '2px' : '1px',
                borderTopStyle: line.dashed ? 'dashed' : 'solid',
              }}
            />
            {line.label}
            <b>{readLine(spec, line, point)}</b>
          </span>
        ))}
        {(spec.extra ?? []).map(({ label, text }) => (
          <span key={label}>
            {label}
            <b>{point === null ? NOT_KNOWN : text(point)}</b>
          </span>
        ))}
      </span>
    </div>
  );
}

function YLabels({ spec, scale }: { spec: ChartSpec; scale: Scale }): JSX.Element {
  const from = spec.logFrom;
  const height = (value: number): number =>
    from === undefined ? value / scale.top : Math.log10(value / from) / Math.log10(scale.top / from);
  return (
    <div class="ylabels" aria-hidden="true">
      {gridOf(spec, scale).map(({ value, label }) =>
        label === '' ? null : (
          <span
            key={label}
            style={{ top: `max(-4px, (var(--height) - ${2 * INSET}px) * ${1 - height(value)} + ${INSET - 8}px)` }}
          >
            {label}
          </span>
        ),
      )}
    </div>
  );
}

/** A beat is as long as its window. */
function spanOf({ fromMs, toMs }: TimeStretch, beatMs: number): TimeStretch {
  return { fromMs: fromMs === toMs ? toMs - beatMs : fromMs, toMs };
}

/** So many beginnings of findings are read out. */
const SAID = 5;

/**
 * Four charts over the last 120 beats, or a stretch that the reader has chosen, with one cursor; the figures in their heads
 * follow it. A beat or a stretch that is chosen is shown by all that stands under them.
 */
export function Charts({ shown }: { shown: Shown }): JSX.Element {
  const { history, attachment } = shown;
  const { beatMs, state, stateSinceTimeMs, distortion } = attachment;
  const { past } = panel.value;
  const zoomed = zoom.value;
  const scales = useRef(new Map<string, Scale>());
  const shownId = useRef('');
  const id = zoomed ? `${attachment.attachmentId} ${zoomed.fromMs} ${zoomed.toMs}` : attachment.attachmentId;
  if (shownId.current !== id) {
    shownId.current = id;
    scales.current.clear();
  }
  const newestMs = history[history.length - 1]?.timeMs ?? stateSinceTimeMs;
  // No beat comes while the target does not answer: time goes on all the same.
  const endMs = zoomed?.toMs ?? (state === 'notAnswering' ? Math.max(newestMs, hostNowMs.value) : newestMs);
  const beats = zoomed ? (zoomed.toMs - zoomed.fromMs) / beatMs : BEATS;
  const stretch = stretchOf(history, beatMs, endMs, beats);
  const timeAt = (cursor: number): number => endMs - cursor * beatMs;
  const { at, anchor, handlers } = useCursor(beats, (from, to) => {
    const [fromMs, toMs] = [from, to].map((one) => pointAt(stretch, timeAt(one), beatMs)?.timeMs ?? timeAt(one));
    if (fromMs !== undefined && toMs !== undefined) look({ fromMs, toMs });
  });
  const bands = bandsOf(stretch, beatMs, { state, sinceMs: stateSinceTimeMs });
  const point = pointAt(stretch, at === null && past ? past.toMs : timeAt(at ?? 0), beatMs);
  const restarts = restartsIn(stretch);
  const began = marksIn(shown.marks, stretch);
  const said = [
    zoomed
      ? l10n.t('Charts, {0} to {1}.', clock(zoomed.fromMs), clock(zoomed.toMs))
      : l10n.t('Charts, last {0}.', age(beats * beatMs)),
    l10n.t('Left and right move the cursor, Enter shows what ran then, Space begins a stretch.'),
    ...restarts.map((timeMs) => l10n.t('Restarted at {0}.', clock(timeMs))),
    ...began.slice(-SAID).map(({ timeMs, text }) => l10n.t('At {0} began: {1}', clock(timeMs), clean(text))),
  ];
  const marks: MarksProps = {
    stretch,
    restarts,
    began,
    // Where they show nothing else it needs no mark.
    looked: past && past.toMs - past.fromMs < stretch.toMs - stretch.fromMs ? spanOf(past, beatMs) : null,
    drawn:
      at === null || anchor === null
        ? null
        : { fromMs: timeAt(Math.max(at, anchor)), toMs: timeAt(Math.min(at, anchor)) },
    cursor: at === null ? null : 1 - at / beats,
  };
  const axis = { attachment, stretch, zoomed: zoomed !== null, cursor: at, beats };
  return (
    <div
      id="charts"
      role="group"
      tabIndex={0}
      aria-label={said.join(' ')}
      {...handlers}
      onDblClick={() => {
        if (past) look(null);
      }}
    >
      {CHARTS.map((spec) => {
        const scale = nextScale(scales.current.get(spec.id) ?? null, spec, stretch, endMs);
        scales.current.set(spec.id, scale);
        const label = spec.lines.map((line) => `${line.label} ${readLine(spec, line, point)}`).join(', ');
        return (
          <div class="chart" key={spec.id} data-chart={spec.id}>
            <Head spec={spec} point={point} distortion={distortion} />
            <div class="area" role="img" aria-label={`${spec.title}: ${label}`}>
              <YLabels spec={spec} scale={scale} />
              <Plot spec={spec} picture={{ stretch, scale, bands }} />
              <Marks {...marks} />
            </div>
          </div>
        );
      })}
      <Axis {...axis} />
      <Axis {...axis} />
    </div>
  );
}
