import { evaluate, LOOKING_GROUP, propertiesOf, type RemoteObject } from './evaluate';
import { findFiles, type Written } from './scriptFiles';
import type { Session } from './session';
import { check, list, object, position, text } from './shapes';
import { localPath } from './sourceMapFile';

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

/**
 * What helps to tell which file a script is: how the source text of the asked functions begins, and files in the order
 * in which they were loaded.
 */
export interface Evidence {
  texts: string[];
  files: string[];
}

const coverage = object({ result: list(object({ scriptId: text, url: text })) });

/** Listing the scripts stops the target for some milliseconds: not more often than this. */
const LIST_EVERY_MS = 30_000;
/** A program that has made more scripts than this is not asked for them: the list could be as large as all their names. */
const MOST_LISTED = 10_000;
/** Programs may make scripts without end. */
const MOST_KNOWN = 20_000;

/**
 * Places of functions without the Debugger domain: the inspector gives the script's number and position; CPU profiles
 * and best-effort coverage give the url of that number, for what has run lately. For the rest the files that the program
 * has loaded are compared with the functions' text.
 */
export class Scripts {
  /** By script number; "" for one without a name, which was made from text. */
  private readonly urls = new Map<string, string>();
  private readonly compared = new Set<string>();
  private listedAtMs = -Infinity;
  /** The program has made too many scripts for a list of them. */
  unlisted = false;

  constructor(
    private readonly session: Session,
    private readonly now: () => number,
  ) {}

  /** Learns the url of a script from elsewhere, such as a CPU profile. */
  learn(scriptId: string, url: string): void {
    if (url && !this.urls.get(scriptId)) this.know(scriptId, url);
  }

  private know(scriptId: string, url: string): void {
    this.urls.set(scriptId, url);
    const [oldest] = this.urls.keys();
    if (this.urls.size > MOST_KNOWN && oldest !== undefined) this.urls.delete(oldest);
  }

  /**
   * Places of the functions in a remote array; null for one that is in no script of the program, such as a native one.
   * `evidence` is asked for only when a script is not known otherwise.
   */
  async placesOf(functions: RemoteObject, evidence: () => Promise<Evidence>): Promise<(FunctionPlace | null)[]> {
    const { result } = await propertiesOf(this.session, functions);
    const items = result.filter(({ name }) => /^\d+$/.test(name)).sort((a, b) => Number(a.name) - Number(b.name));
    const found = await Promise.all(items.map(({ value }) => this.locate(value ?? { type: 'undefined' })));
    const open = (): string[] => [
      ...new Set(found.flatMap((each) => (each && this.isOpen(each.scriptId) ? [each.scriptId] : []))),
    ];
    if (open().some((scriptId) => !this.urls.has(scriptId))) await this.list();
    if (open().length > 0) await this.compare(open(), found, await evidence());
    return found.map((each) => each && this.placeIn(each));
  }

  /** Whether a script may be a file that is not known yet: it has no url, or calls itself something else. */
  private isOpen(scriptId: string): boolean {
    const url = this.urls.get(scriptId);
    if (url === undefined) return !this.compared.has(scriptId);
    return url !== '' && !url.startsWith('node:') && localPath(url) === null && !this.compared.has(scriptId);
  }

  private async locate(target: RemoteObject, depth = 0): Promise<Position | null> {
    const { internalProperties, result } = await propertiesOf(this.session, target);
    const internal = (name: string): RemoteObject | null | undefined =>
      internalProperties?.find((property) => property.name === name)?.value;
    const bound = internal('[[TargetFunction]]');
    if (bound && depth < 3) return this.locate(bound, depth + 1);
    const location = internal('[[FunctionLocation]]')?.value as
      { scriptId?: unknown; lineNumber?: unknown; columnNumber?: unknown } | undefined;
    if (typeof location?.scriptId !== 'string' || typeof location.lineNumber !== 'number') return null;
    const name: unknown = result.find((property) => property.name === 'name')?.value?.value;
    return {
      function: typeof name === 'string' ? text(name) : '',
      scriptId: text(location.scriptId),
      line: position(location.lineNumber) + 1,
      column: (typeof location.columnNumber === 'number' ? position(location.columnNumber) : 0) + 1,
    };
  }

  private placeIn({ scriptId, ...position }: Position): FunctionPlace | null {
    const url = this.urls.get(scriptId);
    return !url || url.startsWith('node:') ? null : { ...position, url };
  }

  /** Number of a script that is made for this; they are counted up, those that are gone too. */
  private async newest(): Promise<number> {
    // An equal text would be found compiled already.
    const expression = `(() => ${this.now()})`;
    const made = await this.locate(await evaluate(this.session, expression, { objectGroup: LOOKING_GROUP }));
    return Number(made?.scriptId ?? 0);
  }

  private async list(): Promise<void> {
    if (this.now() - this.listedAtMs < LIST_EVERY_MS) return;
    this.listedAtMs = this.now();
    this.unlisted = (await this.newest()) > MOST_LISTED;
    if (this.unlisted) return;
    await this.session.send('Profiler.enable');
    const { result } = check('coverage', coverage, await this.session.send('Profiler.getBestEffortCoverage'));
    for (const { scriptId, url } of result) if (!this.urls.has(scriptId)) this.know(scriptId, url);
  }

  private async compare(
    scriptIds: readonly string[],
    positions: readonly (Position | null)[],
    { texts, files }: Evidence,
  ): Promise<void> {
    const scripts = scriptIds.map((scriptId) => ({ scriptId, functions: [] as Written[] }));
    positions.forEach((position, index) => {
      const text = texts[index] ?? '';
      // A bound function has the place of another, but no text of it.
      if (!position || text === '' || text.includes('[native code]')) return;
      scripts.find(({ scriptId }) => scriptId === position.scriptId)?.functions.push({ ...position, text });
    });
    if (this.compared.size > MOST_KNOWN) this.compared.clear();
    for (const scriptId of scriptIds) this.compared.add(scriptId);
    for (const [scriptId, url] of await findFiles(scripts, files, this.urls)) this.know(scriptId, url);
  }
}
