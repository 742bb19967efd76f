import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import * as vscode from 'vscode';
import { until } from '../target';
import { extension, fixture, nodePath } from './extension';

describe('A debugger that comes while we are attached', () => {
  let child: ChildProcess;
  let port: number;

  beforeEach(async () => {
    child = spawn(nodePath(), ['--inspect=127.0.0.1:0', fixture('steps.js')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH },
    });
    let text = '';
    child.stderr!.on('data', (data: Buffer) => (text += data.toString()));
    port = Number(await until('the inspector listens', () => /127\.0\.0\.1:(\d+)/.exec(text)?.[1]));
  });

  afterEach(async () => {
    await vscode.debug.stopDebugging();
    child.kill('SIGKILL');
  });

  it('is said beside the figures, gets no CPU profile of ours to save, and samples come back after it', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    assert.ok(folder, 'js-debug saves profiles into the folder');
    const api = await extension().activate();
    const attachment = await api.attach({ host: '127.0.0.1', port });
    try {
      const said = (pattern: RegExp): boolean =>
        attachment.snapshot()?.notes.some((note) => pattern.test(note)) ?? false;
      const beats = async (count: number): Promise<void> => {
        const from = attachment.snapshot()?.sequence ?? 0;
        await until(`${count} beats`, () => (attachment.snapshot()?.sequence ?? 0) >= from + count);
      };
      // Not `hot`: this program does so little that samples may never meet a function of it.
      const samplesCome = (): boolean | undefined =>
        attachment.snapshot()?.phases.some(({ method, busyMs }) => method === 'sampled' && busyMs !== null);
      await until('samples come', samplesCome);
      const started = await vscode.debug.startDebugging(undefined, {
        type: 'node',
        request: 'attach',
        name: 'Later',
        address: '127.0.0.1',
        port,
      });
      assert.ok(started);
      await until('it is said', () => said(/async stack traces/));
      await beats(3);
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.includes('profile')),
        [],
      );
      // To stop would end the program.
      await vscode.commands.executeCommand('workbench.action.debug.disconnect');
      await until('it is no longer said', () => !said(/async stack traces/));
      await until('samples come again', samplesCome);
    } finally {
      await attachment.detach();
    }
  });
});
