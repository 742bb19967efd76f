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

/**
 * Reads variables inside node:timers and node:async_hooks: the inspector shows the closure of a function as its
 * `[[Scopes]]`, without the Debugger domain (measured on Node 18 to 26). They tell of every timer that exists, which
 * no public API does, and let promise hooks be kept as they are. `program` has functions of these modules, not the
 * globals, which may be faked.
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
  const inspect = withPromises ? functions.get('inspect') : undefined;
  const promises = inspect ? await readPromiseDetails(session, inspect) : {};
  const [timers, hooks] = await Promise.all([
    closureOf(session, functions.get('clearImmediate')),
    closureOf(session, functions.get('enableHook')),
  ]);
  const [internalTimers, internalHooks] = await Promise.all([
    closureOf(session, timers.get('Timeout')),
    closureOf(session, hooks.get('updatePromiseHookMode')),
  ]);
  const binding = timers.get('binding') ?? internalTimers.get('binding');
  const getLibuvNow =
    internalTimers.get('getLibuvNow') ?? (binding && (await variablesOf(session, binding)).get('getLibuvNow'));
  return withoutMissing({
    ...promises,
    timerListMap: timers.get('timerListMap'),
    immediateQueue: timers.get('immediateQueue'),
    getLibuvNow: getLibuvNow?.type === 'function' ? getLibuvNow : undefined,
    asyncWrap: internalHooks.get('async_wrap'),
  });
}

/**
 * Node's function that tells the state of a promise without touching it, from the closure of `util.inspect`. That has
 * some 230 variables, 3 ms and 140 KB to read: not for every attach.
 */
export async function readPromiseDetails(
  session: Session,
  inspect: RemoteObject,
): Promise<Pick<Internals, 'getPromiseDetails'>> {
  return withoutMissing({ getPromiseDetails: (await closureOf(session, inspect)).get('getPromiseDetails') });
}

/** Variables of the module that a function was written in, by name; inner scopes win. */
async function closureOf(session: Session, target: RemoteObject | undefined): Promise<Map<string, RemoteObject>> {
  const variables = new Map<string, RemoteObject>();
  if (target?.objectId === undefined) return variables;
  const { internalProperties = [] } = await propertiesOf(session, target);
  const list = internalProperties.find(({ name }) => name === '[[Scopes]]')?.value;
  if (!list) return variables;
  const scopes = [...(await variablesOf(session, list)).values()].filter(
    ({ description }) => description?.startsWith('Closure') === true,
  );
  for (const scope of await Promise.all(scopes.map((each) => variablesOf(session, each)))) {
    for (const [name, value] of scope) if (!variables.has(name)) variables.set(name, value);
  }
  return variables;
}

async function variablesOf(session: Session, object: RemoteObject): Promise<Map<string, RemoteObject>> {
  const { result } = await propertiesOf(session, object);
  return new Map(result.flatMap(({ name, value }) => (value ? [[name, value] as const] : [])));
}

function propertiesOf(session: Session, { objectId }: RemoteObject): Promise<Properties> {
  return session.send<Properties>('Runtime.getProperties', { objectId, ownProperties: true });
}

function withoutMissing(found: { [name in keyof Internals]: RemoteObject | undefined }): Internals {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value?.objectId !== undefined));
}
