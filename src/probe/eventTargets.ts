import { isObject, limitOf, MANY, type Ear, type EmitterKind, type EventName } from './emitterKind';
import type { Method, Patches } from './patches';

/** One listener in Node's linked list. */
interface Link {
  next: Link | undefined;
  listener: unknown;
  weak?: boolean;
}

/** The head of a list says how many there are. */
interface Root {
  size: number;
  next: Link | undefined;
}

type Events = Map<string, Root>;
type Target = Record<symbol, unknown>;

/**
 * EventTargets, AbortSignals among them: Node keeps their listeners under a symbol, and tells them under another one of
 * each listener that was really added, which is where we listen: `addEventListener` stays as it is.
 */
export class EventTargets implements EmitterKind<Events> {
  private readonly prototype: object | undefined;
  private readonly eventsKey: symbol | undefined;
  private readonly newListenerKey: symbol | undefined;

  /** `known` is any EventTarget of Node's: the global class may have been replaced. */
  constructor(
    known: object,
    private readonly limitKey: symbol,
  ) {
    this.eventsKey = symbolOf(known, 'kEvents');
    let prototype: object | null = known;
    while (prototype && !Object.prototype.hasOwnProperty.call(prototype, 'addEventListener')) {
      prototype = Object.getPrototypeOf(prototype) as object | null;
    }
    this.prototype = prototype ?? undefined;
    this.newListenerKey = prototype ? symbolOf(prototype, 'kNewListener') : undefined;
  }

  has(value: object): boolean {
    return this.eventsKey !== undefined && this.eventsKey in value;
  }

  patch(patches: Patches, ear: Ear): void {
    if (!this.prototype || !this.newListenerKey) return;
    patches.wrap(this.prototype, this.newListenerKey, 'EventTarget.prototype[kNewListener]', (original) =>
      this.wrapperOf(original, ear),
    );
  }

  store(target: Target): Events | undefined {
    const events = this.eventsKey && target[this.eventsKey];
    return isObject(events) ? (events as Events) : undefined;
  }

  size(_target: Target, events: Events): number {
    return events.size;
  }

  events(events: Events): EventName[] {
    return [...events.keys()];
  }

  count(events: Events, event: string): number {
    return events.get(event)?.size ?? -1;
  }

  matches(store: Events, events: readonly string[], counts: readonly number[]): boolean {
    return events.every((event, i) => this.count(store, event) === counts[i]);
  }

  listeners(events: Events, event: string): unknown[] {
    const listeners: unknown[] = [];
    for (let link = events.get(event)?.next; link; link = link.next) {
      listeners.push(link.weak ? (link.listener as WeakRef<object>).deref() : link.listener);
    }
    return listeners;
  }

  limit(target: Target): number | null {
    return limitOf(target[this.limitKey]);
  }

  private wrapperOf(original: Method, ear: Ear): Method {
    const apply = Reflect.apply as (method: Method, self: unknown, args: ArrayLike<unknown>) => unknown;
    const tell = (target: object, size: unknown, event: unknown, listener: unknown): void => {
      const { audience } = ear;
      if (audience === undefined) return;
      const many = (size as number) >= MANY;
      if (many || audience.hearsAll) audience.heard(this, target, event as string, listener, many, wrapper);
    };
    const wrapper: Method = function (size, event, listener) {
      // eslint-disable-next-line prefer-rest-params -- passed on as they are, they never become an array
      const result = apply(original, this, arguments);
      tell(this as object, size, event, listener);
      return result;
    };
    return wrapper;
  }
}

function symbolOf(object: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === description);
}
