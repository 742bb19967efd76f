import * as l10n from '@vscode/l10n';
import type { ComponentChildren } from 'preact';

/**
 * A text with elements in its places: `filled(l10n.t('Blocked for {0}.'), <b>4 s</b>)`. The places are numbered from 0,
 * and may stand in any order, as the language has it.
 */
export function filled(text: string, ...elements: ComponentChildren[]): ComponentChildren[] {
  // Each second part is the number of a place.
  return text.split(/\{(\d+)\}/).map((part, at) => (at % 2 === 0 ? part : elements[Number(part)]));
}

/** One sentence behind the other, with between them what the language puts there; what is null or empty is left out. */
export function sentences(...all: ComponentChildren[]): ComponentChildren {
  return all
    .filter((one) => one !== null && one !== '')
    .reduce((before, next) => filled(l10n.t({ message: '{0} {1}', comment: 'Two sentences' }), before, next));
}
