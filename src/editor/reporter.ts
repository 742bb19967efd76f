import * as vscode from 'vscode';
import { HumanError, messageOf } from '../base/errors';
import { unlinked } from './bounds';

/** Shows errors to people and writes them to the log channel. */
export class Reporter {
  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** The sentence that people read: that of a HumanError as it is, else a general one. The error goes to the log. */
  sentenceOf(error: unknown): string {
    if (error instanceof HumanError) {
      this.log.warn(error.message);
      return error.message;
    }
    this.log.error(error instanceof Error ? (error.stack ?? error.message) : messageOf(error));
    return vscode.l10n.t('Loopscope ran into an unexpected error. The log has the details.');
  }

  /** Shows an error with what helps next; `retry` adds "Try Again". */
  show(error: unknown, retry?: () => void): void {
    this.showSentence(this.sentenceOf(error), retry);
  }

  /** Shows the sentence of an error that is in the log already. */
  showSentence(sentence: string, retry?: () => void): void {
    const tryAgain = vscode.l10n.t('Try Again');
    const showLog = vscode.l10n.t('Show Log');
    const buttons = retry ? [tryAgain, showLog] : [showLog];
    void vscode.window.showErrorMessage(unlinked(sentence), ...buttons).then((chosen) => {
      if (chosen === tryAgain) retry?.();
      else if (chosen === showLog) this.log.show();
    });
  }

  /** Runs something started by an event; what it throws is shown. */
  run(action: () => unknown): void {
    void (async () => {
      try {
        await action();
      } catch (error) {
        this.show(error);
      }
    })();
  }
}
