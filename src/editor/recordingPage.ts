import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type {
  FromPanel,
  PanelAttachment,
  PanelPlace,
  PanelRecording,
  RecordedMoment,
  ToPanel,
} from '../protocol/panel';
import type { Snapshot } from '../protocol/snapshot';
import { exportStretch, type ExportAs, type Stretch } from '../recording/exports';
import type { Frame, Recording } from '../recording/recording';
import { short, unlinked } from './bounds';
import { parseFromPanel } from './messages';
import { openSite, openThreshold } from './navigation';
import { boundedSnapshot } from './pageCopy';
import type { Reporter } from './reporter';
import { pageIn, pageOptions } from './webviewPage';

/** The charts show 120 beats. */
const HISTORY = 130;
const NAME = 300;

/** A recording as the editor opened it. */
export interface OpenedRecording {
  uri: vscode.Uri;
  /** Null when nothing in it can be shown. */
  recording: Recording | null;
  /** What is missing of it, or why nothing can be shown, as sentences. */
  notices: string[];
}

/** The page of one editor on a recording: which moment it shows, and which stretch is chosen. */
export class RecordingPage implements vscode.Disposable {
  private readonly frames: readonly Frame[];
  private frame: number;
  private stretch: Stretch;
  /** Sites of the snapshot that is shown: only these can be opened. */
  private shown: Snapshot | null = null;
  private wanted: number | null = null;
  private disposed = false;

  constructor(
    private readonly opened: OpenedRecording,
    private readonly panel: vscode.WebviewPanel,
    extensionUri: vscode.Uri,
    private readonly reporter: Reporter,
  ) {
    this.frames = opened.recording?.frames ?? [];
    this.frame = Math.max(0, this.frames.length - 1);
    this.stretch = { from: 0, to: this.frame };
    const { webview } = panel;
    webview.options = pageOptions(extensionUri);
    webview.onDidReceiveMessage((raw: unknown) => {
      const message = parseFromPanel(raw);
      if (message) reporter.run(() => this.receive(message));
    });
    webview.html = pageIn(webview, extensionUri);
  }

  /** Writes the chosen stretch to a file; asks for it unless it is given. Gives the file. */
  async export(as: ExportAs, given?: vscode.Uri): Promise<string | undefined> {
    const { recording, uri } = this.opened;
    if (!recording || this.frames.length === 0) return undefined;
    const stem = basename(uri.fsPath).replace(/\.loopscope$/, '');
    const ending = as === 'trace' ? 'json' : 'md';
    const kind = as === 'trace' ? vscode.l10n.t('Chrome trace') : vscode.l10n.t('Markdown');
    const to =
      given ??
      (await vscode.window.showSaveDialog({
        title: as === 'trace' ? vscode.l10n.t('Export as Chrome Trace') : vscode.l10n.t('Export as Markdown Report'),
        defaultUri: vscode.Uri.file(join(dirname(uri.fsPath), `${stem}.${ending}`)),
        filters: { [kind]: [ending] },
      }));
    if (!to) return undefined;
    const name = basename(to.fsPath);
    const controller = new AbortController();
    const title = unlinked(vscode.l10n.t('Writing {0}', name));
    const location = vscode.ProgressLocation.Notification;
    try {
      await vscode.window.withProgress({ location, title, cancellable: true }, (_, token) => {
        token.onCancellationRequested(() => controller.abort());
        return exportStretch(recording, this.stretch, as, to.fsPath, controller.signal);
      });
    } catch (error) {
      if (controller.signal.aborted) return undefined;
      throw error;
    }
    if (as === 'report')
      await vscode.window.showTextDocument(to, { preview: false, viewColumn: vscode.ViewColumn.Beside });
    else {
      const sentence = vscode.l10n.t(
        '{0} is written: open it at https://ui.perfetto.dev, or in chrome://tracing.',
        name,
      );
      void vscode.window.showInformationMessage(unlinked(sentence));
    }
    return to.fsPath;
  }

  /** Goes to a place in the page, while it is that of the active editor. */
  go(to: PanelPlace): void {
    if (this.panel.active) this.send({ type: 'go', to });
  }

  dispose(): void {
    this.disposed = true;
  }

  private async receive(message: FromPanel): Promise<void> {
    switch (message.type) {
      case 'ready':
        await this.draw();
        break;
      case 'seek':
        await this.seek(message.frame);
        break;
      case 'stretch':
        await this.choose(message);
        break;
      case 'look':
        // All of it is past: a moment is gone to, a stretch is chosen.
        if (!message.at) break;
        if (message.at.fromMs < message.at.toMs)
          await this.choose({ from: this.frameAt(message.at.fromMs), to: this.frameAt(message.at.toMs) });
        else await this.seek(this.frameAt(message.at.toMs));
        break;
      case 'export':
        await this.export(message.as);
        break;
      case 'openSite': {
        const site = this.shown?.sites[message.site];
        if (site) await openSite(site, this.panel.viewColumn);
        break;
      }
      case 'openThreshold':
        await openThreshold(message.name);
        break;
      case 'instances': {
        // Single members are not recorded.
        const group = this.shown?.pending.find(({ key }) => key === message.key);
        this.send({ type: 'instances', key: message.key, instances: [], total: group?.count ?? 0 });
        break;
      }
      case 'copySnapshot':
        if (this.shown) await vscode.env.clipboard.writeText(JSON.stringify(this.shown, null, 2));
        break;
      case 'copyText':
        await vscode.env.clipboard.writeText(message.text);
        break;
      default:
        // What can be done with a live attachment only.
        break;
    }
  }

  private async choose({ from, to }: Stretch): Promise<void> {
    const last = Math.max(0, this.frames.length - 1);
    this.stretch = { from: Math.min(from, last), to: Math.min(to, last) };
    await this.draw();
  }

  /** The last one until then. */
  private frameAt(timeMs: number): number {
    const later = this.frames.findIndex((frame) => frame.timeMs > timeMs);
    return Math.max(0, (later < 0 ? this.frames.length : later) - 1);
  }

  /** While one moment is looked up, of those that are asked for only the last is. */
  private async seek(frame: number): Promise<void> {
    const isBusy = this.wanted !== null;
    this.wanted = Math.min(frame, this.frames.length - 1);
    if (isBusy) return;
    try {
      for (let next: number | null = this.wanted; next !== null; next = this.wanted === next ? null : this.wanted) {
        this.frame = next;
        await this.draw();
      }
    } finally {
      this.wanted = null;
    }
  }

  private async draw(): Promise<void> {
    const { frames, frame } = this;
    const at = frames[frame];
    const snapshot = at ? ((await this.opened.recording?.snapshotAt(frame)) ?? null) : null;
    if (this.disposed) return;
    this.shown = snapshot && boundedSnapshot(snapshot);
    const recording: PanelRecording = {
      frames: frames.length,
      frame,
      startMs: frames[0]?.timeMs ?? 0,
      endMs: frames.at(-1)?.timeMs ?? 0,
      timeMs: at?.timeMs ?? 0,
      ...this.stretch,
      notices: this.opened.notices,
    };
    this.send({ type: 'recording', recording, shown: at ? this.moment(at, this.shown) : null });
  }

  private moment(at: Frame, snapshot: Snapshot | null): RecordedMoment {
    const history = this.frames.slice(Math.max(0, this.frame + 1 - HISTORY), this.frame + 1).map(({ point }) => point);
    return { attachment: this.attachmentAt(at, snapshot), history, snapshot };
  }

  private attachmentAt({ timeMs, state, because }: Frame, snapshot: Snapshot | null): PanelAttachment {
    const { uri, recording } = this.opened;
    const id = uri.toString();
    const header = recording?.header;
    return {
      attachmentId: id,
      targetId: id,
      threadId: header?.threadId ?? 0,
      threads: [],
      threadCount: 0,
      name: short(header?.name ?? '', NAME),
      pid: header?.pid ?? 0,
      nodeVersion: short(header?.nodeVersion ?? '', NAME),
      state,
      stateSinceTimeMs: timeMs - (snapshot?.stateSinceMs ?? 0),
      endedBecause: because && short(because, NAME),
      awaited: false,
      level: snapshot?.level ?? 'track',
      beatMs: header?.beatMs ?? 1000,
      viewPausedAtMs: null,
      beatsWhilePaused: 0,
      distortion: null,
      thresholds: null,
    };
  }

  private send(message: ToPanel): void {
    if (this.disposed) return;
    this.panel.webview.postMessage(message).then(undefined, (error: unknown) => this.reporter.show(error));
  }
}
