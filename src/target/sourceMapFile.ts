import { AnyMap, type SectionedSourceMapInput, type TraceMap } from '@jridgewell/trace-mapping';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const MAX_BYTES = 64 * 1024 * 1024;

/** A source map with the file that it was read from. */
export interface LoadedMap {
  map: TraceMap;
  /** The script itself for an inline map. */
  path: string;
  bytes: number;
}

/**
 * Path on this machine for the url of a script: a file URL or an absolute path, else null. Names of other machines are
 * refused: the target chose the text, and Windows would send our credentials there.
 */
export function localPath(url: string): string | null {
  if (/^[\\/]{2}/.test(url)) return null;
  if (url.startsWith('/') || /^[a-z]:[\\/]/i.test(url)) return url;
  if (!url.startsWith('file:')) return null;
  try {
    const parsed = new URL(url);
    const path = parsed.hostname === '' ? fileURLToPath(parsed) : null;
    return path === null || /^[\\/]{2}/.test(path) ? null : path;
  } catch {
    return null;
  }
}

/** Size and time of a regular file within the bound, else null. */
export async function fileStamp(path: string): Promise<{ mtimeMs: number; size: number } | null> {
  const file = await stat(path).catch(() => null);
  return file?.isFile() && file.size <= MAX_BYTES ? { mtimeMs: file.mtimeMs, size: file.size } : null;
}

/** The source map that a script names, or null: none, too large, malformed, or not on this machine. */
export async function loadMap(script: string): Promise<LoadedMap | null> {
  const reference = lastReference(await readFile(script, 'utf8'));
  if (reference === null) return null;
  if (reference.startsWith('data:')) {
    const text = decodeDataUrl(reference);
    return text === null ? null : parseMap(text, script);
  }
  const path = await mapPath(reference, script);
  return path === null ? null : parseMap(await readFile(path, 'utf8'), path);
}

/** The last sourceMappingURL of a script, or null. */
export function lastReference(code: string): string | null {
  const KEY = 'sourceMappingURL=';
  // From the end: scripts have megabytes, and the comment is their last line.
  for (let at = code.lastIndexOf(KEY); at >= 0; at = at === 0 ? -1 : code.lastIndexOf(KEY, at - 1)) {
    if (!/\/[/*][#@][ \t]+$/.test(code.slice(Math.max(0, at - 8), at))) continue;
    const start = at + KEY.length;
    const length = code.slice(start).search(/[\s'"`*]/);
    const reference = length < 0 ? code.slice(start) : code.slice(start, start + length);
    if (reference !== '') return reference;
  }
  return null;
}

/** The text of a data URL, base64 or percent-encoded; null when malformed or too large. */
export function decodeDataUrl(url: string): string | null {
  const comma = url.indexOf(',');
  if (comma < 0 || url.length > MAX_BYTES) return null;
  const body = url.slice(comma + 1);
  if (/;base64$/i.test(url.slice(0, comma))) return Buffer.from(body, 'base64').toString('utf8');
  try {
    return decodeURIComponent(body);
  } catch {
    return null;
  }
}

async function mapPath(reference: string, script: string): Promise<string | null> {
  const base = pathToFileURL(script);
  const url = URL.canParse(reference, base.href) ? new URL(reference, base) : null;
  const path = url && localPath(url.href);
  return path !== null && (await fileStamp(path)) ? path : null;
}

/** A source map from its text; its sources are relative to `path`. Throws when it is malformed or too large. */
export function parseMap(text: string, path: string): LoadedMap {
  if (text.length > MAX_BYTES) throw new RangeError(`the source map of ${path} is too large`);
  // Some servers put this before JSON, so that it cannot be run as a script.
  const json = JSON.parse(text.replace(/^\)\]\}'[^\n]*\n/, '')) as SectionedSourceMapInput;
  return { map: new AnyMap(json, pathToFileURL(path).href), path, bytes: text.length };
}

/** The existing file that a source of a map means, or null; bundlers name sources by schemes of their own. */
export async function sourceFile(source: string, map: string): Promise<string | null> {
  const path = localPath(source);
  if (path !== null) return (await fileStamp(path)) ? path : null;
  // "webpack://shop/./src/api.ts", "webpack:///src/api.ts": a path from the root of the project.
  const inProject = /^[a-z][\w+.-]+:\/\/[^/]*\/(.+)$/i.exec(source)?.[1]?.split('?')[0];
  if (inProject === undefined || /^https?:/i.test(source) || inProject.split('/').includes('..')) return null;
  let folder = dirname(map);
  for (let up = 0; up < 6; up++) {
    const candidate = `${folder}/${inProject.replace(/^(?:\.\/)+/, '')}`;
    if (await fileStamp(candidate)) return candidate;
    if ((await fileStamp(`${folder}/package.json`)) || dirname(folder) === folder) return null;
    folder = dirname(folder);
  }
  return null;
}
