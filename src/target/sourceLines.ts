import { readFile, stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { localPath } from './sourceMapFile';

/** A place as `Site` has it: line and column count from 1. */
interface Place {
  url: string;
  line: number;
  column: number;
}

/** Where a place is on this machine: a `file:` URL that leads to it, and the line itself. */
export interface SourceLine {
  link: string | null;
  text: string | null;
}

/** The target names the files: what is no source is not read. */
const SOURCE = /\.([cm]?[jt]s|[jt]sx|vue|svelte|astro|coffee)$/i;
const MAX_BYTES = 4 * 1024 * 1024;

/** Looks up places, each file once. Never rejects. */
export class SourceLines {
  private readonly files = new Map<string, Promise<string[] | null>>();

  async at({ url, line, column }: Place): Promise<SourceLine> {
    const path = localPath(url);
    const file = path === null ? null : await stat(path).catch(() => null);
    if (path === null || !file?.isFile()) return { link: null, text: null };
    // A parenthesis would end a link in Markdown.
    const address = pathToFileURL(path).href.replace(/[()]/g, (one) => (one === '(' ? '%28' : '%29'));
    const lines = SOURCE.test(path) && file.size <= MAX_BYTES ? await this.linesOf(path) : null;
    return { link: `${address}#L${line},${column}`, text: lines?.[line - 1] ?? null };
  }

  private linesOf(path: string): Promise<string[] | null> {
    const known = this.files.get(path);
    if (known) return known;
    const lines = readFile(path, 'utf8').then(
      (text) => text.split(/\r?\n/),
      () => null,
    );
    this.files.set(path, lines);
    return lines;
  }
}
