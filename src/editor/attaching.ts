import * as vscode from 'vscode';
import { HumanError } from '../base/errors';
import { Emitter } from '../base/event';
import type { ConnectStep } from '../protocol/panel';
import type { AttachRequest, Attachments } from './attachments';
import type { AttachmentView } from './attachmentView';
import { unlinked } from './bounds';
import type { Consent } from './consent';
import type { Reporter } from './reporter';

/** A target as a person chose it. */
export interface Target extends AttachRequest {
  /** How it is called while its own name is not known. */
  label: string;
  /** Nothing but this process may be attached to: set when an earlier attach is taken up again. */
  onlyPid?: number | undefined;
  /** Nobody asked for it just now: a failure is logged, and not shown. */
  quiet?: boolean | undefined;
}

/** The attach that the panel shows: under way, or failed with a sentence. */
export interface Attempt {
  target: Target;
  steps: ConnectStep[];
  error: string | null;
}

/** Attaches for a person: asks first where it must, shows progress, and says why when it fails. One at a time. */
export class Attaching implements vscode.Disposable {
  private readonly change = new Emitter<void>();
  private attempt: (Attempt & { controller: AbortController }) | null = null;
  private turn: Promise<unknown> = Promise.resolve();

  /** The attempt or one of its steps changed. */
  readonly onDidChange = this.change.event;

  constructor(
    private readonly attachments: Attachments,
    private readonly consent: Consent,
    private readonly reporter: Reporter,
  ) {}

  get current(): Attempt | null {
    return this.attempt;
  }

  /** Attaches and shows the attachment; null when it failed (which has been said), was cancelled or refused. */
  async start(target: Target): Promise<AttachmentView | null> {
    if (!(await this.consent.ask(target.where))) return null;
    this.cancel();
    const attempt = {
      target,
      steps: [] as ConnectStep[],
      error: null as string | null,
      controller: new AbortController(),
    };
    this.attempt = attempt;
    this.change.fire();
    try {
      const view = await this.withProgress(attempt);
      if (attempt.controller.signal.aborted) return null;
      this.attempt = null;
      this.attachments.show(view.id);
      this.change.fire();
      return view;
    } catch (error) {
      // Whoever cancelled knows it.
      if (attempt.controller.signal.aborted) return null;
      const sentence = this.reporter.sentenceOf(error);
      if (target.quiet) {
        this.cancel();
        return null;
      }
      attempt.error = sentence;
      this.change.fire();
      this.reporter.showSentence(sentence, () => this.reporter.run(() => this.start(meant(target))));
      return null;
    }
  }

  /** As {@link start}, after those that were asked for before in this way: for what may start several at once. */
  startInTurn(target: Target, signal?: AbortSignal): Promise<AttachmentView | null> {
    const started = this.turn.then(async () => {
      if (signal?.aborted) return null;
      const cancel = (): void => this.cancel();
      signal?.addEventListener('abort', cancel);
      try {
        return await this.start(target);
      } finally {
        signal?.removeEventListener('abort', cancel);
      }
    });
    this.turn = started.catch(() => undefined);
    return started;
  }

  /** Gives up the attach under way, or takes its failure off the page. */
  cancel(): void {
    const { attempt } = this;
    if (!attempt) return;
    this.attempt = null;
    attempt.controller.abort();
    this.change.fire();
  }

  /** Tries the failed attach again. */
  async retry(): Promise<void> {
    if (this.attempt?.error != null) await this.start(meant(this.attempt.target));
  }

  dispose(): void {
    this.change.dispose();
    this.cancel();
  }

  private withProgress(attempt: Attempt & { controller: AbortController }): Thenable<AttachmentView> {
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: unlinked(vscode.l10n.t('Loopscope: connecting to {0}', attempt.target.label)),
      cancellable: true,
    };
    return vscode.window.withProgress(options, async (progress, token) => {
      const cancelled = token.onCancellationRequested(() => {
        if (this.attempt === attempt) this.cancel();
        else attempt.controller.abort();
      });
      const onSteps = (steps: ConnectStep[]): void => {
        attempt.steps = steps;
        const active = steps.find((step) => step.state === 'active');
        if (active) progress.report({ message: active.label });
        if (this.attempt === attempt) this.change.fire();
      };
      try {
        return await this.attachOnly(attempt.target, { onSteps, signal: attempt.controller.signal });
      } finally {
        cancelled.dispose();
      }
    });
  }

  private async attachOnly(target: Target, hooks: Parameters<Attachments['attach']>[1]): Promise<AttachmentView> {
    const view = await this.attachments.attach(target, hooks);
    const { pid } = view.attachment.info;
    if (target.onlyPid === undefined || target.onlyPid === pid) return view;
    await view.attachment.detach();
    this.attachments.dismiss(view);
    throw new HumanError(
      vscode.l10n.t(
        'The process that was attached before ({0}) has ended: another one (pid {1}) answers there now. Attach to it if you mean it.',
        target.label,
        pid,
      ),
    );
  }
}

/** The target when a person asks for it again: whichever process answers there now is meant. */
function meant(target: Target): Target {
  return { ...target, onlyPid: undefined, quiet: false };
}
