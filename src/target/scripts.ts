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
interface Position extends Omit<FunctionPlace, 'url'> {
  scriptId: string;
}

/** Listing the scripts stops the target for some milliseconds: not more often than this. */
const LIST_EVERY_MS = 30_000;

/**
 * Places of functions without the Debugger domain: the inspector gives the script's number and position, CPU profiles
 * and best-effort coverage give the url of that number.
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

  /** Places of the functions in a remote array; null for one that is in no script of the program, such as a native one. */
  async placesOf(functions: RemoteObject): Promise<(FunctionPlace | null)[]> {
    const { result } = await this.propertiesOf(functions);
    const items = result.filter(({ name }) => /^\d+$/.test(name)).sort((a, b) => Number(a.name) - Number(b.name));
    const found = await Promise.all(items.map(({ value }) => this.locate(value ?? { type: 'undefined' })));
    const places: (FunctionPlace | null)[] = [];
    for (const each of found) places.push(each && (await this.placeIn(each)));
    return places;
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

  private async placeIn({ scriptId, ...position }: Position): Promise<FunctionPlace | null> {
    const url = await this.urlOf(scriptId);
    return !url || url.startsWith('node:') ? null : { ...position, url };
  }

  private propertiesOf({ objectId }: RemoteObject): Promise<Properties> {
    if (objectId === undefined) return Promise.resolve({ result: [] });
    return this.session.send<Properties>('Runtime.getProperties', { objectId, ownProperties: true });
  }

  private async urlOf(scriptId: string): Promise<string | undefined> {
    if (!this.urls.has(scriptId) && this.now() - this.listedAtMs > LIST_EVERY_MS) {
      this.listedAtMs = this.now();
      await this.session.send('Profiler.enable');
      const { result } = await this.session.send<{ result: { scriptId: string; url: string }[] }>(
        'Profiler.getBestEffortCoverage',
      );
      for (const script of result) this.learn(script.scriptId, script.url);
    }
    return this.urls.get(scriptId);
  }
}
