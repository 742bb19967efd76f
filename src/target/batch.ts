import { PROBE_VERSION, type Batch, type Instance, type Scanned } from '../protocol/probe';
import { PHASES } from '../protocol/snapshot';

/** More than any honest batch has; what a hostile target sends beyond is not looked at. */
const MAX_ITEMS = 100_000;
const MAX_TEXT = 4000;
const MAX_BYTES = 32 * 1024 * 1024;
/** A longer chain of async parents is cut. */
const MAX_PARENTS = 32;

/** Checks one value and gives it its type, or throws a TypeError that names the path. */
type Shape<T> = (value: unknown, path: string) => T;

const fail = (path: string, wanted: string): never => {
  throw new TypeError(`the target's answer is malformed: ${path} is not ${wanted}`);
};

const number: Shape<number> = (value, path) =>
  typeof value === 'number' && Number.isFinite(value) ? value : fail(path, 'a number');
const boolean: Shape<boolean> = (value, path) => (typeof value === 'boolean' ? value : fail(path, 'a boolean'));
const text: Shape<string> = (value, path) =>
  typeof value === 'string' ? value.slice(0, MAX_TEXT) : fail(path, 'a text');
const phase: Shape<(typeof PHASES)[number]> = (value, path) =>
  PHASES.find((name) => name === value) ?? fail(path, 'a phase');

function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value, path) => (value === null || value === undefined ? null : shape(value, path));
}

function list<T>(shape: Shape<T>): Shape<T[]> {
  return (value, path) => {
    if (!Array.isArray(value) || value.length > MAX_ITEMS) return fail(path, 'a list');
    return value.map((item, index) => shape(item, `${path}[${index}]`));
  };
}

function pair(value: unknown, path: string): [number, number] {
  if (!Array.isArray(value) || value.length !== 2) return fail(path, 'a pair');
  return [number(value[0], path), number(value[1], path)];
}

function object<T extends object>(shapes: { [K in keyof T]: Shape<T[K]> }): Shape<T> {
  const entries = Object.entries<Shape<unknown>>(shapes);
  return (value, path) => {
    if (typeof value !== 'object' || value === null) return fail(path, 'an object');
    const fields = value as Record<string, unknown>;
    const checked: Record<string, unknown> = {};
    for (const [name, shape] of entries) checked[name] = shape(fields[name], `${path}.${name}`);
    return checked as T;
  };
}

const batchPhase = object<NonNullable<Batch['phases']['poll']>>({
  busyMs: number,
  callbacks: number,
  longestMs: number,
  longestSite: nullable(number),
});

const phases: Shape<Batch['phases']> = (value, path) => {
  if (typeof value !== 'object' || value === null) return fail(path, 'an object');
  const fields = value as Record<string, unknown>;
  return Object.fromEntries(
    PHASES.filter((name) => name in fields).map((name) => [name, batchPhase(fields[name], `${path}.${name}`)]),
  );
};

const batch = object<Batch>({
  version: number,
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
    gcMs: nullable(number),
    gcCount: nullable(number),
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
      of: (value, path) => (value === 'openCallback' || value === null ? value : phase(value, path)),
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
      parents: (value, path) => list(number)(value, path).slice(0, MAX_PARENTS),
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
  detail: text,
});

/** A batch from its text; throws a TypeError that names what is wrong when it is not one of this version. */
export function decodeBatch(json: string): Batch {
  const decoded = batch(parse(json), 'batch');
  if (decoded.version !== PROBE_VERSION) return fail('batch.version', `${PROBE_VERSION}`);
  return decoded;
}

/** Members of a group from their text. */
export function decodeInstances(json: string): Instance[] {
  return list(instance)(parse(json), 'instances');
}

/** What the probe knows of scripts, from its text. */
export function decodeEvidence(json: string): { texts: string[]; files: string[] } {
  return object<{ texts: string[]; files: string[] }>({ texts: list(text), files: list(text) })(
    parse(json),
    'evidence',
  );
}

/** What a step of a heap scan found, from its text; null when it has to be asked again. */
export function decodeScanned(json: string): Scanned | null {
  return nullable(object<Scanned>({ found: number, added: number, dropped: number }))(parse(json), 'scanned');
}

/** A list of numbers from its text. */
export function decodeNumbers(json: string): number[] {
  return list(number)(parse(json), 'numbers');
}

function parse(json: string): unknown {
  if (json.length > MAX_BYTES) return fail('its size', 'below 32 MB');
  return JSON.parse(json) as unknown;
}
