import { computed, signal } from '@preact/signals';
import { themeVersion } from './theme';

/** How much room the ring has: without labels, with those of its large parts, or with all figures beside it. */
export type RingSize = 'small' | 'usual' | 'large';

/** What the stylesheet says of the room, which alone knows how wide the font is. */
export const ringSize = signal<RingSize>('usual');

/** Whether the page is a split editor or a side bar. */
export const narrow = computed(() => ringSize.value === 'small');

/** Follows the width of the page and, with the theme, its font. */
export function watchWidth(container: HTMLElement): void {
  const look = (): void => {
    const page = container.firstElementChild;
    const said = page && getComputedStyle(page).getPropertyValue('--ring').trim();
    ringSize.value = said === 'small' || said === 'large' ? said : 'usual';
  };
  new ResizeObserver(look).observe(container);
  themeVersion.subscribe(look);
}
