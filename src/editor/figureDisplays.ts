import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable';
import { pathOf, type FileTexts } from './fileTexts';

/** What is shown at a line of a file as the process has it. */
export interface LineText {
  /** Counts from 1. */
  line: number;
  text: string;
  /** Markdown, in which only {@link LineText.commands} may be run. */
  hover: string;
  commands: readonly string[];
}

/** A way to show figures in editors: they are there from the first `show` until it is disposed of. */
export interface FigureDisplay extends Disposable {
  /** Shows these, by the path of the file, and nothing else. */
  show(figures: ReadonlyMap<string, LineText[]>): void;
}

/** Behind the text of a line: nothing moves, and the cursor stays in front of it. */
export class FigureDecorations implements FigureDisplay {
  private readonly type = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor('editorCodeLens.foreground'), margin: '0 0 0 3ch' },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  private readonly shown = new WeakMap<vscode.TextEditor, string>();

  constructor(private readonly texts: FileTexts) {}

  show(figures: ReadonlyMap<string, LineText[]>): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const { document } = editor;
      const placed = placedIn(document, figures, this.texts);
      // VS Code itself moves decorations while somebody types, not always to where their line is.
      const key = JSON.stringify([document.version, placed.map(({ line1, text, hover }) => [line1, text, hover])]);
      if (this.shown.get(editor) === key) continue;
      this.shown.set(editor, key);
      editor.setDecorations(
        this.type,
        placed.map(({ line1, text, hover, commands }) => {
          const { end } = document.lineAt(line1 - 1).range;
          const hoverMessage = new vscode.MarkdownString(hover);
          hoverMessage.isTrusted = { enabledCommands: commands };
          return { range: new vscode.Range(end, end), hoverMessage, renderOptions: { after: { contentText: text } } };
        }),
      );
    }
  }

  dispose(): void {
    this.type.dispose();
  }
}

/** As lines of their own, above. */
export class FigureLenses implements FigureDisplay, vscode.CodeLensProvider {
  private readonly change = new vscode.EventEmitter<void>();
  private readonly registration = vscode.languages.registerCodeLensProvider({ scheme: 'file' }, this);
  private figures: ReadonlyMap<string, LineText[]> = new Map();
  private shown = '';

  readonly onDidChangeCodeLenses = this.change.event;

  constructor(private readonly texts: FileTexts) {}

  show(figures: ReadonlyMap<string, LineText[]>): void {
    this.figures = figures;
    const key = JSON.stringify(
      [...figures].map(([path, lines]) => [path, lines.map(({ line, text }) => [line, text])]),
    );
    if (this.shown === key) return;
    this.shown = key;
    this.change.fire();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    return placedIn(document, this.figures, this.texts).map(
      ({ line1, text }) =>
        new vscode.CodeLens(document.lineAt(line1 - 1).range, {
          title: text,
          tooltip: vscode.l10n.t('Show the Loopscope panel'),
          command: 'loopscope.showPanel',
        }),
    );
  }

  dispose(): void {
    this.registration.dispose();
    this.change.dispose();
  }
}

/** With the line at which each stands in the document now; a line that was changed is not the one that runs. */
function placedIn(
  document: vscode.TextDocument,
  figures: ReadonlyMap<string, LineText[]>,
  texts: FileTexts,
): (LineText & { line1: number })[] {
  const lines = figures.get(pathOf(document) ?? '') ?? [];
  const moved = lines.length > 0 ? texts.linesIn(document) : null;
  if (!moved) return [];
  return lines.flatMap((one) => {
    const line1 = moved(one.line);
    return line1 === null ? [] : [{ ...one, line1 }];
  });
}
