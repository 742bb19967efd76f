import { useSignal } from '@preact/signals';
import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { CallTree } from '../src/protocol/panel';
import { flameOf, frameAt, framesUnder, stepFrom, type Frame, type PlacedFrame } from './flameData';
import { clean, fixed, percent, placeOf, siteTip } from './format';
import { post } from './host';

/** A click that is followed by another one within this time was half of a double click. */
const CLICK_MS = 250;

function nameOf({ site, place, key }: Frame, durationMs: number, totalMs: number): string {
  if (key === '') return l10n.t('All that ran: ≈ {0} ms of {1} ms', fixed(totalMs, 0), fixed(durationMs, 0));
  if (site === null) return l10n.t('others');
  return clean(place?.function ?? '', 120) || l10n.t('(anonymous)');
}

function tipOf({ place, key, selfMs, totalMs, callees }: Frame, durationMs: number): string {
  if (key === '')
    return l10n.t(
      'The time of the samples in which a function ran; in the rest the loop waited, V8 collected garbage, or native code ran alone.',
    );
  const share = percent(durationMs > 0 ? Math.min(1, totalMs / durationMs) : null);
  const ms = [fixed(selfMs, 0), fixed(totalMs, 0), share] as const;
  if (!place)
    return l10n.t('Several that ran too little to be told apart: ≈ {0} ms, ≈ {1} % of the time.', ms[1], share);
  const figures =
    callees.length === 0
      ? l10n.t('≈ {0} ms in itself: ≈ {1} % of the time.', ms[0], share)
      : l10n.t('≈ {0} ms in itself, ≈ {1} ms with all that it called: ≈ {2} % of the time.', ...ms);
  return `${figures}\n${siteTip(place)}`;
}

/** Your own code stands out; what belongs to nobody is hatched. */
function kindOf({ key, place }: Frame): string {
  if (key === '') return 'all';
  if (!place) return 'rest';
  if (place.url === '' || place.url.startsWith('node:')) return 'node';
  return place.package === null ? 'own' : 'package';
}

interface BoxProps extends PlacedFrame {
  durationMs: number;
  focusable: boolean;
  matches: boolean;
}

function Box({ frame, left, width, durationMs, focusable, matches }: BoxProps): JSX.Element {
  const name = nameOf(frame, durationMs, frame.totalMs);
  const tip = tipOf(frame, durationMs);
  return (
    <div
      role="treeitem"
      class={`frame ${kindOf(frame)}${matches ? '' : ' unmatched'}`}
      data-frame={frame.key}
      data-tip={tip}
      aria-level={frame.depth + 1}
      aria-label={frame.place ? `${name}, ${placeOf(frame.place)}. ${tip.split('\n')[0] ?? ''}` : `${name}. ${tip}`}
      {...(frame.callees.length > 0 ? { 'aria-expanded': true } : {})}
      tabIndex={focusable ? 0 : -1}
      style={{ left: `${left * 100}%`, width: `${width * 100}%`, top: `${frame.depth * 21}px` }}
    >
      {name}
    </div>
  );
}

const keyIn = (target: EventTarget | null): string | null =>
  target instanceof Element ? (target.closest('[data-frame]')?.getAttribute('data-frame') ?? null) : null;

interface FlameProps {
  calls: CallTree;
  /** Null when every frame matches the filter. */
  test: ((frame: Frame) => boolean) | null;
}

/**
 * What ran, by caller: each frame stands under the one that called it, as wide as it took time. It stands still while it is
 * pointed at or has the keyboard's focus. A click or Space goes to the line, a double click or Enter has a frame fill the
 * width, Escape leads back; arrows go to the caller, to a callee and along the row.
 */
export function Flame({ calls, test }: FlameProps): JSX.Element {
  const held = useSignal({ pointer: false, focus: false });
  const drawn = useRef(calls);
  if (!held.value.pointer && !held.value.focus) drawn.current = calls;
  const { durationMs } = drawn.current;
  const root = useMemo(() => flameOf(drawn.current), [drawn.current]);
  const wanted = useSignal('');
  const active = useSignal('');
  const focusNext = useRef(false);
  const clicked = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const tree = useRef<HTMLDivElement>(null);
  const top = frameAt(root, wanted.value);
  const placed = framesUnder(top);
  const tabStop = placed.some(({ frame }) => frame.key === active.value) ? active.value : top.key;
  const rows = placed.reduce((most, { frame }) => Math.max(most, frame.depth + 1), 0);

  const focusOn = (key: string): void => {
    active.value = key;
    focusNext.current = true;
  };
  const zoomTo = (key: string): void => {
    wanted.value = key;
    focusOn(key);
  };
  const open = (key: string | null): void => {
    const frame = key === null ? null : frameAt(root, key);
    if (frame?.key === key && frame.site !== null) post({ type: 'openSite', site: frame.site });
  };
  useLayoutEffect(() => {
    if (!focusNext.current) return;
    focusNext.current = false;
    tree.current?.querySelector<HTMLElement>(`[data-frame="${CSS.escape(active.value)}"]`)?.focus();
  });

  return (
    <div
      ref={tree}
      id="flame"
      role="tree"
      aria-label={l10n.t('Flame view: what ran, by caller')}
      style={{ height: `${rows * 21}px` }}
      onPointerEnter={() => (held.value = { ...held.value, pointer: true })}
      onPointerLeave={() => (held.value = { ...held.value, pointer: false })}
      onFocusIn={(event) => {
        const { target } = event;
        active.value = keyIn(target) ?? active.value;
        held.value = { ...held.value, focus: target instanceof Element && target.matches(':focus-visible') };
      }}
      onFocusOut={() => (held.value = { ...held.value, focus: false })}
      onClick={(event) => {
        clearTimeout(clicked.current);
        const key = keyIn(event.target);
        clicked.current = setTimeout(() => open(key), CLICK_MS);
      }}
      onDblClick={(event) => {
        clearTimeout(clicked.current);
        const key = keyIn(event.target);
        if (key !== null) zoomTo(key);
      }}
      onKeyDown={(event) => {
        const key = keyIn(event.target);
        if (key === null || event.altKey || event.ctrlKey || event.metaKey) return;
        const to = stepFrom(placed, key, event.key);
        if (to !== null) focusOn(to);
        else if (event.key === 'Enter') zoomTo(key);
        else if (event.key === ' ') open(key);
        else if (event.key === 'Escape' && top !== root) zoomTo('');
        else if (!event.key.startsWith('Arrow')) return;
        event.preventDefault();
      }}
    >
      {placed.map((one) => (
        <Box
          key={one.frame.key}
          {...one}
          durationMs={durationMs}
          focusable={one.frame.key === tabStop}
          matches={test === null || test(one.frame)}
        />
      ))}
    </div>
  );
}
