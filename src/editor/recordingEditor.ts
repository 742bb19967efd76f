import * as vscode from 'vscode';
import type { PanelPlace } from '../protocol/panel';
import type { ExportAs } from '../recording/exports';
import { Recording } from '../recording/recording';
import { RecordingPage, type OpenedRecording } from './recordingPage';
import type { Reporter } from './reporter';

export const RECORDING_EDITOR = 'loopscope.recording';

type OpenedDocument = OpenedRecording & vscode.CustomDocument;

/** Opens recordings as read-only editors: the page of the panel with a time slider. */
export class RecordingEditors implements vscode.CustomReadonlyEditorProvider<OpenedDocument>, vscode.Disposable {
  private readonly registered: vscode.Disposable;
  /** The page whose editor has the focus, or had it last. */
  private active: RecordingPage | null = null;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly reporter: Reporter,
  ) {
    this.registered = vscode.window.registerCustomEditorProvider(RECORDING_EDITOR, this, {
      supportsMultipleEditorsPerDocument: true,
    });
  }

  /** A file that cannot be shown opens too: its page says why. */
  async openCustomDocument(
    uri: vscode.Uri,
    _context: vscode.CustomDocumentOpenContext,
    token: vscode.CancellationToken,
  ): Promise<OpenedDocument> {
    let recording: Recording | null = null;
    let notices: string[];
    try {
      recording = await this.read(uri, token);
      notices = recording ? noticesOf(recording) : [vscode.l10n.t('Only a recording on this machine can be opened.')];
    } catch (error) {
      notices = [this.reporter.sentenceOf(error)];
    }
    return { uri, recording, notices, dispose: () => void recording?.close() };
  }

  resolveCustomEditor(document: OpenedDocument, panel: vscode.WebviewPanel): void {
    const page = new RecordingPage(document, panel, this.extensionUri, this.reporter);
    if (panel.active || !this.active) this.active = page;
    panel.onDidChangeViewState(() => {
      if (panel.active) this.active = page;
    });
    panel.onDidDispose(() => {
      page.dispose();
      if (this.active === page) this.active = null;
    });
  }

  /** Writes the chosen stretch of the active recording to a file; asks for it unless it is given. */
  async export(as: ExportAs, to?: vscode.Uri): Promise<string | undefined> {
    return this.active?.export(as, to);
  }

  /** Goes to a place in the page, if a recording is the active editor. */
  go(to: PanelPlace): void {
    this.active?.go(to);
  }

  dispose(): void {
    this.registered.dispose();
  }

  private async read(uri: vscode.Uri, token: vscode.CancellationToken): Promise<Recording | null> {
    if (uri.scheme !== 'file') return null;
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    const location = vscode.ProgressLocation.Window;
    return vscode.window.withProgress({ location, title: vscode.l10n.t('Reading the recording') }, () =>
      Recording.open(uri.fsPath, controller.signal),
    );
  }
}

/** What is missing of a recording. */
function noticesOf({ frames, cut, left }: Recording): string[] {
  const notices: string[] = [];
  const last = frames.at(-1);
  if (!last) notices.push(vscode.l10n.t('There is no beat in this recording.'));
  const until = last && new Date(last.timeMs).toLocaleTimeString('en-GB');
  if (cut === 'damaged' && until) {
    notices.push(
      vscode.l10n.t('This recording is whole up to {0}. What follows is damaged or cut off, and is not shown.', until),
    );
  } else if (cut === 'damaged') notices.push(vscode.l10n.t('It is damaged or cut off after its beginning.'));
  if (cut === 'unfinished' && until) {
    notices.push(
      vscode.l10n.t(
        'This recording was not stopped: it is still going on, or its recorder was ended. It is shown up to {0}; open it again to see what came since.',
        until,
      ),
    );
  }
  if (cut === 'tooLong' && until) {
    notices.push(vscode.l10n.t('This recording is longer than can be shown: it is shown up to {0}.', until));
  }
  if (left > 0) notices.push(vscode.l10n.t('{0} beats were left out because the disk was too slow.', left));
  return notices;
}
