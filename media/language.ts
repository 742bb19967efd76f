import * as l10n from '@vscode/l10n';

// Imported before all else: some texts are made when their file is loaded.
const texts = document.getElementById('texts')?.textContent;
if (texts) l10n.config({ contents: texts });
