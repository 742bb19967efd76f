import { PROBE_VERSION, type Batch, type Instance, type Scanned } from '../protocol/probe';
import { PHASES } from '../protocol/snapshot';

/** More than any honest batch has; what a hostile target sends beyond is not looked at. */
const MAX_ITEMS = 100_000;
const MAX_TEXT = 4000;
const MAX_BYTES = 32 * 1024 * 1024;
/** A longer chain of async parents is cut. */
const MAX_PARENTS = 32;

/** Checks one value and gives it its type, or throws a {@link Malformed}. */
type Shape<T> = (value: unknown) => T;

/** Says what is wrong; the path is put together on the way out, since no honest batch has one. */
class Malformed extends TypeError {
  private path = '';

  constructor(private readonly wanted: string) {
    super(wanted);
  }

  /** The same, seen from outside of a field or an item. */
  within(outer: string): this {
    this.path = this.path === '' || this.path.startsWith('[') ? outer + this.path : `${outer}.${this.path}`;
    this.message = `the target's answer is malformed: ${this.path} is not ${this.wanted}`;
    return this;
  }
}

const fail = (wanted: string): never => {
  throw new Malformed(wanted);
};

const number: Shape<number> = (value) =>
  typeof value === 'number' && Number.isFinite(value) ? value : fail('a number');
const boolean: Shape<boolean> = (value) => (typeof value === 'boolean' ? value : fail('a boolean'));
const text: Shape<string> = (value) => (typeof value === 'string' ? value.slice(0, MAX_TEXT) : fail('a text'));
const phase: Shape<(typeof PHASES)[number]> = (value) => PHASES.find((name) => name === value) ?? fail('a phase');

function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value) => (value === null || value === undefined ? null : shape(value));
}

function list<T>(shape: Shape<T>): Shape<T[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length > MAX_ITEMS) return fail('a list');
    let at = 0;
    try {
      const checked: T[] = [];
      for (; at < value.length; at++) checked.push(shape(value[at]));
      return checked;
    } catch (error) {
      throw error instanceof Malformed ? error.within(`[${at}]`) : error;
    }
  };
}

function pair(value: unknown): [number, number] {
  if (!Array.isArray(value) || value.length !== 2) return fail('a pair');
  return [number(value[0]), number(value[1])];
}

function object<T extends object>(shapes: { [K in keyof T]: Shape<T[K]> }): Shape<T> {
  const entries = Object.entries<Shape<unknown>>(shapes);
  return (value) => {
    if (typeof value !== 'object' || value === null) return fail('an object');
    const fields = value as Record<string, unknown>;
    const checked: Record<string, unknown> = {};
    let at = '';
    try {
      for (const [name, shape] of entries) {
        at = name;
        checked[name] = shape(fields[name]);
      }
    } catch (error) {
      throw error instanceof Malformed ? error.within(at) : error;
    }
    return checked as T;
  };
}

const numbers = list(number);

const batchPhase = object<NonNullable<Batch['phases']['poll']>>({
  busyMs: number,
  callbacks: number,
  longestMs: number,
  longestSite: nullable(number),
});

const phases: Shape<Batch['phases']> = (value) => {
  if (typeof value !== 'object' || value === null) return fail('an object');
  const fields = value as Record<string, unknown>;
  return object(Object.fromEntries(PHASES.filter((name) => name in fields).map((name) => [name, batchPhase])))(fields);
};

const batch = object<Batch>({
  version: (value) => (value === PROBE_VERSION ? value : fail(`${PROBE_VERSION}`)),
  sequence: number,
  full: boolean,
  nowMs: number,
  windowMs: number,
  process: object<Batch['process']>({
    pid: number,
    title: text,
    program: text,
    nodeVersion: text,
    uptimeMs: number,
    cpuUserMs: number,
    cpuSystemMs: number,
    rssBytes: number,
    heapUsedBytes: number,
    heapTotalBytes: number,
    heapLimitBytes: number,
    externalBytes: number,
    arrayBuffersBytes: number,
  }),
  loop: object<Batch['loop']>({ activeMs: number, idleMs: number, turns: nullable(number) }),
  phases,
  lateness: nullable(object<NonNullable<Batch['lateness']>>({ buckets: list(pair), maxMs: number })),
  openCallback: nullable(
    object<NonNullable<Batch['openCallback']>>({ phase, sinceMs: number, site: nullable(number) }),
  ),
  unlocated: list(
    object<Batch['unlocated'][number]>({
      callback: number,
      of: (value) => (value === 'openCallback' || value === null ? value : phase(value)),
    }),
  ),
  pending: list(
    object<Batch['pending'][number]>({
      group: number,
      type: text,
      phase,
      site: nullable(number),
      beforeAttach: boolean,
      count: number,
      referenced: nullable(number),
      oldestMs: nullable(number),
      parents: (value) => numbers(value).slice(0, MAX_PARENTS),
    }),
  ),
  totals: object<Batch['totals']>({
    timers: number,
    immediates: number,
    requests: number,
    handles: number,
    promises: nullable(number),
  }),
  promises: nullable(object<NonNullable<Batch['promises']>>({ followed: number, oneIn: number, costMs: number })),
  listeners: list(
    object<Batch['listeners'][number]>({
      emitterId: number,
      emitter: text,
      event: text,
      count: number,
      limit: nullable(number),
      emitters: number,
      sites: list(pair),
    }),
  ),
  sites: list(
    object<Batch['sites'][number]>({ site: number, function: text, url: text, line: number, column: number }),
  ),
  dropped: object<Batch['dropped']>({ resources: number, sites: number, emitters: number, promises: number }),
  drainMs: number,
  notes: list(text as Shape<Batch['notes'][number]>),
});

const instance = object<Instance>({
  id: number,
  ageMs: nullable(number),
  referenced: nullable(boolean),
  idle: boolean,
  detail: text,
});

const instances = list(instance);
const scanned = nullable(object<Scanned>({ found: number, added: number, dropped: number }));
const evidence = object<{ texts: string[]; files: string[] }>({ texts: list(text), files: list(text) });

/** A batch from its text; throws a TypeError that names what is wrong when it is not one of this version. */
export function decodeBatch(json: string): Batch {
  return decode('batch', batch, json);
}

/** Members of a group from their text. */
export function decodeInstances(json: string): Instance[] {
  return decode('instances', instances, json);
}

/** What the probe knows of scripts, from its text. */
export function decodeEvidence(json: string): { texts: string[]; files: string[] } {
  return decode('evidence', evidence, json);
}

/** What a step of a heap scan found, from its text; null when it has to be asked again. */
export function decodeScanned(json: string): Scanned | null {
  return decode('scanned', scanned, json);
}

/** A list of numbers from its text. */
export function decodeNumbers(json: string): number[] {
  return decode('numbers', numbers, json);
}

function decode<T>(name: string, shape: Shape<T>, json: string): T {
  try {
    if (json.length > MAX_BYTES) return fail('below 32 MB');
    return shape(JSON.parse(json));
  } catch (error) {
    throw error instanceof Malformed ? error.within(name) : error;
  }
}
