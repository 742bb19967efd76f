import { LEAST_UPPER_BOUND, originalPositionFor } from '@jridgewell/trace-mapping';
import { pathToFileURL } from 'node:url';
import type { BatchSite } from '../protocol/probe';
import type { Site } from '../protocol/snapshot';
import type { NamedPlace } from './runningPlaces';
import { fileStamp, loadMap, localPath, parseMap, sourceFile, type LoadedMap } from './sourceMapFile';

/** A place in a source file; line and column count from 1. */
export interface SourcePosition {
  /** File URL. */
  url: string;
  line: number;
  column: number;
}

interface Entry {
  /** Of the script and of its map: another one means that the program was built anew. */
  stamp: string;
  loaded: LoadedMap | null;
}

const JAVASCRIPT = /\.[cm]?js$/i;
const MAX_SCRIPTS = 200;
/** Text of all maps kept; decoded they take a few times that. */
const MAX_BYTES = 128 * 1024 * 1024;

/** Leads from places in running scripts to the sources they were built from, by the source maps on this machine. */
export class Sources {
  private readonly entries = new Map<string, Promise<Entry | null>>();
  private readonly bytes = new Map<string, number>();

  /**
   * `runningMap` gives the text of the map that the target keeps of a script, `shown` where the program itself shows a
   * place of a script; null for nowhere. Neither rejects.
   */
  constructor(
    private readonly runningMap: (url: string) => Promise<string | null> = () => Promise.resolve(null),
    private readonly shown: (place: NamedPlace) => Promise<NamedPlace | null> = () => Promise.resolve(null),
  ) {}

  /**
   * The original of a place in a running script; `url` is a file URL or a path, `line1` and `column1` count from 1.
   * Null when there is no map, it does not say, or the source is not on this machine. Never rejects.
   */
  async resolve(url: string, line1: number, column1: number): Promise<SourcePosition | null> {
    try {
      const script = localPath(url);
      if (script === null || line1 < 1 || column1 < 1) return null;
      const entry = await this.entryOf(script, url);
      if (!entry?.loaded) return null;
      const needle = { line: line1, column: column1 - 1 };
      let found = originalPositionFor(entry.loaded.map, needle);
      // A place before the first mapping of its line, as V8 gives for a statement that a compiler has wrapped.
      if (found.source === null) found = originalPositionFor(entry.loaded.map, { ...needle, bias: LEAST_UPPER_BOUND });
      if (found.source === null) return null;
      const path = await sourceFile(found.source, entry.loaded.path);
      return path === null ? null : { url: pathToFileURL(path).href, line: found.line, column: found.column + 1 };
    } catch {
      return null;
    }
  }

  /** The source place of a running one; it stands for itself when there is no original. Never rejects. */
  async siteOf({ function: name, url, line, column }: Omit<BatchSite, 'site'>): Promise<Site> {
    const original = (await this.resolve(url, line, column)) ?? (await this.asShown({ url, line, column }));
    const shown = original ?? { url, line, column };
    return {
      function: name,
      ...shown,
      package: packageOf(shown.url),
      generated: original ? { url, line, column } : null,
    };
  }

  /** For the user's own files only: what packages run is what lies on the disk. */
  private async asShown(place: NamedPlace): Promise<SourcePosition | null> {
    const script = localPath(place.url);
    if (script === null || packageOf(place.url) !== null) return null;
    const shown = await this.shown(place);
    const path = shown && localPath(shown.url);
    if (!shown || path === null || !(await fileStamp(path))) return null;
    const isSame = path === script && shown.line === place.line && shown.column === place.column;
    return isSame ? null : { url: pathToFileURL(path).href, line: shown.line, column: shown.column };
  }

  private async entryOf(script: string, url: string): Promise<Entry | null> {
    const known = this.entries.get(script);
    const entry = (await known) ?? null;
    if (known && entry !== null && entry.stamp === (await stampOf(script, entry.loaded))) {
      this.touch(script, known);
      return entry;
    }
    // Another call may have begun to load it anew meanwhile.
    const current = this.entries.get(script);
    if (current !== undefined && current !== known) return current;
    const loading = this.load(script, url).catch(() => null);
    this.touch(script, loading);
    const loaded = await loading;
    this.bytes.set(script, loaded?.loaded?.bytes ?? 0);
    this.shrink();
    return loaded;
  }

  private async load(script: string, url: string): Promise<Entry | null> {
    if (!(await fileStamp(script))) return null;
    // Node runs JavaScript only: another file was compiled as it was loaded, and its map is nowhere but in the target.
    const text = JAVASCRIPT.test(script) ? null : await this.runningMap(url);
    // Malformed maps are kept as "none", so that they are not read again for every site.
    const loaded = await mapOf(script, text).catch(() => null);
    return { stamp: await stampOf(script, loaded), loaded };
  }

  private touch(script: string, entry: Promise<Entry | null>): void {
    this.entries.delete(script);
    this.entries.set(script, entry);
  }

  private shrink(): void {
    let total = 0;
    for (const size of this.bytes.values()) total += size;
    for (const script of this.entries.keys()) {
      if (this.entries.size <= MAX_SCRIPTS && total <= MAX_BYTES) return;
      total -= this.bytes.get(script) ?? 0;
      this.entries.delete(script);
      this.bytes.delete(script);
    }
  }
}

async function mapOf(script: string, text: string | null): Promise<LoadedMap | null> {
  return text === null ? loadMap(script) : parseMap(text, script);
}

async function stampOf(script: string, loaded: LoadedMap | null): Promise<string> {
  const stamps = await Promise.all([fileStamp(script), loaded ? fileStamp(loaded.path) : null]);
  return stamps.map((stamp) => (stamp ? `${stamp.mtimeMs} ${stamp.size}` : '-')).join(' ');
}

/** The package under node_modules that a script belongs to, such as "express" or "@nestjs/core"; null for the user's own. */
export function packageOf(url: string): string | null {
  let path = url.replaceAll('\\', '/');
  if (path.startsWith('file:')) {
    try {
      path = decodeURIComponent(path);
    } catch {
      // A stray "%" in a path: as it is.
    }
  }
  // The last one: packages lie inside others, and pnpm's store lies in node_modules itself.
  const inside = path.split('/node_modules/').pop() ?? '';
  if (inside === path) return null;
  const [first = '', second = '', third] = inside.split('/');
  const name = first.startsWith('@') ? (third === undefined ? '' : `${first}/${second}`) : second === '' ? '' : first;
  return name === '' || name.startsWith('.') ? null : name;
}
