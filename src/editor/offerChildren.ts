import * as vscode from 'vscode';
import { short, unlinked } from './bounds';
import type { Child } from './children';

const NAMED = 5;
const NAME = 60;

/** Asks whether to attach to processes that attached ones have started too; none when that is declined. */
export async function offerChildren(children: readonly Child[]): Promise<readonly Child[]> {
  const [first] = children;
  if (!first) return [];
  const parent = short(first.parent.attachment.info.name, NAME);
  const names = children.slice(0, NAMED).map(({ process }) => `${short(process.program, NAME)} (${process.pid})`);
  if (children.length > NAMED) names.push('…');
  const attach = vscode.l10n.t('Attach');
  const sentence =
    children.length === 1
      ? vscode.l10n.t('{0} has started a process with an inspector: {1}. Attach to it, too?', parent, names.join(', '))
      : vscode.l10n.t(
          '{0} has started {1} processes with an inspector: {2}. Attach to them, too?',
          parent,
          children.length,
          names.join(', '),
        );
  const chosen = await vscode.window.showInformationMessage(unlinked(sentence), attach);
  return chosen === attach ? children : [];
}
