import { isObject, limitOf, MANY, type Ear, type EmitterKind, type EventName } from './emitterKind';
import type { EventEmitter, EventEmitterClass } from './node';
import type { Method, Patches } from './patches';

type Events = NonNullable<EventEmitter['_events']>;

const METHODS = ['on', 'addListener', 'prependListener'];

/** EventEmitters: `_events` has a function for one listener, an array for several. */
export class EventEmitters implements EmitterKind<Events> {
  private defaultLimit: number | null = null;

  /** `isOurs` tells listeners of the probe, which nobody is to see. */
  constructor(
    private readonly emitterClass: EventEmitterClass,
    private readonly isOurs: (listener: unknown) => boolean,
  ) {}

  /** Once a beat: the default of all emitters may change. */
  beat(): void {
    this.defaultLimit = limitOf(this.emitterClass.defaultMaxListeners);
  }

  /** Others that have `_events` count their listeners in another way. */
  has(value: object): boolean {
    const { _events: events, setMaxListeners } = value as EventEmitter;
    return isObject(events) && typeof setMaxListeners === 'function';
  }

  patch(patches: Patches, ear: Ear): void {
    for (const method of METHODS) {
      patches.wrap(this.emitterClass.prototype, method, `EventEmitter.prototype.${method}`, (original) =>
        this.wrapperOf(original, ear),
      );
    }
  }

  store(emitter: EventEmitter): Events | undefined {
    const { _events: events } = emitter;
    return isObject(events) ? events : undefined;
  }

  size(emitter: EventEmitter, events: Events): number {
    return typeof emitter._eventsCount === 'number' ? emitter._eventsCount : this.events(events).length;
  }

  events(events: Events): EventName[] {
    return Reflect.ownKeys(events);
  }

  count(events: Events, event: EventName): number {
    if (event === 'warning' || event === 'uncaughtExceptionMonitor') return this.listeners(events, event).length || -1;
    const listeners = events[event];
    if (typeof listeners === 'function') return 1;
    return Array.isArray(listeners) ? listeners.length : -1;
  }

  matches(store: Events, events: readonly EventName[], counts: readonly number[]): boolean {
    return events.every((event, i) => this.count(store, event) === counts[i]);
  }

  listeners(events: Events, event: EventName): unknown[] {
    const listeners = events[event];
    const all: unknown[] = Array.isArray(listeners) ? listeners : [listeners];
    return event === 'warning' || event === 'uncaughtExceptionMonitor'
      ? all.filter((listener) => typeof listener === 'function' && !this.isOurs(listener))
      : all;
  }

  limit({ _maxListeners: own }: EventEmitter): number | null {
    return own === undefined ? this.defaultLimit : limitOf(own);
  }

  /** Runs several times a request: what is neither many nor of interest now costs a look into `_events` at the most. */
  private wrapperOf(original: Method, ear: Ear): Method {
    const apply = Reflect.apply as (method: Method, self: unknown, args: ArrayLike<unknown>) => unknown;
    const tell = (emitter: EventEmitter, event: unknown, listener: unknown): void => {
      const { audience } = ear;
      // Any other event name is an object whose conversion would run code of the program.
      if (audience === undefined || (typeof event !== 'string' && typeof event !== 'symbol')) return;
      try {
        const listeners = emitter._events?.[event];
        const many = typeof listeners === 'object' && listeners.length >= MANY;
        if (many || audience.hearsAll) audience.heard(this, emitter, event, listener, many, wrapper);
      } catch {
        // An exotic emitter (a proxy, a throwing getter) is left alone.
      }
    };
    const wrapper: Method = function (event, listener) {
      // eslint-disable-next-line prefer-rest-params -- passed on as they are, they never become an array
      const result = apply(original, this, arguments);
      tell(this as EventEmitter, event, listener);
      return result;
    };
    return wrapper;
  }
}
