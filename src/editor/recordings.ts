import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Attachment } from '../attachment';
import { HumanError } from '../base/errors';
import { Emitter } from '../base/event';
import { RECORDING_ENDING } from '../recording/format';
import { Recorder, type Ended } from '../recording/recorder';
import { short, unlinked } from './bounds';
import type { Reporter } from './reporter';

/** Records what is shown of an attachment to a file that a person chooses: one at a time, in the status bar meanwhile. */
export class Recordings implements vscode.Disposable {
  private readonly change = new Emitter<void>();
  private current: { recorder: Recorder; item: vscode.StatusBarItem } | null = null;

  /** A recording began or ended. */
  readonly onDidChange = this.change.event;

  constructor(private readonly reporter: Reporter) {}

  get active(): boolean {
    return this.current !== null;
  }

  /** Begins; asks for the file unless it is given. Gives the file, and nothing when nobody chose one. */
  async start(attachment: Attachment, given?: vscode.Uri): Promise<string | undefined> {
    if (this.current) {
      throw new HumanError(vscode.l10n.t('A recording is under way already: stop it before you begin another one.'));
    }
    const name = short(attachment.info.name, 100);
    const uri =
      given ??
      (await vscode.window.showSaveDialog({
        title: vscode.l10n.t('Record {0}', name),
        saveLabel: vscode.l10n.t('Record'),
        defaultUri: proposed(name, new Date(), RECORDING_ENDING),
        filters: { [vscode.l10n.t('Loopscope recording')]: [RECORDING_ENDING.slice(1)] },
      }));
    if (!uri) return undefined;
    const recorder = await Recorder.start(uri.fsPath, attachment, Date.now());
    const item = vscode.window.createStatusBarItem('loopscope.recording', vscode.StatusBarAlignment.Left, 49);
    item.name = vscode.l10n.t('Loopscope recording');
    item.command = 'loopscope.stopRecording';
    item.tooltip = vscode.l10n.t('Recording {0}: click to stop', name);
    const draw = (): void => {
      item.text = `$(record) ${vscode.l10n.t('{0} beats', recorder.written)}`;
    };
    draw();
    item.show();
    const current = { recorder, item };
    this.current = current;
    recorder.onDidChange(draw);
    void recorder.ended.then((ended) => {
      item.dispose();
      if (this.current === current) this.current = null;
      this.change.fire();
      this.say(ended);
    });
    this.change.fire();
    return uri.fsPath;
  }

  /** Ends the recording that is under way; gives its file when all is in it. */
  async stop(): Promise<string | undefined> {
    return (await this.current?.recorder.stop())?.file;
  }

  dispose(): void {
    void this.stop();
    this.change.dispose();
  }

  private say({ file, beats, bytes, left, trouble }: Ended): void {
    if (trouble !== null) {
      this.reporter.show(new HumanError(trouble));
      return;
    }
    const sentences = [
      vscode.l10n.t(
        'Recorded {0} beats ({1} MB) to {2}.',
        beats,
        (bytes / 1e6).toFixed(1),
        vscode.workspace.asRelativePath(file),
      ),
    ];
    if (left > 0) sentences.push(vscode.l10n.t('{0} beats were left out because the disk was too slow.', left));
    const show = vscode.l10n.t('Open');
    void vscode.window.showInformationMessage(unlinked(sentences.join(' ')), show).then((chosen) => {
      if (chosen === show) void vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
    });
  }
}

/** A file beside the code that is named for the target and the time. */
export function proposed(name: string, at: Date, ending: string): vscode.Uri {
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join('.');
  // The name is the target's: in a path it may hold no more than a file name does.
  const file = `${name} ${day} ${time}${ending}`.replace(/[\\/:*?"<>|\p{Cc}]/gu, '_');
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  return vscode.Uri.joinPath(folder, file);
}
