import { readFile, stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { RemoteObject } from './evaluate';
import type { Properties } from './internals';
import type { Session } from './session';

/** Where a function was written; line and column count from 1. */
export interface FunctionPlace {
  function: string;
  url: string;
  line: number;
  column: number;
}

/** A position in a script known by its number only. */
export interface Position extends Omit<FunctionPlace, 'url'> {
  scriptId: string;
}

/** What helps to tell which file a script is: the source text of the asked functions, and files that were loaded. */
export interface Evidence {
  texts: string[];
  files: string[];
}

/** Listing the scripts stops the target for some milliseconds: not more often than this. */
const LIST_EVERY_MS = 30_000;
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * Places of functions without the Debugger domain: the inspector gives the script's number and position; CPU profiles
 * and best-effort coverage give the url of that number, for what has run lately. For the rest the files that the program
 * has loaded are compared with the functions' text.
 */
export class Scripts {
  private readonly urls = new Map<string, string>();
  private listedAtMs = -Infinity;

  constructor(
    private readonly session: Session,
    private readonly now: () => number,
  ) {}

  /** Learns the url of a script from elsewhere, such as a CPU profile. */
  learn(scriptId: string, url: string): void {
    if (url) this.urls.set(scriptId, url);
  }

  /**
   * Places of the functions in a remote array; null for one that is in no script of the program, such as a native one.
   * `evidence` is asked for only when a script is not known otherwise.
   */
  async placesOf(functions: RemoteObject, evidence: () => Promise<Evidence>): Promise<(FunctionPlace | null)[]> {
    const { result } = await this.propertiesOf(functions);
    const items = result.filter(({ name }) => /^\d+$/.test(name)).sort((a, b) => Number(a.name) - Number(b.name));
    const found = await Promise.all(items.map(({ value }) => this.locate(value ?? { type: 'undefined' })));
    const isUnknown = (each: Position | null): each is Position => each !== null && !this.urls.has(each.scriptId);
    if (found.some(isUnknown)) await this.list();
    if (found.some(isUnknown)) await this.compare(found, await evidence());
    return found.map((each) => each && this.placeIn(each));
  }

  private async locate(target: RemoteObject, depth = 0): Promise<Position | null> {
    const { internalProperties = [], result } = await this.propertiesOf(target);
    const internal = (name: string): RemoteObject | undefined =>
      internalProperties.find((property) => property.name === name)?.value;
    const bound = internal('[[TargetFunction]]');
    if (bound && depth < 3) return this.locate(bound, depth + 1);
    const location = internal('[[FunctionLocation]]')?.value as
      { scriptId?: unknown; lineNumber?: unknown; columnNumber?: unknown } | undefined;
    if (typeof location?.scriptId !== 'string' || typeof location.lineNumber !== 'number') return null;
    const name: unknown = result.find((property) => property.name === 'name')?.value?.value;
    return {
      function: typeof name === 'string' ? name : '',
      scriptId: location.scriptId,
      line: location.lineNumber + 1,
      column: (typeof location.columnNumber === 'number' ? location.columnNumber : 0) + 1,
    };
  }

  private placeIn({ scriptId, ...position }: Position): FunctionPlace | null {
    const url = this.urls.get(scriptId);
    return url === undefined || url.startsWith('node:') ? null : { ...position, url };
  }

  private async list(): Promise<void> {
    if (this.now() - this.listedAtMs < LIST_EVERY_MS) return;
    this.listedAtMs = this.now();
    await this.session.send('Profiler.enable');
    const { result } = await this.session.send<{ result: { scriptId: string; url: string }[] }>(
      'Profiler.getBestEffortCoverage',
    );
    for (const script of result) this.learn(script.scriptId, script.url);
  }

  private async compare(positions: readonly (Position | null)[], { texts, files }: Evidence): Promise<void> {
    const scripts = new Map<string, { line: number; column: number; text: string }[]>();
    positions.forEach((position, index) => {
      const text = texts[index];
      if (!position || text === undefined || this.urls.has(position.scriptId)) return;
      scripts.set(position.scriptId, [...(scripts.get(position.scriptId) ?? []), { ...position, text }]);
    });
    for (const file of files) {
      if (scripts.size === 0) return;
      const lines = await linesOf(file);
      for (const [scriptId, functions] of scripts) {
        if (!lines || !functions.every((each) => standsAt(lines, each))) continue;
        this.learn(scriptId, pathToFileURL(file).href);
        scripts.delete(scriptId);
      }
    }
  }

  private propertiesOf({ objectId }: RemoteObject): Promise<Properties> {
    if (objectId === undefined) return Promise.resolve({ result: [] });
    return this.session.send<Properties>('Runtime.getProperties', { objectId, ownProperties: true });
  }
}

async function linesOf(file: string): Promise<string[] | null> {
  try {
    return (await stat(file)).size > MAX_FILE_BYTES ? null : (await readFile(file, 'utf8')).split('\n');
  } catch {
    return null;
  }
}

/** V8 places a function at its parameters: the text before them (`async function name`) is not compared. */
function standsAt(lines: string[], { line, column, text }: { line: number; column: number; text: string }): boolean {
  const wanted = text.split('\n', 1)[0] ?? '';
  const found = lines[line - 1]?.slice(column - 1);
  if (found === undefined || wanted === '') return false;
  const parameters = wanted.indexOf('(');
  return found.startsWith(wanted) || (parameters >= 0 && found.startsWith(wanted.slice(parameters)));
}
