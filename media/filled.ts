import type { ComponentChildren } from 'preact';

/**
 * A text with elements in its places: `filled(l10n.t('Blocked for {0}.'), <b>4 s</b>)`. The places are numbered from 0,
 * and may stand in any order, as the language has it.
 */
export function filled(text: string, ...elements: ComponentChildren[]): ComponentChildren[] {
  // Each second part is the number of a place.
  return text.split(/\{(\d+)\}/).map((part, at) => (at % 2 === 0 ? part : elements[Number(part)]));
}
