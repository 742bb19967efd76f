import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { pageHtml } from './page';

/** What the page may load: the folder that it is built into. */
export function pageOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [built(extensionUri)] };
}

/** The document of the page, for this webview. */
export function pageIn(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const address = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(built(extensionUri), name)).toString();
  return pageHtml({
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('base64url'),
    scriptUri: address('panel.js'),
    styleUri: address('panelStyle.css'),
    language: vscode.env.language,
    texts: vscode.l10n.bundle,
    title: vscode.l10n.t('Loopscope'),
  });
}

function built(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'media');
}
