import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ApiAttachment, LoopscopeApi } from '../../../src/editor/api';
import { markedLine, until } from '../target';
import { extension, fixture, nodePath } from './extension';

interface DebugMessage {
  event?: string;
  command?: string;
  body?: { breakpoints?: unknown[] };
}

describe('An F5 debug session', () => {
  let api: LoopscopeApi;
  let program: string;
  let breakpoints = 0;
  let stopped: vscode.DebugSession | null;
  const disposables: vscode.Disposable[] = [];
  /** VS Code's own `activeDebugSession` may go on naming one that has ended. */
  const sessions = new Set<vscode.DebugSession>();

  before(async () => {
    api = await extension().activate();
    program = fixture('steps.js');
    const tracker = vscode.debug.registerDebugAdapterTrackerFactory('*', {
      createDebugAdapterTracker: (session) => ({
        onDidSendMessage: ({ event, command, body }: DebugMessage) => {
          if (event === 'stopped') stopped = session;
          if (event === 'continued') stopped = null;
          if (command === 'setBreakpoints' && body?.breakpoints) breakpoints = body.breakpoints.length;
        },
      }),
    });
    disposables.push(
      tracker,
      vscode.debug.onDidStartDebugSession((session) => sessions.add(session)),
      vscode.debug.onDidTerminateDebugSession((session) => sessions.delete(session)),
    );
  });

  beforeEach(async () => {
    breakpoints = 0;
    stopped = null;
    const started = await vscode.debug.startDebugging(undefined, {
      type: 'node',
      request: 'launch',
      name: 'Steps',
      program,
      runtimeExecutable: nodePath(),
      console: 'internalConsole',
    });
    assert.ok(started);
    await until('the program is being debugged', () => [...sessions].some(({ parentSession }) => parentSession));
  });

  afterEach(async () => {
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await Promise.all(api.attachments.map((attachment) => attachment.detach()));
    await vscode.debug.stopDebugging();
    await until('the sessions have ended', () => sessions.size === 0);
  });

  after(() => {
    for (const disposable of disposables) disposable.dispose();
  });

  const breakHere = async (): Promise<vscode.DebugSession> => {
    const place = new vscode.Location(
      vscode.Uri.file(program),
      new vscode.Position(markedLine(program, 'breakpoint') - 1, 0),
    );
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(place)]);
    return until('the breakpoint is hit', () => breakpoints > 0 && stopped);
  };

  const goOn = async (session: vscode.DebugSession): Promise<void> => {
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    // Else it would be hit again.
    await until('the breakpoint is taken out', () => breakpoints === 0);
    await session.customRequest('continue', { threadId: 0 });
  };

  const attached = async (): Promise<ApiAttachment> => {
    await vscode.commands.executeCommand('loopscope.attachDebugSession');
    const attachment = await until('it is attached', () => api.attachments[0]);
    await until('the first snapshot came', () => attachment.snapshot());
    return attachment;
  };

  const steps = async (session: vscode.DebugSession): Promise<number> => {
    const answer = (await session.customRequest('evaluate', { expression: 'globalThis.steps', context: 'repl' })) as {
      result: string;
    };
    return Number(answer.result);
  };

  it('can be attached to while it runs; a breakpoint is shown as paused, and it goes on', async () => {
    const attachment = await attached();
    assert.equal(attachment.info.name, 'steps.js');
    await until('it is running', () => attachment.state === 'running');
    const session = await breakHere();
    await until('it is shown as paused', () => attachment.state === 'paused');
    const held = await steps(session);
    const { sequence } = attachment.snapshot()!;
    await until('a beat came while it is paused', () => attachment.snapshot()!.sequence > sequence);
    assert.equal(attachment.snapshot()!.state, 'paused');
    assert.equal(await steps(session), held, 'the user’s debugger was resumed');
    await goOn(session);
    await until('it is running again', () => attachment.state === 'running');
    await until('the program goes on', async () => (await steps(session)) > held + 2);
  });

  it('can be attached to while it is paused, and stays paused', async () => {
    const session = await breakHere();
    const held = await steps(session);
    const attachment = await attached();
    await until('it is shown as paused', () => attachment.state === 'paused');
    assert.equal(await steps(session), held);
    await goOn(session);
    await until('it is running', () => attachment.state === 'running');
  });

  it('goes on being debugged after a detach', async () => {
    const attachment = await attached();
    await attachment.detach();
    const session = await breakHere();
    assert.ok((await steps(session)) > 0);
    await goOn(session);
  });
});
