import * as vscode from 'vscode';
import type { Attachment } from '../attachment';
import { DisposableStore, type Disposable } from '../base/disposable';
import { HumanError } from '../base/errors';
import type { CopyAs, PanelPlace, PanelTab } from '../protocol/panel';
import { ThreadsSum } from '../threadsSum';
import { labelOf, parseWhere } from './address';
import type { Attaching, Target } from './attaching';
import type { Attachments } from './attachments';
import type { ThreadView } from './attachmentView';
import type { DebugSessions } from './debugSessions';
import type { AliveReports } from './aliveReports';
import type { InlineFigures } from './inlineFigures';
import type { RecordingEditors } from './recordingEditor';
import type { Recordings } from './recordings';
import { heapSnapshot, profileAllocations, profileNow } from './profiling';
import { askForAddress, pickTarget, type PickerSources } from './picker';
import type { Reporter } from './reporter';
import { scanHeap } from './scanHeap';
import { chosenTarget } from './targetNodes';

/** What the commands work with. */
export interface CommandContext {
  attachments: Attachments;
  attaching: Attaching;
  debugSessions: DebugSessions;
  reporter: Reporter;
  aliveReports: AliveReports;
  inlineFigures: InlineFigures;
  recordings: Recordings;
  recordingEditors: RecordingEditors;
  listProcesses: PickerSources['listProcesses'];
  openPanel: (tab?: PanelTab) => void;
  /** Copies from the table that the panel shows. */
  copyFromTable(as: CopyAs): void;
  /** Goes to a place in the page of the active editor. */
  go(to: PanelPlace): void;
}

/** The commands; the buttons of the panel that do the same start the same methods. */
export class Commands implements Disposable {
  private readonly store = new DisposableStore();
  private readonly keys = new Map<string, boolean>();

  constructor(private readonly context: CommandContext) {
    const add = (command: string, action: (argument: unknown) => unknown): void => {
      this.store.add(vscode.commands.registerCommand(command, (argument: unknown) => this.reported(action, argument)));
    };
    add('loopscope.attach', (argument) => this.attach(argument));
    add('loopscope.attachDebugSession', (argument) => this.attachDebugSession(argument));
    add('loopscope.detach', () => this.detachShown());
    add('loopscope.showPanel', () => this.context.openPanel());
    add('loopscope.pauseView', () => this.context.attachments.shown?.pause(true));
    add('loopscope.resumeView', () => this.context.attachments.shown?.pause(false));
    add('loopscope.scanHeap', () => this.scanHeap());
    add('loopscope.keepAlive', () => this.keepAlive());
    add('loopscope.compare', () => this.compare());
    add('loopscope.copySnapshot', () => this.copySnapshot());
    add('loopscope.toggleInlineFigures', () => this.context.inlineFigures.toggle());
    add('loopscope.startRecording', (argument) => this.startRecording(argument));
    add('loopscope.stopRecording', () => this.context.recordings.stop());
    add('loopscope.profileNow', (argument) => this.profile(profileNow, argument));
    add('loopscope.profileAllocations', (argument) => this.profile(profileAllocations, argument));
    add('loopscope.heapSnapshot', (argument) => this.profile(heapSnapshot, argument));
    add('loopscope.exportTrace', (argument) => this.context.recordingEditors.export('trace', fileIn(argument)));
    add('loopscope.exportReport', (argument) => this.context.recordingEditors.export('report', fileIn(argument)));
    add('loopscope.copyRow', () => this.context.copyFromTable('row'));
    add('loopscope.copyRowAsMarkdown', () => this.context.copyFromTable('rowMarkdown'));
    add('loopscope.copyTableAsMarkdown', () => this.context.copyFromTable('tableMarkdown'));
    add('loopscope.nextTab', () => this.context.go('nextTab'));
    add('loopscope.previousTab', () => this.context.go('previousTab'));
    add('loopscope.filterRows', () => this.context.go('filter'));
    this.store.add(context.attachments.onDidChange(() => this.updateKeys()));
    this.store.add(context.recordings.onDidChange(() => this.updateKeys()));
  }

  /** Attaches to the target that the argument names (`{pid}`, `{host, port}` or `{url}`), else to one that is picked. */
  async attach(argument?: unknown): Promise<unknown> {
    const where = parseWhere(argument);
    if (where) return this.start({ where, label: labelOf(where) });
    const target = await this.pick();
    return target ? this.start(target) : undefined;
  }

  /** Lets a person choose a target; null when nothing was chosen. Throws HumanError. */
  async pick(): Promise<Target | null> {
    const { listProcesses, debugSessions, reporter } = this.context;
    const picked = await pickTarget({ listProcesses, debugSessions: () => debugSessions.leaves() }, reporter);
    if (!picked) return null;
    return 'target' in picked ? picked.target : debugSessions.targetOf(picked.session);
  }

  /** Asks for an address and attaches to it. */
  async connect(): Promise<void> {
    const target = await askForAddress();
    if (target) await this.start(target);
  }

  /** Detaches the process with all its threads; the panel keeps the last picture. */
  async detach(view: ThreadView): Promise<void> {
    await view.process.attachment.detach();
  }

  async copySnapshot(): Promise<void> {
    const snapshot = this.context.attachments.shown?.snapshot;
    if (!snapshot) {
      throw new HumanError(
        vscode.l10n.t('There is no snapshot to copy yet: attach to a process and wait for its first beat.'),
      );
    }
    await vscode.env.clipboard.writeText(JSON.stringify(snapshot, null, 2));
    vscode.window.setStatusBarMessage(vscode.l10n.t('The snapshot was copied as JSON.'), 3000);
  }

  /** Takes a profile of the shown thread: of the CPU where nothing else is said. Gives its file. Throws HumanError. */
  async profile(
    take: (attachment: Attachment, file?: vscode.Uri) => Promise<string | undefined> = profileNow,
    argument?: unknown,
  ): Promise<string | undefined> {
    const attachment = this.liveThread(vscode.l10n.t('There is nothing to profile: attach to a process first.'));
    return take(attachment, fileIn(argument));
  }

  dispose(): void {
    this.store.dispose();
  }

  private async attachDebugSession(argument: unknown): Promise<unknown> {
    const session = this.context.debugSessions.find(argument);
    if (!session) {
      throw new HumanError(
        vscode.l10n.t(
          'No JavaScript debug session is running. Start one with F5, or attach to a process that runs already.',
        ),
      );
    }
    return this.start(await this.context.debugSessions.targetOf(session));
  }

  private async detachShown(): Promise<void> {
    const { shownTarget, live } = this.context.attachments;
    const view = shownTarget?.live ? shownTarget : live.at(-1);
    if (view) await this.detach(view);
  }

  private compare(): void {
    const { attaching, openPanel } = this.context;
    // The page of an attach that has failed has no tabs.
    if (attaching.current?.error != null) attaching.cancel();
    openPanel('compare');
  }

  private async scanHeap(): Promise<void> {
    await scanHeap(this.liveThread(vscode.l10n.t('There is no heap to scan: attach to a process first.')));
  }

  private async startRecording(argument: unknown): Promise<string | undefined> {
    const attachment = this.liveThread(vscode.l10n.t('There is nothing to record: attach to a process first.'));
    return this.context.recordings.start(attachment, fileIn(argument));
  }

  private async keepAlive(): Promise<void> {
    if (!this.liveView()) await this.attach();
    const view = this.liveView();
    if (!view) return;
    // Of a sum it is the process that is meant.
    const { attachment } = view;
    const process = attachment instanceof ThreadsSum ? view.process.attachment : attachment;
    await this.context.aliveReports.show(process);
  }

  /** The thread that is shown, for what has to be of one thread. Throws HumanError, with `otherwise` when there is none. */
  private liveThread(otherwise: string): Attachment {
    const view = this.liveView();
    if (!view) throw new HumanError(otherwise);
    if (view.attachment instanceof ThreadsSum) {
      throw new HumanError(
        vscode.l10n.t('This is of one thread, and all are shown together: choose one in the header of the panel.'),
      );
    }
    return view.attachment;
  }

  /** The shown one, or the latest if that has ended. */
  private liveView(): ThreadView | undefined {
    const { shown, live } = this.context.attachments;
    return shown?.live ? shown : live.at(-1);
  }

  /** Opens the panel, attaches, and gives whether it is attached: a command's result has to be plain data. */
  private async start(target: Target): Promise<boolean> {
    this.context.openPanel();
    return (await this.context.attaching.start(target)) !== null;
  }

  private async reported(action: (argument: unknown) => unknown, argument: unknown): Promise<unknown> {
    try {
      await this.choose(argument);
      return await action(argument);
    } catch (error) {
      this.context.reporter.show(error);
      return undefined;
    }
  }

  /** Commands are about what is shown: an entry of the tree of targets is shown first. */
  private async choose(argument: unknown): Promise<void> {
    const { attachments, attaching } = this.context;
    const chosen = chosenTarget(argument);
    if (!chosen) return;
    attaching.cancel();
    attachments.show(chosen.attachmentId);
    if (chosen.threadId !== null) await attachments.shownTarget?.showThread(chosen.threadId);
  }

  private updateKeys(): void {
    const { live, shown } = this.context.attachments;
    this.setKey('loopscope.attached', live.length > 0);
    this.setKey('loopscope.shown', shown !== null);
    this.setKey('loopscope.viewPaused', shown?.paused ?? false);
    this.setKey('loopscope.recording', this.context.recordings.active);
  }

  private setKey(key: string, value: boolean): void {
    if ((this.keys.get(key) ?? false) === value) return;
    this.keys.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}

/** The file that a command is given by a keybinding, a task or another extension. */
function fileIn(argument: unknown): vscode.Uri | undefined {
  return argument instanceof vscode.Uri && argument.scheme === 'file' ? argument : undefined;
}
