import { readFile, stat } from 'node:fs/promises';
import type * as vscode from 'vscode';
import { movedLines, type MovedLines } from './movedLines';

/** The most files that are kept, and of how many bytes. */
const FILES = 100;
const MOST_BYTES = 5_000_000;

interface FileText {
  lines: string[];
  changedAtMs: number;
}

/** The path by which places in the code name the file of a document; null when it has none. */
export function pathOf({ uri }: vscode.TextDocument): string | null {
  return uri.scheme === 'file' ? uri.fsPath : null;
}

/**
 * Files as they were on disk when they were first asked for: lines of a running program are lines of these. Documents may
 * be edited, saved and loaded anew meanwhile.
 */
export class FileTexts {
  private readonly files = new Map<string, FileText | null>();
  private readonly moved = new WeakMap<vscode.TextDocument, { version: number; lines: MovedLines }>();

  /** `onDidRead` is called when a file that was asked for is there. */
  constructor(private readonly onDidRead: () => void) {}

  /** Where lines of the file stand in the document now; null while the file is not read, or when it cannot be. */
  linesIn(document: vscode.TextDocument): MovedLines | null {
    const path = pathOf(document);
    const file = path === null ? null : this.fileOf(path);
    if (!file) return null;
    const known = this.moved.get(document);
    if (known?.version === document.version) return known.lines;
    const lines = movedLines(file.lines, linesOf(document.getText()));
    this.moved.set(document, { version: document.version, lines });
    return lines;
  }

  /** When the file had been written last; null when that is not known. */
  changedAtMs(path: string): number | null {
    return this.files.get(path)?.changedAtMs ?? null;
  }

  private fileOf(path: string): FileText | null {
    const known = this.files.get(path);
    if (known !== undefined) return known;
    this.files.set(path, null);
    for (const [oldest] of this.files) if (this.files.size > FILES) this.files.delete(oldest);
    void read(path).then((file) => {
      if (!file || !this.files.has(path)) return;
      this.files.set(path, file);
      this.onDidRead();
    });
    return null;
  }
}

/** Null when it cannot be read, or is no text that people look at. */
async function read(path: string): Promise<FileText | null> {
  try {
    const { size, mtimeMs } = await stat(path);
    return size > MOST_BYTES ? null : { lines: linesOf(await readFile(path, 'utf8')), changedAtMs: mtimeMs };
  } catch {
    return null;
  }
}

function linesOf(text: string): string[] {
  return text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
}
