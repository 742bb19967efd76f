import * as vscode from 'vscode';
import { hostOf, isLocal, labelOf, type Where } from './address';

/** Why it is asked, and under which key it is not asked again; null for always. */
interface Reason {
  key: string | null;
  sentence: string;
}

/**
 * Asks before an attach that leaves this machine or happens in a workspace that is not trusted, each host once; and always
 * before one that a link asks for.
 */
export class Consent {
  private readonly given = new Set<string>();

  /** Whether the attach may go on. */
  async ask(where: Where): Promise<boolean> {
    const host = isLocal(where) ? null : hostOf(where);
    const question =
      host === null
        ? vscode.l10n.t('Attach to a process from a workspace that is not trusted?')
        : vscode.l10n.t('Attach to a process on "{0}"?', host);
    return this.askAbout(question, this.reasons(where));
  }

  /** Whether an attach that a link asks for may go on; {@link ask} is answered by it, too. */
  async askForLink(where: Where): Promise<boolean> {
    const sentence = vscode.l10n.t(
      'A link asks for this. Whoever wrote it cannot see what Loopscope shows, but attaching runs its probe inside that process. Go on only if you know where the link comes from.',
    );
    const question = vscode.l10n.t('Attach to the process at {0}?', labelOf(where));
    return this.askAbout(question, [{ key: null, sentence }, ...this.reasons(where)]);
  }

  /** Takes the consent as given for a target that was attached before the window was loaded again. */
  recall(where: Where): void {
    this.given.add(remoteKey(where));
  }

  private async askAbout(question: string, reasons: readonly Reason[]): Promise<boolean> {
    if (reasons.length === 0) return true;
    const attach = vscode.l10n.t('Attach');
    const chosen = await vscode.window.showWarningMessage(
      question,
      { modal: true, detail: reasons.map(({ sentence }) => sentence).join('\n\n') },
      attach,
    );
    if (chosen !== attach) return false;
    for (const { key } of reasons) if (key !== null) this.given.add(key);
    return true;
  }

  private reasons(where: Where): Reason[] {
    const reasons: Reason[] = [];
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
    return reasons.filter(({ key }) => key === null || !this.given.has(key));
  }
}

function remoteKey(where: Where): string {
  return `host:${hostOf(where) ?? ''}`;
}
