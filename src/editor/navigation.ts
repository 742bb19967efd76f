import * as vscode from 'vscode';
import { HumanError } from '../base/errors';
import type { PanelThresholds } from '../protocol/panel';
import type { Site } from '../protocol/snapshot';
import { short } from './bounds';
import { fileOf } from './sourceFile';

/** Opens the source of a site at its line in a column beside the panel; HumanError when there is no such file here. */
export async function openSite(site: Site, panelColumn: vscode.ViewColumn | undefined): Promise<void> {
  const name = short(site.url || site.function, 200);
  const file = fileOf(site.url);
  if (file === null) throw new HumanError(whyNoFile(site.url, name));
  const uri = vscode.Uri.file(file);
  if (!(await isFile(uri))) {
    throw new HumanError(
      vscode.l10n.t(
        '"{0}" is not on this machine, so it cannot be opened. Was the program built or started elsewhere?',
        name,
      ),
    );
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const line = Math.min(Math.max(site.line - 1, 0), document.lineCount - 1);
  const at = document.validatePosition(new vscode.Position(line, Math.max(site.column - 1, 0)));
  await vscode.window.showTextDocument(document, {
    viewColumn: columnBeside(panelColumn),
    selection: new vscode.Range(at, at),
    preview: true,
  });
}

/** Opens the settings at the one of a threshold. */
export async function openThreshold(name: keyof PanelThresholds): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', `@id:loopscope.thresholds.${name}`);
}

function whyNoFile(url: string, name: string): string {
  if (url.startsWith('node:')) {
    return vscode.l10n.t('"{0}" is a part of Node.js itself: there is no file to open.', name);
  }
  if (url === '' || /^(evalmachine|eval)/.test(url)) {
    return vscode.l10n.t('"{0}" was made from a string at run time: there is no file to open.', name);
  }
  return vscode.l10n.t('"{0}" does not name a file on this machine, so it cannot be opened.', name);
}

/** Whether there is such a file. */
export async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
  } catch {
    return false;
  }
}

/** A column that is there already, so that a click does not split the window again and again. */
function columnBeside(panelColumn: vscode.ViewColumn | undefined): vscode.ViewColumn {
  const other = vscode.window.tabGroups.all.find((group) => group.viewColumn !== panelColumn);
  return other?.viewColumn ?? vscode.ViewColumn.Beside;
}
