import * as vscode from 'vscode';
import type { NodeProcess } from '../target/processes';
import { isLocal } from './address';
import type { Attaching } from './attaching';
import type { Consent } from './consent';
import type { RememberedTargets } from './rememberedTargets';

const SHOWN_MS = 8000;

/** Attaches again, after "Reload Window", to what was attached and still runs; says in the status bar what could not be. */
export async function restore(
  remembered: RememberedTargets,
  attaching: Attaching,
  consent: Consent,
  listProcesses: () => Promise<NodeProcess[]>,
): Promise<void> {
  // In Restricted Mode each attach is asked about, and a window that opens is no place for questions.
  if (!vscode.workspace.isTrusted) return;
  for (const target of await remembered.stillRunning(listProcesses)) {
    if (!isLocal(target.where)) consent.recall(target.where);
    const view = await attaching.start({ ...target, quiet: true });
    if (view) continue;
    const sentence = vscode.l10n.t(
      'Loopscope could not attach to {0} again: it has ended, or was cancelled.',
      target.label,
    );
    vscode.window.setStatusBarMessage(sentence, SHOWN_MS);
  }
  // What could not be attached to is not tried at every start.
  remembered.save();
}
