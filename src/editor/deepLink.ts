import * as vscode from 'vscode';
import { HumanError } from '../base/errors';
import { parseLink, type Where } from './address';
import { short } from './bounds';
import type { Consent } from './consent';
import type { Reporter } from './reporter';

/** Follows `vscode://loopscope.loopscope/attach?port=9229`, also with `host`: asks, then attaches like the command does. */
export class DeepLink implements vscode.UriHandler, vscode.Disposable {
  private readonly registered = vscode.window.registerUriHandler(this);
  private asking = false;

  constructor(
    private readonly consent: Consent,
    private readonly reporter: Reporter,
    private readonly attach: (where: Where) => Promise<unknown>,
  ) {}

  handleUri(uri: vscode.Uri): void {
    // A page may open many links: one question is enough.
    if (this.asking) return;
    this.asking = true;
    this.reporter.run(async () => {
      try {
        await this.follow(uri);
      } finally {
        this.asking = false;
      }
    });
  }

  dispose(): void {
    this.registered.dispose();
  }

  private async follow(uri: vscode.Uri): Promise<void> {
    const where = parseLink(uri);
    if (!where) {
      throw new HumanError(
        vscode.l10n.t(
          'Loopscope does not understand the link "{0}". It has to end in /attach?port=9229, and may name a host.',
          short(uri.toString(true), 200),
        ),
      );
    }
    if (await this.consent.askForLink(where)) await this.attach(where);
  }
}
