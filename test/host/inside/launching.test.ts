import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ApiAttachment, LoopscopeApi } from '../../../src/editor/api';
import { freePort } from '../../support/freePort';
import { until } from '../target';
import { extension, fixture, nodePath } from './extension';

interface DebugMessage {
  command?: string;
  success?: boolean;
  message?: string;
}

describe('Loopscope in launch.json and tasks.json', () => {
  const CONFIGURATION = { type: 'loopscope', request: 'attach', name: 'Look' };
  let api: LoopscopeApi;
  let child: ChildProcess | undefined;
  let port: number;
  let asked: string[];
  let refused: string[];
  const sessions = new Set<vscode.DebugSession>();
  const following: vscode.Disposable[] = [];

  before(async () => {
    api = await extension().activate();
    const tracker = vscode.debug.registerDebugAdapterTrackerFactory('loopscope', {
      createDebugAdapterTracker: () => ({
        onWillReceiveMessage: ({ command }: DebugMessage) => asked.push(String(command)),
        onDidSendMessage: ({ success, message }: DebugMessage) => {
          if (success === false) refused.push(String(message));
        },
      }),
    });
    following.push(
      tracker,
      vscode.debug.onDidStartDebugSession((session) => sessions.add(session)),
      vscode.debug.onDidTerminateDebugSession((session) => sessions.delete(session)),
    );
  });

  beforeEach(async () => {
    port = await freePort();
    [asked, refused] = [[], []];
  });

  afterEach(async () => {
    await Promise.all(api.attachments.map((attachment) => attachment.detach()));
    child?.kill('SIGKILL');
    await until('the sessions have ended', () => sessions.size === 0);
  });

  after(() => {
    for (const each of following) each.dispose();
  });

  function start(): ChildProcess {
    const options = { stdio: 'ignore', env: { PATH: process.env.PATH } } as const;
    return (child = spawn(nodePath(), [`--inspect=127.0.0.1:${port}`, fixture('steps.js')], options));
  }

  const attached = (): Promise<ApiAttachment> => until('it is attached', () => api.attachments[0]);

  describe('as a debug configuration', () => {
    const debug = (more: object): Thenable<boolean> =>
      vscode.debug.startDebugging(undefined, { ...CONFIGURATION, ...more });

    it('attaches as it says, and detaches when the session is stopped', async () => {
      const { pid } = start();
      assert.equal(await debug({ port: String(port), level: 'observe' }), true);
      const attachment = await attached();
      assert.equal(attachment.info.pid, pid);
      assert.equal(attachment.snapshot()?.level, 'observe');
      const [session] = sessions;
      await vscode.debug.stopDebugging(session);
      await until('it is detached', () => attachment.state === 'detached');
      assert.equal(child?.signalCode ?? child?.exitCode ?? null, null, 'the program runs on');
    });

    it('waits for a program that opens its inspector later, goes on over a restart, and ends with it', async () => {
      const started = debug({ port });
      await until('it is asked to attach', () => asked.includes('attach'));
      const first = start();
      assert.equal(await started, true);
      assert.equal((await attached()).info.pid, first.pid);
      const ended = new Promise((resolve) => first.once('exit', resolve));
      first.kill('SIGKILL');
      await ended;
      const second = start();
      const next = await until('the next one is attached', () =>
        api.attachments.find(({ info }) => info.pid === second.pid),
      );
      assert.equal(sessions.size, 1);
      await next.detach();
      await until('the session has ended', () => sessions.size === 0);
    });

    it('says what is wrong with it, and attaches to nothing', async () => {
      for (const wrong of [{ port: 99_999 }, { port, processId: 1 }, { processId: 'node' }, { port, level: 'all' }]) {
        // VS Code would show it in a dialog, which it refuses to do in tests.
        await Promise.resolve(debug(wrong)).catch(() => undefined);
      }
      assert.match(refused[0] ?? '', /"port" has to be a number from 1 to 65535/);
      assert.match(refused[1] ?? '', /by "processId" or by "port", not by both/);
      assert.match(refused[2] ?? '', /"processId" has to be the number of a process/);
      assert.match(refused[3] ?? '', /"level" has to be one of observe, track, deep/);
      assert.deepEqual(api.attachments, []);
    });
  });

  describe('as a task', () => {
    const folder = vscode.workspace.workspaceFolders?.[0];
    const settings = path.join(folder?.uri.fsPath ?? '', '.vscode');
    const runs = (): vscode.TaskExecution | undefined =>
      vscode.tasks.taskExecutions.find(({ task }) => task.definition.type === 'loopscope');

    beforeEach(async () => {
      const tasks = [{ label: 'look', type: 'loopscope', port, level: 'observe' }];
      mkdirSync(settings, { recursive: true });
      writeFileSync(path.join(settings, 'tasks.json'), JSON.stringify({ version: '2.0.0', tasks }));
      await until('VS Code has read it', async () =>
        (await vscode.tasks.fetchTasks({ type: 'loopscope' })).some(({ definition }) => definition.port === port),
      );
    });

    afterEach(() => rmSync(path.join(settings, 'tasks.json')));

    it('attaches before what depends on it begins, and detaches when it is terminated', async () => {
      const { pid } = start();
      await until('the program runs', async () =>
        fetch(`http://127.0.0.1:${port}/json/version`).then(
          () => true,
          () => false,
        ),
      );
      assert.equal(await vscode.debug.startDebugging(folder, { ...CONFIGURATION, port, preLaunchTask: 'look' }), true);
      const attachment = await attached();
      assert.equal(attachment.info.pid, pid);
      assert.equal(attachment.snapshot()?.level, 'observe', 'it is the one of the task');
      const task = runs();
      assert.ok(task, 'it runs as long as the attachment');
      task.terminate();
      await until('it is detached', () => attachment.state === 'detached');
      await until('the task has ended', () => !runs());
    });

    it('ends with the attachment', async () => {
      start();
      const found = await vscode.tasks.fetchTasks({ type: 'loopscope' });
      await vscode.tasks.executeTask(found.find(({ definition }) => definition.port === port)!);
      const attachment = await attached();
      await attachment.detach();
      await until('the task has ended', () => !runs());
    });
  });
});
