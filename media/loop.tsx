import { useSignal } from '@preact/signals';
import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Snapshot } from '../src/protocol/snapshot';
import { Charts } from './charts';
import { clock, whole } from './format';
import { partsOf } from './parts';
import { HELD, Phases } from './phases';
import type { Looked, Shown } from './reducer';
import { Ring } from './ring';
import { panel } from './store';
import { ringSize } from './width';

const partOf = (target: EventTarget | null): string | null =>
  target instanceof Element ? (target.closest('[data-part]')?.getAttribute('data-part') ?? null) : null;

const whenOf = ({ fromMs, toMs, beats }: Looked): string =>
  fromMs === toMs ? clock(toMs) : l10n.t('{0} beats', whole(beats));

/**
 * Ring, table and charts. While the pointer or the keyboard's focus is on a part, ring and table hold the picture that
 * was there, so that nothing moves under the reader's hand; the charts go on.
 */
export function Loop({ shown, snapshot }: { shown: Shown; snapshot: Snapshot }): JSX.Element {
  const pointed = useSignal<string | null>(null);
  const focused = useSignal<string | null>(null);
  const held = useRef<Snapshot | null>(null);
  const { attachment } = shown;
  const hot = pointed.value ?? focused.value;
  held.current = hot === null ? null : (held.current ?? snapshot);
  const drawn = held.current ?? snapshot;

  useEffect(() => {
    const release = (): void => {
      pointed.value = null;
      focused.value = null;
    };
    window.addEventListener('blur', release);
    document.addEventListener('visibilitychange', release);
    return () => {
      window.removeEventListener('blur', release);
      document.removeEventListener('visibilitychange', release);
    };
  }, [pointed, focused]);

  const parts = partsOf(drawn);
  const stale = attachment.state !== 'running' && attachment.state !== 'blocked';
  const { past } = panel.value;
  const remark = drawn !== snapshot ? HELD : past?.snapshot ? whenOf(past) : stale ? l10n.t('last seen') : '';
  return (
    <section
      id="loop"
      class={hot === null ? '' : 'hot-on'}
      aria-label={l10n.t('Event loop')}
      onPointerOver={(event) => (pointed.value = partOf(event.target))}
      onPointerLeave={() => (pointed.value = null)}
      onFocusIn={(event) => {
        const { target } = event;
        focused.value = target instanceof Element && target.matches(':focus-visible') ? partOf(target) : null;
      }}
      onFocusOut={() => (focused.value = null)}
    >
      <figure id="ring">
        <Ring snapshot={drawn} parts={parts} hot={hot} size={ringSize.value} />
      </figure>
      <div id="phases">
        <Phases snapshot={drawn} parts={parts} hot={hot} remark={remark} />
      </div>
      <Charts shown={shown} />
    </section>
  );
}
