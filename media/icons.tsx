import type { JSX } from 'preact';
import type { PartName } from './parts';

const dot = (x: number, y: number, r: number): JSX.Element => <circle class="f" cx={x} cy={y} r={r} />;

/** 16 by 16, drawn with the text's colour. */
const SHAPES = {
  pause: <path d="M5.5 3.5v9M10.5 3.5v9" stroke-width="1.6" />,
  play: <path d="M5 3.5v9l7-4.5z" />,
  detach: <path d="M4 4l8 8M12 4l-8 8" />,
  error: [<circle cx="8" cy="8" r="6" />, <path d="M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4" />],
  warning: [<path d="M8 2.5L14.2 13.5H1.8z M8 6.5v3.5" />, dot(8, 11.7, 0.8)],
  info: [<circle cx="8" cy="8" r="6" />, <path d="M8 7.5v3.5" />, dot(8, 5.2, 0.8)],
  ok: <path d="M3 8.5l3.2 3.2L13 4.8" />,
  down: <path d="M4 6.5l4 4 4-4" />,
  search: [<circle cx="9.5" cy="6.5" r="4" />, <path d="M6.6 9.4L2.5 13.5" />],
  question: [
    <circle cx="8" cy="8" r="6" />,
    <path d="M6.2 6.4a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.8.6-.8 1.2" />,
    dot(8, 11, 0.7),
  ],
  running: dot(8, 8, 4),
  blocked: <path class="f" d="M4 4h8v8H4z" />,
  silent: <circle cx="8" cy="8" r="4" stroke-dasharray="2.2 2" />,
  gone: <circle cx="8" cy="8" r="4" />,
  busy: <path class="spin" d="M8 3a5 5 0 1 1-5 5" stroke-width="1.5" />,
} as const;

export type IconName = keyof typeof SHAPES;

/** One of the page's own icons; `tone` is a class that colours it. */
export function Icon({ name, tone = '' }: { name: IconName; tone?: string }): JSX.Element {
  return (
    <svg class={`i ${tone}`} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[name]}
    </svg>
  );
}

/** The sign of a part, in the form that it has on the ring. No drawing: tables have very many of them. */
export function Swatch({ part }: { part: PartName }): JSX.Element {
  return <i class={`sw ${part}`} style={{ '--part': `var(--${part})` }} aria-hidden="true" />;
}

/** Patterns that other drawings fill themselves with; drawn once. */
export function Patterns(): JSX.Element {
  return (
    <svg class="sr" aria-hidden="true">
      <defs>
        <pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M2 0v4" stroke="var(--faint)" stroke-width="1.3" />
        </pattern>
      </defs>
    </svg>
  );
}
