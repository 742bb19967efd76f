import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ApiAttachment, LoopscopeApi } from '../../../src/editor/api';
import { startTarget, until, type Target } from '../target';
import { extension, fixture, nodePath } from './extension';

describe('Figures in the code', () => {
  let api: LoopscopeApi;
  let folder: string;
  let target: Target;
  let attachment: ApiAttachment;
  let document: vscode.TextDocument;
  const configure = (mode?: string): Thenable<void> =>
    vscode.workspace.getConfiguration('loopscope').update('inlineFigures', mode, vscode.ConfigurationTarget.Workspace);

  before(async () => {
    api = await extension().activate();
    // A copy of its own: it is edited and saved.
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'loopscope-figures-')));
    const file = path.join(folder, 'leaky.mjs');
    copyFileSync(fixture('leaky.mjs'), file);
    target = await startTarget(file, nodePath());
    await configure('codeLens');
    document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document);
    attachment = await api.attach({ pid: target.pid }, { beatMs: 250 });
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await configure();
    await Promise.all(api.attachments.map((one) => one.detach()));
    target.end();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Lines that have figures, counted from 1, with their text. */
  async function figures(): Promise<Map<number, string>> {
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      100,
    );
    const ours = lenses.filter(({ command }) => command?.command === 'loopscope.showPanel');
    return new Map(ours.map(({ range, command }) => [range.start.line + 1, command?.title ?? '']));
  }

  async function edit(change: (edit: vscode.WorkspaceEdit) => void): Promise<void> {
    const wanted = new vscode.WorkspaceEdit();
    change(wanted);
    assert.ok(await vscode.workspace.applyEdit(wanted));
  }

  it('say at its line what leaks, and how fast', async () => {
    const text = await until(
      'the leak has its figures',
      async () => {
        const found = (await figures()).get(target.line('leak'));
        return /^\d+ pending, \+\d\S*\/s, oldest \d+ (s|min)$/.test(found ?? '') && found;
      },
      40_000,
    );
    assert.ok(Number.parseInt(text, 10) > 3, text);
  });

  it('move with their line while the document is edited, also once that is saved', async () => {
    const leak = target.line('leak');
    await edit((wanted) => wanted.insert(document.uri, new vscode.Position(0, 0), '// one\n// two\n'));
    // At once, not with the next beat.
    const found = await figures();
    assert.match(found.get(leak + 2) ?? '', /pending/);
    assert.equal(found.get(leak), undefined);
    // It may be saved by itself meanwhile.
    await until('it is saved', async () => {
      await document.save();
      return !document.isDirty;
    });
    const { sequence } = attachment.snapshot()!;
    await until('two beats came', () => attachment.snapshot()!.sequence > sequence + 1);
    assert.match((await figures()).get(leak + 2) ?? '', /pending/);
  });

  it('leave a line that is changed', async () => {
    const line = target.line('leak') - 1;
    const start = document.lineAt(line).range.end;
    await edit((wanted) => wanted.insert(document.uri, start, ' // mine'));
    assert.equal((await figures()).get(line + 1), undefined);
    await edit((wanted) => wanted.delete(document.uri, new vscode.Range(start, document.lineAt(line).range.end)));
    assert.match((await figures()).get(line + 1) ?? '', /pending/);
  });

  it('are switched off and on by the command, and gone after the detach', async () => {
    const line = target.line('leak');
    const value = (): unknown => vscode.workspace.getConfiguration('loopscope').get('inlineFigures');
    await vscode.commands.executeCommand('loopscope.toggleInlineFigures');
    assert.equal(value(), 'off');
    await until('they are gone', async () => (await figures()).size === 0);
    await vscode.commands.executeCommand('loopscope.toggleInlineFigures');
    assert.equal(value(), 'codeLens');
    await until('they are back', async () => (await figures()).has(line));
    await attachment.detach();
    assert.equal((await figures()).size, 0);
  });
});
