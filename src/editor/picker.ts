import * as vscode from 'vscode';
import type { NodeProcess } from '../target/processes';
import { labelOf, parseAddress } from './address';
import type { Target } from './attaching';
import { short } from './bounds';
import type { Reporter } from './reporter';

/** What was picked: a target, or a debug session that has yet to say which process it debugs. */
export type Picked = { target: Target } | { session: vscode.DebugSession };

type Item = vscode.QuickPickItem & { choice?: () => Promise<Picked | null> };

/** Where the rows of the picker come from. */
export interface PickerSources {
  listProcesses(): Promise<NodeProcess[]>;
  /** JavaScript debug sessions that debug a process. */
  debugSessions(): vscode.DebugSession[];
}

/** Lets a person choose a target; null when nothing was chosen. */
export function pickTarget(sources: PickerSources, reporter: Reporter): Promise<Picked | null> {
  const quickPick = vscode.window.createQuickPick<Item>();
  quickPick.title = vscode.l10n.t('Attach to Node Process');
  quickPick.placeholder = vscode.l10n.t('Choose a running Node.js process');
  quickPick.matchOnDescription = true;
  quickPick.matchOnDetail = true;
  const refresh = { iconPath: new vscode.ThemeIcon('refresh'), tooltip: vscode.l10n.t('Look for processes again') };
  quickPick.buttons = [refresh];

  const fill = async (): Promise<void> => {
    // Rows come all at once: none may slip away under the pointer or the Enter key.
    quickPick.busy = true;
    const processes = await sources.listProcesses().catch((error: unknown) => {
      reporter.show(error);
      return [];
    });
    quickPick.items = items(sources, processes, quickPick);
    quickPick.busy = false;
  };
  quickPick.show();
  reporter.run(fill);

  return new Promise((resolve, reject) => {
    let accepted = false;
    quickPick.onDidTriggerButton(() => reporter.run(fill));
    quickPick.onDidAccept(() => {
      const choice = quickPick.selectedItems[0]?.choice;
      if (!choice) return;
      accepted = true;
      quickPick.hide();
      choice().then(resolve, reject);
    });
    quickPick.onDidHide(() => {
      quickPick.dispose();
      if (!accepted) resolve(null);
    });
  });
}

/** Asks for the address of an inspector; null when it was given up. */
export async function askForAddress(typed = ''): Promise<Target | null> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Attach to an Open Inspector'),
    prompt: vscode.l10n.t('Host and port of the inspector, or its ws:// address'),
    placeHolder: '127.0.0.1:9229',
    value: parseAddress(typed) ? typed.trim() : '127.0.0.1:9229',
    ignoreFocusOut: true,
    validateInput: (value) =>
      parseAddress(value) ? null : vscode.l10n.t('Enter host:port, such as 127.0.0.1:9229, or a ws:// address.'),
  });
  const where = text === undefined ? null : parseAddress(text);
  return where && { where, label: labelOf(where) };
}

/** A process as a target. */
export function targetOf(process: NodeProcess): Target {
  return { where: { pid: process.pid }, label: short(process.program || labelOf({ pid: process.pid }), 100) };
}

/** The processes with those of VS Code and its extensions apart: they are rarely meant, and many. */
export function apart(processes: readonly NodeProcess[]): { programs: NodeProcess[]; editor: NodeProcess[] } {
  const folders = [vscode.env.appRoot, ...vscode.extensions.all.map(({ extensionPath }) => extensionPath)];
  const ofEditor = ({ script }: NodeProcess): boolean =>
    script !== null && folders.some((folder) => folder !== '' && script.startsWith(folder));
  return { programs: processes.filter((one) => !ofEditor(one)), editor: processes.filter(ofEditor) };
}

function items(sources: PickerSources, processes: NodeProcess[], quickPick: vscode.QuickPick<Item>): Item[] {
  const sessions = sources.debugSessions().map((session): Item => ({
    label: `$(debug-alt) ${plain(session.name)}`,
    description: vscode.l10n.t('debug session'),
    choice: () => Promise.resolve({ session }),
  }));
  const rows = (some: NodeProcess[]): Item[] =>
    some.map((process) => ({
      label: plain(targetOf(process).label),
      description: describe(process),
      detail: detail(process, Date.now()),
      choice: () => Promise.resolve({ target: targetOf(process) }),
    }));
  const { programs, editor } = apart(processes);
  return [
    ...group(vscode.l10n.t('Debugging'), sessions),
    ...group(vscode.l10n.t('Node.js processes of this machine'), rows(programs)),
    ...group(vscode.l10n.t('Processes of VS Code and its extensions'), rows(editor)),
    ...group(vscode.l10n.t('Elsewhere'), [
      {
        label: `$(plug) ${vscode.l10n.t('Enter host:port…')}`,
        alwaysShow: true,
        choice: async () => {
          const target = await askForAddress(quickPick.value);
          return target && { target };
        },
      },
    ]),
  ];
}

function group(label: string, rows: Item[]): Item[] {
  return rows.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...rows];
}

function describe({ pid, nodeVersion, args }: NodeProcess): string {
  const parts = [vscode.l10n.t('pid {0}', pid)];
  if (nodeVersion !== null) parts.push(vscode.l10n.t('Node {0}', nodeVersion));
  if (args.length > 0) parts.push(plain(args.join(' ')));
  return parts.join(' · ');
}

function detail({ inspector, startedAtMs, script }: NodeProcess, nowMs: number): string {
  const reach = inspector
    ? vscode.l10n.t('inspector open on port {0}', inspector.port)
    : vscode.l10n.t('inspector will be opened and closed again');
  const parts = [reach];
  if (startedAtMs !== null) parts.push(started(nowMs - startedAtMs));
  if (script !== null) parts.push(plain(script));
  return parts.join(' · ');
}

function started(agoMs: number): string {
  const minutes = Math.floor(agoMs / 60_000);
  if (minutes < 1) return vscode.l10n.t('started less than a minute ago');
  if (minutes < 60) return vscode.l10n.t('started {0} min ago', minutes);
  if (minutes < 48 * 60) return vscode.l10n.t('started {0} h ago', Math.floor(minutes / 60));
  return vscode.l10n.t('started {0} days ago', Math.floor(minutes / 1440));
}

/** Names come from other programs: `$(icon)` in them must stay text. */
function plain(name: string): string {
  return short(name, 100).replaceAll('$(', '$\u200b(');
}
