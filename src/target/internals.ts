import { callOn, propertiesOf, type RemoteObject } from './evaluate';
import type { Session } from './session';

/** Remote objects of the target: what the probe is given of Node's own module variables; missing ones are left out. */
export type Internals = Partial<
  Record<'now' | 'timerListMap' | 'immediateQueue' | 'getLibuvNow' | 'asyncWrap' | 'getPromiseDetails', RemoteObject>
>;

/**
 * In the target: the wanted variables of scopes, or of the binding there; modules come before what is global. Each argument
 * is the scopes of a function, inner ones first, a list that cannot be iterated.
 */
const PICK = `function (names, ...lists) {
  const found = {};
  for (const name of names.split(' ')) {
    for (let depth = 0; depth < 9; depth++) {
      for (const list of lists) {
        const object = list[depth]?.object;
        const value = object?.[name] ?? object?.binding?.[name];
        if (value !== undefined) found[name] ??= value;
      }
    }
  }
  return found;
}`;

/**
 * Reads variables inside node:perf_hooks, node:timers and node:async_hooks: the inspector shows the closure of a function as its
 * `[[Scopes]]`, without the Debugger domain (measured on Node 18 to 26). They tell of every timer that exists, which
 * no public API does, and let promise hooks be kept as they are. `program` has functions of these modules, not the
 * globals, which may be faked. Of some 200 variables only the wanted ones are sent. All that is looked at is of the
 * object group of `program`.
 */
export async function readInternals(
  session: Session,
  program: RemoteObject,
  withPromises: boolean,
): Promise<Internals> {
  const functions = await variablesOf(session, program);
  const scopes: RemoteObject[] = [];
  // One after the other: of two answers in a row the second waits 40 ms for the acknowledgement of the first.
  for (const name of ['now', 'clearImmediate', 'executionAsyncId', ...(withPromises ? ['inspect'] : [])]) {
    const found = await scopesOf(session, functions.get(name));
    if (found) scopes.push(found);
  }
  const wanted = ['now', 'timerListMap', 'immediateQueue', 'getLibuvNow', 'Timeout', 'async_wrap', 'getPromiseDetails'];
  const found = await pickFrom(session, scopes, wanted);
  // Node 18 keeps it in another module.
  const getLibuvNow =
    found.get('getLibuvNow') ??
    (await pickFrom(session, [await scopesOf(session, found.get('Timeout'))], ['getLibuvNow'])).get('getLibuvNow');
  return withoutMissing({
    now: found.get('now'),
    timerListMap: found.get('timerListMap'),
    immediateQueue: found.get('immediateQueue'),
    getLibuvNow: getLibuvNow?.type === 'function' ? getLibuvNow : undefined,
    asyncWrap: found.get('async_wrap'),
    getPromiseDetails: withPromises ? found.get('getPromiseDetails') : undefined,
  });
}

/** Node's function that tells the state of a promise without touching it, from the closure of `util.inspect`. */
export async function readPromiseDetails(
  session: Session,
  inspect: RemoteObject,
): Promise<Pick<Internals, 'getPromiseDetails'>> {
  const found = await pickFrom(session, [await scopesOf(session, inspect)], ['getPromiseDetails']);
  return withoutMissing({ getPromiseDetails: found.get('getPromiseDetails') });
}

/** What the module that a function was written in can see: a list of the object group of that function. */
async function scopesOf(session: Session, target: RemoteObject | undefined): Promise<RemoteObject | undefined> {
  if (target?.objectId === undefined) return undefined;
  const { internalProperties } = await propertiesOf(session, target);
  return internalProperties?.find(({ name }) => name === '[[Scopes]]')?.value ?? undefined;
}

/** Variables by name; inner scopes win. */
async function pickFrom(
  session: Session,
  scopes: readonly (RemoteObject | undefined)[],
  names: readonly string[],
): Promise<Map<string, RemoteObject>> {
  const lists = scopes.filter((list) => list?.objectId !== undefined);
  const [first] = lists;
  if (!first) return new Map();
  return variablesOf(session, await callOn(session, first, PICK, [names.join(' '), ...lists]));
}

async function variablesOf(session: Session, object: RemoteObject): Promise<Map<string, RemoteObject>> {
  const { result } = await propertiesOf(session, object);
  return new Map(result.flatMap(({ name, value }) => (value ? [[name, value] as const] : [])));
}

function withoutMissing(found: Partial<Record<keyof Internals, RemoteObject | undefined>>): Internals {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value?.objectId !== undefined));
}
