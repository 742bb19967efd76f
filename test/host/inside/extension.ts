import * as vscode from 'vscode';
import type { LoopscopeApi } from '../../../src/editor/api';

/** The extension under test. */
export function extension(): vscode.Extension<LoopscopeApi> {
  const found = vscode.extensions.getExtension<LoopscopeApi>('loopscope.loopscope');
  if (!found) throw new Error('the extension is not there');
  return found;
}

/** The Node binary that runs targets: the extension host's own may be Electron. */
export function nodePath(): string {
  const node = process.env.LOOPSCOPE_NODE;
  if (!node) throw new Error('LOOPSCOPE_NODE is not set');
  return node;
}

/** Path of a fixture. */
export function fixture(name: string): string {
  return vscode.Uri.joinPath(extension().extensionUri, 'test', 'fixtures', name).fsPath;
}
