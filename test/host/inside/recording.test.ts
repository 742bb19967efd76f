import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { LoopscopeApi } from '../../../src/editor/api';
import { startTarget, until, type Target } from '../target';
import { extension, fixture, nodePath } from './extension';

describe('A recording', () => {
  let api: LoopscopeApi;
  let target: Target;
  const folder = mkdtempSync(path.join(tmpdir(), 'loopscope-recorded-'));
  const file = vscode.Uri.file(path.join(folder, 'leaky.loopscope'));

  before(async () => {
    api = await extension().activate();
    target = await startTarget(fixture('leaky.mjs'), nodePath());
  });

  after(async () => {
    await Promise.all(api.attachments.map((attachment) => attachment.detach()));
    target.end();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true, force: true });
  });

  it('is written as it goes, ends with the command, and opens as an editor of its own', async () => {
    const attachment = await api.attach({ pid: target.pid }, { beatMs: 250 });
    await until('a beat came', () => attachment.snapshot());
    await vscode.commands.executeCommand('loopscope.startRecording', file);
    const { sequence } = attachment.snapshot()!;
    await until('three beats came', () => attachment.snapshot()!.sequence >= sequence + 3);
    assert.equal(await vscode.commands.executeCommand('loopscope.stopRecording'), file.fsPath);
    await vscode.commands.executeCommand('vscode.open', file);
    const input = await until('it is open', () => vscode.window.tabGroups.activeTabGroup.activeTab?.input);
    assert.ok(input instanceof vscode.TabInputCustom);
    assert.equal(input.viewType, 'loopscope.recording');
  });

  it('is exported as a trace and as a report', async () => {
    const trace = vscode.Uri.file(path.join(folder, 'trace.json'));
    const report = vscode.Uri.file(path.join(folder, 'report.md'));
    assert.equal(await vscode.commands.executeCommand('loopscope.exportTrace', trace), trace.fsPath);
    const { traceEvents } = JSON.parse(readFileSync(trace.fsPath, 'utf8')) as { traceEvents: { name: string }[] };
    assert.ok(traceEvents.filter(({ name }) => name.startsWith('beat ')).length >= 4);
    assert.equal(await vscode.commands.executeCommand('loopscope.exportReport', report), report.fsPath);
    assert.match(readFileSync(report.fsPath, 'utf8'), /^# leaky\.mjs \(pid \d+\), recorded by Loopscope\n/);
    await until('the report is open', () => vscode.window.activeTextEditor?.document.uri.fsPath === report.fsPath);
  });

  it('ends with its target, and opens also when it is damaged', async () => {
    const [attachment] = api.attachments;
    const second = vscode.Uri.file(path.join(folder, 'second.loopscope'));
    await vscode.commands.executeCommand('loopscope.startRecording', second);
    await attachment?.detach();
    await until(
      'it has ended',
      async () => (await vscode.commands.executeCommand('loopscope.stopRecording')) === undefined,
    );
    truncateSync(second.fsPath, statSync(second.fsPath).size - 3);
    await vscode.commands.executeCommand('vscode.open', second);
    await until('it is open', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputCustom && input.uri.fsPath === second.fsPath;
    });
  });
});
