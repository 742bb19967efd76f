import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { LoopscopeApi } from '../../../src/editor/api';
import { startTarget, until, type Target } from '../target';
import { extension, fixture, nodePath } from './extension';

describe('What is kept of an attached process', () => {
  let api: LoopscopeApi;
  let target: Target;
  let folder: string;
  const fileOf = (name: string): vscode.Uri => vscode.Uri.file(path.join(folder, name));

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'loopscope-kept-'));
    api = await extension().activate();
    target = await startTarget(fixture('leaky.mjs'), nodePath());
    await api.attach({ pid: target.pid }, { beatMs: 250 });
  });

  after(async () => {
    await Promise.all(api.attachments.map((attachment) => attachment.detach()));
    target.end();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs a command with the file that it writes, and gives what is in it. */
  async function write(command: string, file: vscode.Uri): Promise<string> {
    assert.equal(await vscode.commands.executeCommand(command, file), file.fsPath);
    return readFileSync(file.fsPath, 'utf8');
  }

  /** Waits until the file is in the active editor, which is a custom one; gives its type. */
  function opened(file: vscode.Uri): Promise<string> {
    return until(`${file.fsPath} is open`, () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputCustom && input.uri.fsPath === file.fsPath && input.viewType;
    });
  }

  it('is a recording, a trace and a report of it', async () => {
    const file = fileOf('leaky.loopscope');
    const [attachment] = api.attachments;
    await until('a beat came', () => attachment?.snapshot());
    await vscode.commands.executeCommand('loopscope.startRecording', file);
    const { sequence } = attachment!.snapshot()!;
    await until('three beats came', () => attachment!.snapshot()!.sequence >= sequence + 3);
    assert.equal(await vscode.commands.executeCommand('loopscope.stopRecording'), file.fsPath);
    await vscode.commands.executeCommand('vscode.open', file);
    assert.equal(await opened(file), 'loopscope.recording');

    const { traceEvents } = JSON.parse(await write('loopscope.exportTrace', fileOf('trace.json'))) as {
      traceEvents: { name: string }[];
    };
    assert.ok(traceEvents.filter(({ name }) => name.startsWith('beat ')).length >= 4);
    const report = fileOf('report.md');
    assert.match(await write('loopscope.exportReport', report), /^# leaky\.mjs \(pid \d+\), recorded by Loopscope\n/);
    await until('the report is open', () => vscode.window.activeTextEditor?.document.uri.fsPath === report.fsPath);
  });

  it('is a heap snapshot, and a CPU profile, each in the viewer of VS Code', async () => {
    const heap = fileOf('a.heapsnapshot');
    assert.match(await write('loopscope.heapSnapshot', heap), /^\{"snapshot":/);
    await opened(heap);
    // Five seconds, which one VS Code is enough for.
    if (process.env.LOOPSCOPE_VSCODE_LEG !== 'newest') return;
    const cpu = fileOf('a.cpuprofile');
    // V8 may give the time of a function that was optimised while it ran to its caller, which is Node's.
    assert.match(await write('loopscope.profileNow', cpu), /"functionName":"(block|listOnTimeout)"/);
    await opened(cpu);
  });
});
