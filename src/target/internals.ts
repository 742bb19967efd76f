import { callOn, type RemoteObject } from './evaluate';
import type { Session } from './session';

/** Remote objects of the target: what the probe is given of Node's own module variables; missing ones are left out. */
export type Internals = Partial<
  Record<'timerListMap' | 'immediateQueue' | 'getLibuvNow' | 'asyncWrap' | 'getPromiseDetails', RemoteObject>
>;

interface PropertyDescriptor {
  name: string;
  value?: RemoteObject;
}

export interface Properties {
  result: PropertyDescriptor[];
  internalProperties?: PropertyDescriptor[];
}

/** In the target: the wanted variables of the scopes of a function (a list that cannot be iterated), or of its binding. */
const PICK = `function (...names) {
  const found = {};
  for (const name of names) {
    for (let i = 0; i < this.length; i++) {
      const { object } = this[i];
      const value = object?.[name] ?? object?.binding?.[name];
      if (value !== undefined) found[name] ??= value;
    }
  }
  return found;
}`;

/**
 * Reads variables inside node:timers and node:async_hooks: the inspector shows the closure of a function as its
 * `[[Scopes]]`, without the Debugger domain (measured on Node 18 to 26). They tell of every timer that exists, which
 * no public API does, and let promise hooks be kept as they are. `program` has functions of these modules, not the
 * globals, which may be faked. Of some 200 variables only the wanted ones are sent.
 */
export async function readInternals(
  session: Session,
  program: RemoteObject,
  objectGroup: string,
  withPromises: boolean,
): Promise<Internals> {
  // A copy in a group of its own: whatever is looked at through it is released with that group.
  const copy = await callOn(session, program, 'function () { return { ...this }; }', [], objectGroup);
  const functions = await variablesOf(session, copy);
  const pick = (of: string, ...names: string[]): Promise<Map<string, RemoteObject>> =>
    pickFrom(session, functions.get(of), names);
  // One after the other: of two answers in a row the second waits 40 ms for the acknowledgement of the first.
  const timers = await pick('clearImmediate', 'timerListMap', 'immediateQueue', 'getLibuvNow', 'Timeout');
  const hooks = await pick('executionAsyncId', 'async_wrap');
  const promises = withPromises ? await pick('inspect', 'getPromiseDetails') : new Map<string, RemoteObject>();
  const getLibuvNow =
    timers.get('getLibuvNow') ?? (await pickFrom(session, timers.get('Timeout'), ['getLibuvNow'])).get('getLibuvNow');
  return withoutMissing({
    timerListMap: timers.get('timerListMap'),
    immediateQueue: timers.get('immediateQueue'),
    getLibuvNow: getLibuvNow?.type === 'function' ? getLibuvNow : undefined,
    asyncWrap: hooks.get('async_wrap'),
    getPromiseDetails: promises.get('getPromiseDetails'),
  });
}

/** Node's function that tells the state of a promise without touching it, from the closure of `util.inspect`. */
export async function readPromiseDetails(
  session: Session,
  inspect: RemoteObject,
): Promise<Pick<Internals, 'getPromiseDetails'>> {
  const found = await pickFrom(session, inspect, ['getPromiseDetails']);
  return withoutMissing({ getPromiseDetails: found.get('getPromiseDetails') });
}

/** Variables of the module that a function was written in, by name; inner scopes win. */
async function pickFrom(
  session: Session,
  target: RemoteObject | undefined,
  names: string[],
): Promise<Map<string, RemoteObject>> {
  if (target?.objectId === undefined) return new Map();
  const { internalProperties = [] } = await propertiesOf(session, target);
  const scopes = internalProperties.find(({ name }) => name === '[[Scopes]]')?.value;
  // It is of the object group of its function, and what is picked is too.
  return scopes?.objectId === undefined ? new Map() : variablesOf(session, await callOn(session, scopes, PICK, names));
}

async function variablesOf(session: Session, object: RemoteObject): Promise<Map<string, RemoteObject>> {
  const { result } = await propertiesOf(session, object);
  return new Map(result.flatMap(({ name, value }) => (value ? [[name, value] as const] : [])));
}

function propertiesOf(session: Session, { objectId }: RemoteObject): Promise<Properties> {
  return session.send<Properties>('Runtime.getProperties', { objectId, ownProperties: true });
}

function withoutMissing(found: Partial<Record<keyof Internals, RemoteObject | undefined>>): Internals {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value?.objectId !== undefined));
}
