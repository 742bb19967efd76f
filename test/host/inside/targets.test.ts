import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { LoopscopeApi } from '../../../src/editor/api';
import { startTarget, type Target } from '../target';
import { extension, fixture, nodePath } from './extension';

describe('An entry of the tree of targets', () => {
  let api: LoopscopeApi;
  const targets: Target[] = [];

  before(async () => {
    api = await extension().activate();
    for (let i = 0; i < 2; i++) targets.push(await startTarget(fixture('leaky.mjs'), nodePath()));
  });

  after(async () => {
    await Promise.all(api.attachments.map((attachment) => attachment.detach()));
    for (const target of targets) target.end();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('is what its commands are about, whatever is shown', async () => {
    const [first, second] = await Promise.all(targets.map(({ pid }) => api.attach({ pid }, { beatMs: 250 })));
    await vscode.commands.executeCommand('loopscope.targets.focus');
    for (const [chosen, left] of [
      [second!, [first!.id]],
      [first!, []],
    ] as const) {
      await vscode.commands.executeCommand('loopscope.detach', { attachmentId: chosen.id, threadId: null });
      assert.equal(chosen.state, 'detached');
      assert.deepEqual(
        api.attachments.map(({ id }) => id),
        left,
      );
    }
  });
});
