import {
  phaseOf,
  PROBE_VERSION,
  type Batch,
  type GroupState,
  type GroupTraits,
  type Instance,
  type Scanned,
  type SentBatch,
} from '../protocol/probe';
import { PHASES } from '../protocol/snapshot';
import {
  boolean,
  decode,
  fail,
  list,
  Malformed,
  nullable,
  number,
  object,
  pair,
  position,
  text,
  type Shape,
} from './shapes';

/** A longer chain of async parents is cut. */
const MAX_PARENTS = 32;
/** More than any program has; a full picture forgets those that are gone. */
const MAX_GROUPS = 200_000;

const phase: Shape<(typeof PHASES)[number]> = (value) => PHASES.find((name) => name === value) ?? fail('a phase');

const KINDS = ['warning', 'uncaughtException', 'unhandledRejection'] as const;

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

const numberOrNull = nullable(number);

const state: Shape<GroupState> = (value) => {
  if (!Array.isArray(value)) return fail('a list');
  const [group, count, referenced, oldestMs, parents] = value as unknown[];
  return [
    number(group),
    number(count),
    numberOrNull(referenced),
    numberOrNull(oldestMs),
    parents === undefined ? [] : numbers(parents).slice(0, MAX_PARENTS),
  ];
};

const batch = object<SentBatch>({
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
    threadId: number,
    cpuUserMs: nullable(number),
    cpuSystemMs: nullable(number),
    rssBytes: number,
    heapUsedBytes: number,
    heapTotalBytes: number,
    heapLimitBytes: number,
    externalBytes: number,
    arrayBuffersBytes: number,
    threadPoolSize: number,
  }),
  loop: object<Batch['loop']>({ activeMs: number, idleMs: number, turns: nullable(number) }),
  phases,
  lateness: nullable(object<NonNullable<Batch['lateness']>>({ buckets: list(pair), maxMs: number })),
  openCallback: nullable(
    object<NonNullable<Batch['openCallback']>>({ phase, sinceMs: number, site: nullable(number) }),
  ),
  inAtomicsWait: boolean,
  unlocated: list(
    object<Batch['unlocated'][number]>({
      callback: number,
      of: (value) => (value === 'openCallback' || value === null ? value : phase(value)),
    }),
  ),
  groups: list(object<GroupTraits>({ group: number, type: text, site: numberOrNull, beforeAttach: boolean })),
  pending: list(state),
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
  owners: object<Batch['owners']>({
    unheard: list(pair),
    servers: list(object<Batch['owners']['servers'][number]>({ group: number, connections: number, most: number })),
    pools: list(
      object<Batch['owners']['pools'][number]>({
        group: number,
        name: text,
        waiting: number,
        most: number,
      }),
    ),
    streams: list(object<Batch['owners']['streams'][number]>({ emitter: text, site: number, count: number })),
  }),
  events: list(
    object<Batch['events'][number]>({
      kind: (value) => KINDS.find((kind) => kind === value) ?? fail('a kind of event'),
      name: text,
      message: text,
      count: number,
    }),
  ),
  sites: list(
    object<Batch['sites'][number]>({ site: number, function: text, url: text, line: position, column: position }),
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

/** Reads the batches of one probe, which says only once what the members of a group have in common. */
export class BatchReader {
  private readonly traits = new Map<number, GroupTraits>();

  /** A batch from its text; throws a TypeError that names what is wrong when it is not one of this version. */
  read(json: string): Batch {
    const { groups, pending, ...rest } = decode('batch', batch, json);
    if (rest.full) this.traits.clear();
    if (this.traits.size + groups.length > MAX_GROUPS) throw new Malformed('fewer groups').within('batch.groups');
    for (const traits of groups) this.traits.set(traits.group, traits);
    return { ...rest, pending: pending.map((each) => this.whole(each)) };
  }

  private whole([group, count, referenced, oldestMs, parents = []]: GroupState): Batch['pending'][number] {
    const traits = this.traits.get(group);
    if (!traits) throw new Malformed('a group that was told').within('batch.pending');
    const { type, site, beforeAttach } = traits;
    // Field by field: V8 is twice as slow, here and in the model, with objects that were spread.
    return { group, type, phase: phaseOf(type), site, beforeAttach, count, referenced, oldestMs, parents };
  }
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
