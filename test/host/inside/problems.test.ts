import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { startTarget, until, type Target } from '../target';
import { extension, fixture, nodePath } from './extension';

describe('Findings in the Problems view', () => {
  let target: Target;
  const file = vscode.Uri.file(fixture('leaky.mjs'));
  const problems = (): vscode.Diagnostic[] => vscode.languages.getDiagnostics(file);
  const show = (value?: boolean): Thenable<void> =>
    vscode.workspace.getConfiguration('loopscope').update('problems', value, vscode.ConfigurationTarget.Workspace);

  before(async () => {
    target = await startTarget(file.fsPath, nodePath());
  });

  after(async () => {
    await show();
    target.end();
  });

  it('stand at their lines while the setting says so, and are gone after the detach', async () => {
    const api = await extension().activate();
    const attachment = await api.attach({ pid: target.pid }, { beatMs: 250 });
    try {
      await until('the blocked loop is found', () => attachment.snapshot()?.findings.length);
      assert.deepEqual(problems(), [], 'nobody has asked for them');
      await show(true);
      const found = await until('it is a problem', () => problems().find(({ code }) => code === 'blocked-loop'));
      assert.match(found.message, /^(One|A) timers callback .+, block at leaky\.mjs:\d+/);
      const { Error, Warning } = vscode.DiagnosticSeverity;
      assert.ok([Error, Warning].includes(found.severity));
      assert.equal(found.source, 'Loopscope, leaky.mjs');
      const said = Number(/:(\d+)/.exec(found.message)?.[1]);
      assert.equal(found.range.start.line, said - 1);
      await show(false);
      await until('it is none any more', () => problems().length === 0);
      await show(true);
      await until('it is one again', () => problems().length > 0);
    } finally {
      await attachment.detach();
    }
    await until('it is gone', () => problems().length === 0);
  });
});
