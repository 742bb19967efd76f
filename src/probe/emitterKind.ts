export type EventName = string | symbol;

/** What learns of each listener that is added. */
export interface Audience {
  /** When false, only what has many listeners is worth telling. */
  readonly hearsAll: boolean;
  /** Never throws; `below` is the function above which the adder stands on the stack. */
  heard(kind: EmitterKind, emitter: object, event: EventName, listener: unknown, many: boolean, below: unknown): void;
}

/** Held by the wrappers, which the program may have copied: after the detach it is empty, and they only pass on. */
export interface Ear {
  audience: Audience | undefined;
}

/** So many listeners of one emitter for one event are always noticed, however busy the program is. */
export const MANY = 5;

/** How one kind of emitter keeps its listeners. Getters and proxies of the program may throw through all of it. */
export interface EmitterKind<Store extends object = object> {
  /** What holds the listeners; undefined while it has none, or is no emitter of this kind. */
  store(emitter: object): Store | undefined;
  /** Number of events that the store knows. */
  size(emitter: object, store: Store): number;
  events(store: Store): EventName[];
  /** Listeners of an event; -1 when the store does not know it. */
  count(store: Store, event: EventName): number;
  /** Whether each event still has so many. */
  matches(store: Store, events: readonly EventName[], counts: readonly number[]): boolean;
  listeners(store: Store, event: EventName): unknown[];
  /** Listeners for one event from which on Node warns; 0 for no limit, null when not known. */
  limit(emitter: object): number | null;
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** A limit as Node understands it: 0 and Infinity are none. */
export function limitOf(limit: unknown): number | null {
  if (typeof limit !== 'number' || !(limit >= 0)) return null;
  return limit === Infinity ? 0 : limit;
}
