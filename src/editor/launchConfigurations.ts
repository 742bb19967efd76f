import * as vscode from 'vscode';
import { DisposableStore } from '../base/disposable';
import { HumanError } from '../base/errors';
import { LAUNCH_TYPE, type LaunchDefinition } from './launchDefinition';
import type { Launched, Launches } from './launches';
import type { Reporter } from './reporter';

/**
 * Debug configurations of our own type: they attach when they are started, with others in a compound too. The session
 * ends with the attachment, and to stop it detaches.
 */
export class LaunchConfigurations
  implements vscode.DebugConfigurationProvider, vscode.DebugAdapterDescriptorFactory, vscode.Disposable
{
  private readonly store = new DisposableStore();

  constructor(
    private readonly launches: Launches,
    private readonly reporter: Reporter,
  ) {
    this.store.add(vscode.debug.registerDebugConfigurationProvider(LAUNCH_TYPE, this));
    this.store.add(vscode.debug.registerDebugAdapterDescriptorFactory(LAUNCH_TYPE, this));
  }

  resolveDebugConfiguration(
    _folder: unknown,
    configuration: Partial<vscode.DebugConfiguration>,
  ): vscode.DebugConfiguration {
    // Without a launch.json it is empty.
    const named = { type: LAUNCH_TYPE, request: 'attach', name: vscode.l10n.t('Loopscope'), ...configuration };
    return { internalConsoleOptions: 'neverOpen', ...named };
  }

  createDebugAdapterDescriptor(): vscode.DebugAdapterDescriptor {
    return new vscode.DebugAdapterInlineImplementation(new LaunchSession(this.launches, this.reporter));
  }

  dispose(): void {
    this.store.dispose();
  }
}

/** What is read of a request of the Debug Adapter Protocol. */
interface Request {
  seq: number;
  command: string;
  arguments?: LaunchDefinition;
}

/** What goes into a response; one with a `format` says that the request failed. */
interface Answer {
  body?: object;
  failure?: { format: string; showUser: boolean };
}

/** One debug session. It never says that it is initialized: it has no breakpoints to be told, and no threads. */
class LaunchSession extends vscode.Disposable implements vscode.DebugAdapter {
  private readonly messages = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
  private readonly stop = new AbortController();
  private launched: Launched | null = null;
  private sent = 0;

  readonly onDidSendMessage = this.messages.event;

  constructor(
    private readonly launches: Launches,
    private readonly reporter: Reporter,
  ) {
    super(() => undefined);
  }

  handleMessage(message: vscode.DebugProtocolMessage): void {
    const request = message as Request;
    this.answer(request).then(
      (answer) => this.respond(request, answer),
      (error: unknown) =>
        this.respond(request, { failure: { format: this.reporter.sentenceOf(error), showUser: true } }),
    );
  }

  override dispose(): void {
    void this.end();
    this.messages.dispose();
  }

  private async answer({ command, arguments: definition = {} }: Request): Promise<Answer> {
    switch (command) {
      case 'initialize':
        return {};
      case 'attach':
        return this.attach(definition);
      case 'disconnect':
        await this.end();
        return {};
      case 'threads':
        return { body: { threads: [] } };
      default:
        throw new HumanError(vscode.l10n.t('Loopscope attaches and looks: it does not know "{0}".', command));
    }
  }

  private async attach(definition: LaunchDefinition): Promise<Answer> {
    this.launched = await this.launches.attach(definition, this.stop.signal);
    // Why, has been said.
    if (!this.launched) return { failure: { format: vscode.l10n.t('Loopscope is not attached.'), showUser: false } };
    if (this.stop.signal.aborted) await this.launched.detach();
    void this.launched.over.then(() => this.send({ type: 'event', event: 'terminated' }));
    return {};
  }

  private async end(): Promise<void> {
    this.stop.abort();
    await this.launched?.detach();
  }

  private respond({ seq, command }: Request, { body, failure }: Answer): void {
    const answer = failure
      ? { success: false, message: failure.format, body: { error: { id: 1, ...failure } } }
      : { success: true, body };
    this.send({ type: 'response', request_seq: seq, command, ...answer });
  }

  private send(message: object): void {
    this.messages.fire({ seq: ++this.sent, ...message });
  }
}
