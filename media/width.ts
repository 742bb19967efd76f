import { signal } from '@preact/signals';
import { themeVersion } from './theme';

/** Whether the page is a split editor or a side bar: what the stylesheet says, which alone knows how wide the font is. */
export const narrow = signal(false);

/** Follows the width of the page and, with the theme, its font. */
export function watchWidth(container: HTMLElement): void {
  const look = (): void => {
    const page = container.firstElementChild;
    narrow.value = page !== null && getComputedStyle(page).getPropertyValue('--narrow').trim() === '1';
  };
  new ResizeObserver(look).observe(container);
  themeVersion.subscribe(look);
}
