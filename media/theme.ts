import { signal } from '@preact/signals';

/** Changes when the theme does: what draws on a canvas reads it, and draws again. */
export const themeVersion = signal(0);

const known = new Map<string, string>();
let probe: HTMLElement | null = null;

/** A custom property as a colour that a canvas understands, thinned to a percentage where one is given. */
export function colourOf(property: string, percentage = 100): string {
  const key = `${property} ${percentage}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  if (!probe) {
    probe = document.createElement('i');
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = `color-mix(in srgb, var(${property}) ${percentage}%, transparent)`;
  const colour = getComputedStyle(probe).color;
  known.set(key, colour);
  return colour;
}

/** VS Code puts the theme's values on the root element and its kind on the body, and changes them in place. */
export function watchTheme(): void {
  const observer = new MutationObserver(() => {
    known.clear();
    themeVersion.value++;
  });
  const filter = { attributes: true, attributeFilter: ['style', 'class', 'data-vscode-theme-id', 'data-theme'] };
  observer.observe(document.documentElement, filter);
  observer.observe(document.body, filter);
}
