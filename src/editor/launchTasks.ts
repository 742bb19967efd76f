import * as vscode from 'vscode';
import { LAUNCH_TYPE, type LaunchDefinition } from './launchDefinition';
import type { Launches } from './launches';
import type { Reporter } from './reporter';

/** Tasks that attach. They run in the background until the attachment ends, and to terminate one detaches. */
export class LaunchTasks implements vscode.TaskProvider, vscode.Disposable {
  private readonly registered = vscode.tasks.registerTaskProvider(LAUNCH_TYPE, this);

  constructor(
    private readonly launches: Launches,
    private readonly reporter: Reporter,
  ) {}

  provideTasks(): vscode.Task[] {
    return [this.taskOf({ type: LAUNCH_TYPE }, vscode.TaskScope.Workspace, vscode.l10n.t('attach'))];
  }

  resolveTask({ definition, scope, name }: vscode.Task): vscode.Task {
    return this.taskOf(definition, scope ?? vscode.TaskScope.Workspace, name);
  }

  dispose(): void {
    this.registered.dispose();
  }

  private taskOf(
    definition: vscode.TaskDefinition,
    scope: vscode.TaskScope | vscode.WorkspaceFolder,
    name: string,
  ): vscode.Task {
    const execution = new vscode.CustomExecution((resolved) =>
      Promise.resolve(new LaunchTerminal(resolved, this.launches, this.reporter)),
    );
    const task = new vscode.Task(definition, scope, name, LAUNCH_TYPE, execution, `$${LAUNCH_TYPE}`);
    task.isBackground = true;
    task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent };
    return task;
  }
}

/** The terminal of one task. Its first line says that it is attached or is not: until then what depends on it waits. */
class LaunchTerminal implements vscode.Pseudoterminal {
  private readonly write = new vscode.EventEmitter<string>();
  private readonly ended = new vscode.EventEmitter<number>();
  private readonly stop = new AbortController();

  readonly onDidWrite = this.write.event;
  readonly onDidClose = this.ended.event;

  constructor(
    private readonly definition: LaunchDefinition,
    private readonly launches: Launches,
    private readonly reporter: Reporter,
  ) {}

  open(): void {
    this.run().then(
      (code) => this.ended.fire(code),
      (error: unknown) => {
        this.say(this.reporter.sentenceOf(error));
        this.ended.fire(1);
      },
    );
  }

  /** The terminal was closed, or the task terminated. */
  close(): void {
    this.stop.abort();
  }

  private async run(): Promise<number> {
    const { signal } = this.stop;
    const launched = await this.launches.attach(this.definition, signal);
    if (!launched) {
      this.say(vscode.l10n.t('Loopscope is not attached.'));
      return 1;
    }
    const detach = (): void => void launched.detach();
    if (signal.aborted) detach();
    else signal.addEventListener('abort', detach);
    this.say(vscode.l10n.t('Loopscope is attached to {0} (pid {1}).', launched.name, launched.pid));
    this.say(await launched.over);
    return 0;
  }

  /** Names come from other programs: to a terminal their control characters would be orders. */
  private say(sentence: string): void {
    this.write.fire(`${sentence.replace(/\p{Cc}/gu, '\ufffd')}\r\n`);
  }
}
