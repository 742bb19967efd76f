import { useSignal } from '@preact/signals';
import { Component, type ComponentChildren, type JSX, type RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

/** Every line is as high as this, whatever is in it: only so is known where those are that are not drawn. */
const LINE_PX = 24;
/** So many lines are drawn beyond what is seen, and the page is drawn again after scrolling by as many. */
const MORE = 6;

interface LineProps {
  rowKey: string;
  /** Changes when and only when the cells do. */
  signature: string;
  className: string;
  level: number | null;
  /** Its place among all lines, from 1; the head is one. */
  index: number;
  expanded: boolean | null;
  focusable: boolean;
  selected: boolean;
  cells: () => ComponentChildren;
}

/** A table row that is drawn again only when something in it changed. */
export class Line extends Component<LineProps> {
  override shouldComponentUpdate(next: LineProps): boolean {
    const now = this.props;
    return (
      now.signature !== next.signature ||
      now.className !== next.className ||
      now.index !== next.index ||
      now.expanded !== next.expanded ||
      now.focusable !== next.focusable ||
      now.selected !== next.selected
    );
  }

  override render({ rowKey, className, level, index, expanded, focusable, selected, cells }: LineProps): JSX.Element {
    return (
      <tr
        class={className}
        data-key={rowKey}
        tabIndex={focusable ? 0 : -1}
        aria-rowindex={index}
        aria-selected={selected}
        {...(level === null ? {} : { 'aria-level': level })}
        {...(expanded === null ? {} : { 'aria-expanded': expanded })}
      >
        {cells()}
      </tr>
    );
  }
}

/** First line that is drawn, and the one after the last. */
interface Stretch {
  from: number;
  to: number;
}

/** The lines that are in sight of the pane that scrolls them, and some more. */
function useSight(body: RefObject<HTMLElement | null>): Stretch {
  const sight = useSignal<Stretch>({ from: 0, to: 10 * MORE });
  useLayoutEffect(() => {
    const pane = body.current?.closest<HTMLElement>('#pane');
    if (!pane) return;
    const look = (): void => {
      const at = Math.floor(pane.scrollTop / LINE_PX / MORE) * MORE;
      const from = Math.max(0, at - MORE);
      const to = at + Math.ceil(pane.clientHeight / LINE_PX) + 2 * MORE;
      if (from !== sight.value.from || to !== sight.value.to) sight.value = { from, to };
    };
    look();
    pane.addEventListener('scroll', look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(pane);
    return () => {
      pane.removeEventListener('scroll', look);
      observer.disconnect();
    };
  }, []);
  return sight.value;
}

function Space({ lines, columns }: { lines: number; columns: number }): JSX.Element {
  return (
    <tr class="space" aria-hidden="true">
      <td colSpan={columns} style={{ height: `${lines * LINE_PX}px` }} />
    </tr>
  );
}

/** Of very many lines only those in sight are drawn, and one that must not go: the line with the focus. */
export function Lines(props: {
  body: RefObject<HTMLElement | null>;
  count: number;
  columns: number;
  /** Index of the line that is always drawn; -1 for none. */
  active: number;
  draw: (index: number) => JSX.Element;
}): JSX.Element {
  const { body, count, columns, active, draw } = props;
  const sight = useSight(body);
  const from = Math.min(sight.from, count);
  const to = Math.min(sight.to, count);
  const stretches: Stretch[] = [{ from, to }];
  if (active >= 0 && active < from) stretches.unshift({ from: active, to: active + 1 });
  else if (active >= to && active < count) stretches.push({ from: active, to: active + 1 });
  const drawn: JSX.Element[] = [];
  let next = 0;
  const leaveOut = (until: number): void => {
    if (until > next)
      drawn.push(<Space key={`space ${drawn.length === 0 ? 'above' : next}`} lines={until - next} columns={columns} />);
  };
  for (const stretch of stretches) {
    leaveOut(stretch.from);
    for (let at = stretch.from; at < stretch.to; at++) drawn.push(draw(at));
    next = stretch.to;
  }
  leaveOut(count);
  return <>{drawn}</>;
}
