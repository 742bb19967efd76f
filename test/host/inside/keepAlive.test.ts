import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { LoopscopeApi } from '../../../src/editor/api';
import { startTarget, until, type Target } from '../target';
import { extension, fixture, nodePath } from './extension';

describe('What keeps a process alive', () => {
  let api: LoopscopeApi;
  let target: Target;

  before(async () => {
    api = await extension().activate();
    target = await startTarget(fixture('leaky.mjs'), nodePath());
  });

  after(async () => {
    await Promise.all(api.attachments.map((attachment) => attachment.detach()));
    target.end();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('is opened as a document, whose links lead to the lines', async () => {
    await api.attach({ pid: target.pid }, { beatMs: 250 });
    const place = `leaky.mjs:${target.line('leak')}`;
    const document = await until('the report names the leak', async () => {
      await vscode.commands.executeCommand('loopscope.keepAlive');
      const open = vscode.window.activeTextEditor?.document;
      return open?.getText().includes(`s at ${place}\n`) && open;
    });
    assert.equal(document.languageId, 'markdown');
    assert.equal(document.isUntitled, false);
    assert.equal(document.isDirty, false);
    assert.match(document.getText(), /^# What keeps leaky\.mjs \(pid \d+\) alive\?\n/);

    const links = await until('VS Code has found the links', async () => {
      const found = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
        'vscode.executeLinkProvider',
        document.uri,
      );
      return found.length > 0 && found;
    });
    const link = links.find(({ target: to }) => to?.fragment.startsWith(`L${target.line('leak')},`));
    assert.ok(link?.target, links.map(({ target: to }) => String(to)).join(' '));
    await vscode.commands.executeCommand('vscode.open', link.target);
    const editor = await until('the source is open', () => {
      const active = vscode.window.activeTextEditor;
      return active?.document.uri.path.endsWith('/leaky.mjs') && active;
    });
    assert.equal(editor.selection.active.line, target.line('leak') - 1);
  });
});
