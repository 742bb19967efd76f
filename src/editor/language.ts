import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';

// Imported before all else: some texts are made when their file is loaded. What knows nothing of VS Code (model, target)
// speaks through the library as well, which then has the same texts as `vscode.l10n`.
if (vscode.l10n.bundle) l10n.config({ contents: vscode.l10n.bundle });
