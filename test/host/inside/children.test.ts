import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { LoopscopeApi } from '../../../src/editor/api';
import { startFamily, type Family } from '../family';
import { until } from '../target';
import { extension, fixture, nodePath } from './extension';

describe('The processes that an attached one has started', () => {
  let api: LoopscopeApi;
  let family: Family;
  const follow = (value?: boolean): Thenable<void> =>
    vscode.workspace
      .getConfiguration('loopscope')
      .update('followChildren', value, vscode.ConfigurationTarget.Workspace);

  before(async () => {
    api = await extension().activate();
    family = await startFamily(fixture('family.cjs'), nodePath());
    await follow(true);
  });

  after(async () => {
    await follow();
    await Promise.all(api.attachments.map((attachment) => attachment.detach()));
    family.end();
  });

  it('are attached to as well when the setting says so, forked or behind a shell', async function () {
    // On a busy machine they are looked for rarely.
    this.timeout(120_000);
    const first = await api.attach({ host: '127.0.0.1', port: family.port });
    assert.equal(first.info.pid, family.pid);
    await until('the two with an inspector are attached', () => api.attachments.length === 3, 100_000);
    for (const { info } of api.attachments) assert.equal(info.name, 'family.cjs');
    await until('all beat', () => api.attachments.every((attachment) => attachment.snapshot()));
  });
});
