import * as l10n from '@vscode/l10n';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/** From now on texts are in Simplified Chinese, in all files that mocha has loaded. */
export function speakChinese(): void {
  l10n.config({ contents: readFileSync(path.join(root, 'l10n/bundle.l10n.zh-cn.json'), 'utf8') });
}

/** From now on texts are in English again. */
export function speakEnglish(): void {
  l10n.config({ contents: {} });
}

// Some texts are made when their file is loaded: this one is imported before it, and whoever does so speaks English after.
speakChinese();
