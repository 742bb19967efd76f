import { readFile, realpath, stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

/** A function's position, from 1, and how its source begins. */
export interface Written {
  line: number;
  column: number;
  text: string;
}

/** A script of which only the number is known, and functions of it. */
export interface UnknownScript {
  scriptId: string;
  functions: Written[];
}

interface Search extends UnknownScript {
  /** Indices of the files that were loaded before and after it. */
  after: number;
  before: number;
  matching: Set<string>;
}

const MAX_BYTES = 16 * 1024 * 1024;
/** Shorter text stands in many files: `() => {}` tells nothing. */
const MIN_TEXT = 20;

/**
 * Which of the files each script is, as file URLs by script number: the one file that holds the text of its functions
 * where they stand. `files` are in the order in which they were loaded, `urls` those of the scripts that are known.
 */
export async function findFiles(
  scripts: readonly UnknownScript[],
  files: readonly string[],
  urls: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const ids = new Map([...urls].map(([scriptId, url]) => [url, Number(scriptId)]));
  const idOf = files.map((file) => ids.get(pathToFileURL(file).href));
  const searches = scripts.filter(saysEnough).map((script) => search(script, idOf));
  for (const [index, file] of files.entries()) {
    const here = searches.filter(({ after, before }) => after < index && index < before);
    const source = here.length > 0 ? await read(file) : null;
    if (source === null) continue;
    const lines = lineStarts(source);
    for (const { functions, matching } of here) {
      if (functions.every((each) => standsAt(source, lines, each))) matching.add(await realpath(file));
    }
  }
  const found = new Map<string, string>();
  for (const { scriptId, matching } of searches) {
    const [file, other] = matching;
    if (file !== undefined && other === undefined) found.set(scriptId, pathToFileURL(file).href);
  }
  return found;
}

function saysEnough({ functions }: UnknownScript): boolean {
  return [...new Set(functions.map(({ text }) => text))].join('').length >= MIN_TEXT;
}

/** Scripts are numbered as they are loaded, so an unknown one lies between those of the known files. */
function search(script: UnknownScript, idOf: readonly (number | undefined)[]): Search {
  let after = -1;
  let before = idOf.length;
  idOf.forEach((id, index) => {
    if (id === undefined) return;
    if (id < Number(script.scriptId)) after = index;
    else before = Math.min(before, index);
  });
  return { ...script, after, before, matching: new Set() };
}

async function read(file: string): Promise<string | null> {
  try {
    if ((await stat(file)).size > MAX_BYTES) return null;
    // Node takes this mark away before it compiles.
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch {
    return null;
  }
}

/** Offsets of the lines of a source, with the ends of lines that V8 knows. */
function lineStarts(source: string): number[] {
  return [0, ...Array.from(source.matchAll(/\r\n|[\n\r\u2028\u2029]/g), (end) => end.index + end[0].length)];
}

/** V8 places an arrow function at its beginning, others at their parameters: at some parenthesis of the text. */
function standsAt(source: string, lines: readonly number[], { line, column, text }: Written): boolean {
  const start = lines[line - 1];
  if (start === undefined) return false;
  const at = start + column - 1;
  const begins = [0, ...Array.from(text.matchAll(/\(/g), ({ index }) => index)];
  return begins.some((inside) => at >= inside && source.startsWith(text, at - inside));
}
