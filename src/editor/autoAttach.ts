import * as vscode from 'vscode';
import { messageOf } from '../base/errors';
import type { Attaching } from './attaching';
import { unlinked } from './bounds';
import { DEBUG_TYPES, type DebugSessions } from './debugSessions';
import { autoAttachFrom } from './settings';

/** What an attach to a debug session is started with. */
export interface AutoAttachContext {
  debugSessions: DebugSessions;
  attaching: Attaching;
  openPanel(): void;
  log: vscode.LogOutputChannel;
}

/** Attaches to the process of each JavaScript debug session that starts, as the setting says: not, when told to, or always. */
export class AutoAttach implements vscode.Disposable {
  private readonly following = vscode.debug.onDidStartDebugSession((session) => {
    this.started(session).catch((error: unknown) => this.context.log.info(`auto attach: ${messageOf(error)}`));
  });
  /** Ids of root sessions: one that debugs several processes is attached to once. */
  private readonly seen = new Set<string>();

  constructor(private readonly context: AutoAttachContext) {}

  dispose(): void {
    this.following.dispose();
  }

  private async started(session: vscode.DebugSession): Promise<void> {
    // Root sessions have no process of their own.
    if (!session.parentSession || !DEBUG_TYPES.includes(session.type)) return;
    const mode = autoAttachFrom(vscode.workspace.getConfiguration('loopscope'), vscode.workspace.isTrusted);
    const root = rootOf(session);
    if (mode === 'off' || this.seen.has(root.id)) return;
    this.seen.add(root.id);
    if (mode === 'always' || (await isWanted(root))) await this.attach(session);
  }

  private async attach(session: vscode.DebugSession): Promise<void> {
    const { debugSessions, attaching } = this.context;
    const target = await debugSessions.targetOf(session);
    this.context.openPanel();
    await attaching.startInTurn({ ...target, quiet: true });
  }
}

async function isWanted(session: vscode.DebugSession): Promise<boolean> {
  const attach = vscode.l10n.t('Attach');
  const question = unlinked(vscode.l10n.t('Attach Loopscope to the process of "{0}"?', session.name));
  return (await vscode.window.showInformationMessage(question, attach, vscode.l10n.t('Not Now'))) === attach;
}

function rootOf(session: vscode.DebugSession): vscode.DebugSession {
  return session.parentSession ? rootOf(session.parentSession) : session;
}
