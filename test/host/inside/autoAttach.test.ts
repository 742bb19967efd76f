import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { LoopscopeApi } from '../../../src/editor/api';
import { until } from '../target';
import { extension, fixture, nodePath } from './extension';

describe('A debug session that starts', () => {
  let api: LoopscopeApi;
  const running = new Set<vscode.DebugSession>();
  const following = [
    vscode.debug.onDidStartDebugSession((session) => running.add(session)),
    vscode.debug.onDidTerminateDebugSession((session) => running.delete(session)),
  ];
  const autoAttach = (mode?: string): Thenable<void> =>
    vscode.workspace.getConfiguration('loopscope').update('autoAttach', mode, vscode.ConfigurationTarget.Workspace);

  before(async () => {
    api = await extension().activate();
  });

  afterEach(async () => {
    await autoAttach();
    await Promise.all(api.attachments.map((attachment) => attachment.detach()));
    await vscode.debug.stopDebugging();
    await until('the sessions have ended', () => running.size === 0);
  });

  after(() => {
    for (const each of following) each.dispose();
  });

  it('is attached to once when the setting says so', async () => {
    await autoAttach('always');
    const configuration = { type: 'node', request: 'launch', name: 'Steps', program: fixture('steps.js') };
    const how = { runtimeExecutable: nodePath(), console: 'internalConsole' };
    assert.ok(await vscode.debug.startDebugging(undefined, { ...configuration, ...how }));
    const attachment = await until('it is attached', () => api.attachments[0]);
    assert.equal(attachment.info.name, 'steps.js');
    await until('a beat came', () => (attachment.snapshot()?.sequence ?? 0) >= 2);
    assert.equal(api.attachments.length, 1);
  });
});
