import * as l10n from '@vscode/l10n';
import { entryOf } from './words';

const STANDARD: Readonly<Record<string, string>> = {
  'standard input': l10n.t('standard input'),
  'standard output': l10n.t('standard output'),
  'standard error': l10n.t('standard error'),
};

/** What the probe says of one resource (`Instance.detail`), for people: addresses and paths are as they are. */
export function detailInWords(detail: string): string {
  const [, when, ms] = /^(every|once after) (-?[\d.]+) ms$/.exec(detail) ?? [];
  if (ms === undefined) return entryOf(STANDARD, detail) ?? detail;
  return when === 'every' ? l10n.t('every {0} ms', ms) : l10n.t('once after {0} ms', ms);
}
