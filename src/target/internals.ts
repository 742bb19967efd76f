import { propertiesOf, type RemoteObject } from './evaluate';
import type { Session } from './session';

/**
 * What the module that a function was written in can see, as the list of its scopes: the inspector shows them without the
 * Debugger domain (measured on Node 18 to 26). The list is of the object group of that function.
 */
export async function scopesOf(session: Session, target: RemoteObject): Promise<RemoteObject | undefined> {
  const { internalProperties } = await propertiesOf(session, target);
  return internalProperties?.find(({ name }) => name === '[[Scopes]]')?.value ?? undefined;
}

/**
 * In the target: what the probe is given of Node's own modules, from the scopes of a function of one of them; what is
 * missing is left out. They tell of every timer that exists, which no public API does, let promise hooks be kept as
 * they are, and tell the state of a promise without touching it. All these modules are loaded when Node starts, so that
 * to require them runs nothing; the program may have put a function of its own in the place of Node's.
 */
export const INTERNALS_OF = `(scopes) => {
  const attempt = (read) => { try { return read(); } catch {} };
  const required = (name) => attempt(() => scopes[0].object.require('internal/' + name));
  // Its name before Node 18.18.
  const realm = required('bootstrap/realm') ?? required('bootstrap/loaders');
  const binding = (name) => attempt(() => realm.internalBinding(name));
  const all = {
    now: required('perf/utils')?.now,
    timerListMap: required('timers')?.timerListMap,
    immediateQueue: required('timers')?.immediateQueue,
    timers: binding('timers'),
    asyncWrap: binding('async_wrap'),
    getPromiseDetails: binding('util')?.getPromiseDetails,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}`;
