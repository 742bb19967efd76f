import * as vscode from 'vscode';
import { DisposableStore, toDisposable, type Disposable } from '../base/disposable';
import type { Attachments } from './attachments';
import { FigureDecorations, FigureLenses, type FigureDisplay, type LineText } from './figureDisplays';
import { FileTexts, pathOf } from './fileTexts';
import { figuresOf, Growth } from './lineFigures';
import { HOVER_COMMANDS, hoverOf, textOf, type Origin } from './lineWords';
import { optionsFrom, type InlineFigures as Mode } from './settings';

type View = NonNullable<Attachments['shown']>;

/** A file that was written this much later than the process had started was written after it. */
const CLOCKS_MS = 2000;

interface Following {
  view: View;
  stop: Disposable;
  mode: Mode;
  display: FigureDisplay;
  growth: Growth;
}

/** The figures of the shown target at the lines of open editors, from the attach to the detach. */
export class InlineFigures implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private following: Following | null = null;
  /** The files of the followed process as they were at first; all its threads run the same. */
  private texts: { process: unknown; files: FileTexts } | null = null;
  private lastMode: Mode = 'decorations';

  constructor(private readonly attachments: Attachments) {
    this.store.add(attachments.onDidChange(() => this.update()));
    this.store.add(vscode.window.onDidChangeVisibleTextEditors(() => this.draw()));
    this.store.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('loopscope.inlineFigures')) this.update();
      }),
    );
  }

  /** Switches them off, or on again as they were, in the settings. */
  async toggle(): Promise<void> {
    const configuration = vscode.workspace.getConfiguration('loopscope');
    const mode = modeOf(configuration);
    if (mode !== 'off') this.lastMode = mode;
    const inWorkspace = configuration.inspect('inlineFigures')?.workspaceValue !== undefined;
    const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
    await configuration.update('inlineFigures', mode === 'off' ? this.lastMode : 'off', target);
  }

  dispose(): void {
    this.store.dispose();
    this.following?.stop.dispose();
  }

  private update(): void {
    const { shown, live } = this.attachments;
    const view = (shown?.live ? shown : live.at(-1)) ?? null;
    const mode = view ? modeOf(vscode.workspace.getConfiguration('loopscope')) : 'off';
    const { following } = this;
    if ((following?.view ?? null) !== view || following?.mode !== mode) {
      following?.stop.dispose();
      this.following = view && mode !== 'off' ? this.follow(view, mode) : null;
    }
    if (!view) this.texts = null;
    this.draw();
  }

  private follow(view: View, mode: Mode): Following {
    const files = this.filesOf(view);
    const display = mode === 'codeLens' ? new FigureLenses(files) : new FigureDecorations(files);
    const beats = view.onDidSnapshot(() => this.draw());
    const stop = toDisposable(() => {
      beats.dispose();
      display.dispose();
    });
    return { view, stop, mode, display, growth: new Growth() };
  }

  private filesOf({ process }: View): FileTexts {
    if (this.texts?.process !== process) this.texts = { process, files: new FileTexts(() => this.draw()) };
    return this.texts.files;
  }

  private draw(): void {
    const { following } = this;
    const snapshot = following?.view.snapshot;
    if (!following || !snapshot) return;
    const { view, growth, display } = following;
    const files = this.filesOf(view);
    const open = new Set(vscode.window.visibleTextEditors.map(({ document }) => pathOf(document) ?? ''));
    const startedAtMs = snapshot.timeMs - snapshot.target.uptimeMs;
    const { name, pid } = view.attachment.info;
    const promisesSampled = snapshot.promises?.method === 'sampled';
    const figures = new Map<string, LineText[]>();
    for (const [path, lines] of figuresOf(snapshot, open, growth)) {
      const fileChanged = (files.changedAtMs(path) ?? 0) > startedAtMs + CLOCKS_MS;
      const origin: Origin = { name, pid, promisesSampled, fileChanged };
      figures.set(
        path,
        lines.map((one) => ({
          line: one.line,
          text: textOf(one, origin, vscode.l10n),
          hover: hoverOf(one, origin, vscode.l10n),
          commands: HOVER_COMMANDS,
        })),
      );
    }
    display.show(figures);
  }
}

function modeOf(configuration: vscode.WorkspaceConfiguration): Mode {
  return optionsFrom(configuration).inlineFigures;
}
