import * as vscode from 'vscode';
import type { Attachment } from '../attachment';
import { HumanError } from '../base/errors';
import { keepAliveReport } from '../keepAlive';
import { short, unlinked } from './bounds';

const SCHEME = 'loopscope';

/**
 * Shows what keeps a process alive as a Markdown document, one a process, that need not be saved. It is not shown as a
 * preview: there VS Code follows no link to a file.
 */
export class AliveReports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly change = new vscode.EventEmitter<vscode.Uri>();
  private readonly store: vscode.Disposable;

  readonly onDidChange = this.change.event;

  constructor() {
    this.store = vscode.Disposable.from(
      this.change,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.texts.delete(uri.toString())),
    );
  }

  /** Opens the report on an attachment, or brings the one that is open up to date; HumanError before the first beat. */
  async show(attachment: Attachment): Promise<void> {
    const { name, pid } = attachment.info;
    const title = unlinked(vscode.l10n.t('What keeps {0} alive', short(name, 100)));
    const text = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () =>
      keepAliveReport(attachment),
    );
    if (text === null) throw new HumanError(vscode.l10n.t('{0} has not answered yet: try again.', short(name, 100)));
    // The name is the target's: in a path it may hold no more than a file name does.
    const path = `${title} (${pid}).md`.replace(/[\\/:*?"<>|\p{Cc}]/gu, '_');
    const uri = vscode.Uri.from({ scheme: SCHEME, path });
    this.texts.set(uri.toString(), text);
    this.change.fire(uri);
    const { activeTab, viewColumn } = vscode.window.tabGroups.activeTabGroup;
    const other = vscode.window.tabGroups.all.find((group) => group.viewColumn !== viewColumn);
    // The panel stays in sight.
    const beside = activeTab?.input instanceof vscode.TabInputWebview;
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), {
      viewColumn: beside ? (other?.viewColumn ?? vscode.ViewColumn.Beside) : vscode.ViewColumn.Active,
      preview: false,
    });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.texts.get(uri.toString()) ??
      vscode.l10n.t('This report is not kept: run "What Keeps This Process Alive?" again.')
    );
  }

  dispose(): void {
    this.store.dispose();
  }
}
