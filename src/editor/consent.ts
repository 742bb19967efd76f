import * as vscode from 'vscode';
import { hostOf, isLocal, type Where } from './address';

/** Asks before an attach that leaves this machine or happens in a workspace that is not trusted; each host once. */
export class Consent {
  private readonly given = new Set<string>();

  /** Whether the attach may go on. */
  async ask(where: Where): Promise<boolean> {
    const reasons = this.reasons(where);
    if (reasons.length === 0) return true;
    const attach = vscode.l10n.t('Attach');
    const host = isLocal(where) ? null : hostOf(where);
    const question =
      host === null
        ? vscode.l10n.t('Attach to a process from a workspace that is not trusted?')
        : vscode.l10n.t('Attach to a process on "{0}"?', host);
    const chosen = await vscode.window.showWarningMessage(
      question,
      { modal: true, detail: reasons.map(({ sentence }) => sentence).join('\n\n') },
      attach,
    );
    if (chosen !== attach) return false;
    for (const { key } of reasons) this.given.add(key);
    return true;
  }

  /** Takes the consent as given for a target that was attached before the window was loaded again. */
  recall(where: Where): void {
    this.given.add(remoteKey(where));
  }

  private reasons(where: Where): { key: string; sentence: string }[] {
    const reasons: { key: string; sentence: string }[] = [];
    if (!isLocal(where)) {
      const sentence = vscode.l10n.t(
        'This host is not this machine. The connection is not encrypted, and an open inspector lets anyone who reaches it run any code there. Attach only to a host and a network that you trust; an SSH tunnel to 127.0.0.1 is safer.',
      );
      reasons.push({ key: remoteKey(where), sentence });
    }
    if (!vscode.workspace.isTrusted) {
      const sentence = vscode.l10n.t(
        'You are in Restricted Mode. Attaching runs the probe of Loopscope inside the chosen process and reads the source maps that it names.',
      );
      reasons.push({ key: 'untrusted', sentence });
    }
    return reasons.filter(({ key }) => !this.given.has(key));
  }
}

function remoteKey(where: Where): string {
  return `host ${hostOf(where) ?? ''}`;
}
