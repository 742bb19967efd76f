import { useSignal } from '@preact/signals';
import type { TargetedKeyboardEvent, TargetedPointerEvent } from 'preact';
import { useRef } from 'preact/hooks';

/** How far back a key moves the cursor, in beats. */
const STEPS: Readonly<Record<string, number>> = { ArrowLeft: 1, ArrowRight: -1 };
/** A pointer that moves less while it is down has clicked. */
const DRAG_PX = 4;

export interface ChartCursor {
  /** Beats before the end of the charts; null while nobody points. */
  at: number | null;
  /** Where a stretch begins that goes on to the cursor; null while none is drawn. */
  anchor: number | null;
  handlers: {
    onPointerDown: (event: TargetedPointerEvent<HTMLElement>) => void;
    onPointerMove: (event: TargetedPointerEvent<HTMLElement>) => void;
    onPointerUp: () => void;
    onPointerCancel: () => void;
    onPointerLeave: () => void;
    onKeyDown: (event: TargetedKeyboardEvent<HTMLElement>) => void;
  };
}

/**
 * The cursor of charts that show so many beats, by pointer and by keyboard. `choose` is told what a click, a drag, or Enter
 * (after Space, which begins a stretch) has chosen: both ends in beats before the end, the same for a single beat.
 */
export function useCursor(beats: number, choose: (from: number, to: number) => void): ChartCursor {
  const at = useSignal<number | null>(null);
  const anchor = useSignal<number | null>(null);
  const down = useRef<{ box: DOMRect; x: number; at: number } | null>(null);
  const bounded = (to: number): number => Math.max(0, Math.min(beats, Math.round(to)));
  const placeIn = (box: DOMRect, x: number): number => bounded((1 - (x - box.left) / box.width) * beats);
  const boxOf = (target: EventTarget | null): DOMRect | null => {
    const chart = target instanceof Element ? target.closest('.chart') : null;
    return chart?.querySelector('.plot')?.getBoundingClientRect() ?? null;
  };
  const chosen = (): void => {
    if (at.value === null) return;
    const from = anchor.value ?? at.value;
    anchor.value = null;
    choose(Math.max(from, at.value), Math.min(from, at.value));
    // The charts show another stretch then.
    if (from !== at.value) at.value = null;
  };
  return {
    at: at.value === null ? null : Math.min(at.value, beats),
    anchor: anchor.value,
    handlers: {
      onPointerDown(event) {
        const isPlot = event.target instanceof Element && event.target.closest('.area') !== null;
        const box = isPlot && event.button === 0 ? boxOf(event.target) : null;
        if (!box) return;
        at.value = placeIn(box, event.clientX);
        down.current = { box, x: event.clientX, at: at.value };
        event.currentTarget.setPointerCapture(event.pointerId);
      },
      onPointerMove(event) {
        const box = down.current?.box ?? boxOf(event.target);
        if (!box) return;
        at.value = placeIn(box, event.clientX);
        if (down.current && Math.abs(event.clientX - down.current.x) >= DRAG_PX) anchor.value = down.current.at;
      },
      onPointerUp() {
        if (!down.current) return;
        down.current = null;
        chosen();
      },
      onPointerCancel() {
        down.current = null;
        anchor.value = null;
      },
      onPointerLeave() {
        if (!down.current) at.value = null;
      },
      onKeyDown(event) {
        const step = STEPS[event.key];
        if (step !== undefined) at.value = bounded((at.value ?? 0) + step * (event.shiftKey ? 10 : 1));
        else if (event.key === 'Enter') chosen();
        else if (event.key === ' ') anchor.value = at.value;
        else if (event.key === 'Escape' && anchor.value !== null) anchor.value = null;
        else {
          if (event.key === 'Escape') at.value = null;
          return;
        }
        event.preventDefault();
      },
    },
  };
}
