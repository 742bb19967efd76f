import type { Callbacks } from './callbacks';
import { isObject } from './emitterKind';
import type { Sites } from './sites';

/** Functions whose own place is asked for: in a beat, and of one event of one emitter. Each costs some 30 microseconds. */
const ASKS_A_BEAT = 50;
const MAX_ASKED = 500;
/** No more is asked while so many answers have not come. */
const MAX_WAITING = 500;
/** A list so long is not counted again from its beginning when it has grown. */
const LONG = 64;

/** The place where a listener was added first, and where it was added to emitters later. */
interface Places {
  first: number;
  later: WeakMap<object, number>;
}

/** Where listeners were added; for one that nobody saw being added, the place where it was written, as it is learnt. */
export class ListenerSites {
  private readonly added = new WeakMap<object, number | Places>();
  private questions: { asked: unknown; then: (site: number) => void }[] = [];
  private answeredUpTo = 0;
  private asksLeft = 0;

  constructor(
    private readonly callbacks: Callbacks,
    private readonly sites: Sites,
  ) {}

  get canAsk(): boolean {
    return this.asksLeft > 0;
  }

  /** Hands on what was answered since the last beat. */
  beat(): void {
    this.asksLeft = this.questions.length < MAX_WAITING ? ASKS_A_BEAT : 0;
    if (this.callbacks.learnt === this.answeredUpTo) return;
    this.answeredUpTo = this.callbacks.learnt;
    this.questions = this.questions.filter(({ asked, then }) => {
      const site = this.callbacks.siteOf(asked);
      if (site) then(site);
      return site === undefined;
    });
  }

  /** One function may be the listener of many emitters. */
  set(listener: object, emitter: object, site: number): void {
    const known = this.added.get(listener);
    if (known === undefined) this.added.set(listener, site);
    else if (typeof known === 'object') known.later.set(emitter, site);
    else if (known !== site) this.added.set(listener, { first: known, later: new WeakMap([[emitter, site]]) });
  }

  /** Number of the place; 0 when it has none, undefined when that is not known. */
  of(listener: object, emitter: object): number | undefined {
    const added = this.added.get(listener);
    if (added === undefined) return this.callbacks.siteOf(written(listener));
    return typeof added === 'number' ? added : (added.later.get(emitter) ?? added.first);
  }

  /** Asks where listeners were written, beyond what a beat may: for a heap scan. */
  askNow(listeners: readonly unknown[], emitter: object): void {
    for (const listener of listeners.slice(0, MAX_ASKED)) {
      if (isObject(listener) && this.of(listener, emitter) === undefined) this.callbacks.ask(written(listener));
    }
  }

  /** Whether two sites are one place: who sees a call and who asks for the function in it find different columns. */
  areOne(one: number, other: number): boolean {
    return this.sites.areNeighbours(one, other);
  }

  /** Asks where a listener was written; false when not now. */
  ask(listener: object, then: (site: number) => void): boolean {
    if (!this.canAsk) return false;
    this.asksLeft--;
    const asked = written(listener);
    if (typeof asked !== 'function') return true;
    if (this.callbacks.ask(asked) === 0) {
      this.asksLeft = 0;
      return false;
    }
    this.questions.push({ asked, then });
    return true;
  }
}

/** Listeners of one event of one emitter by place. */
export class Tally {
  sites: [site: number, count: number][] = [];
  /** So many were counted, and asked for, from the beginning of the list. */
  private counted = 0;
  private asked = 0;
  /** The last one that was counted in a long list. */
  private last: WeakRef<object> | undefined;
  private round = 0;

  constructor(private readonly places: ListenerSites) {}

  /** Whether there are places to ask for. */
  get isOpen(): boolean {
    return this.asked < Math.min(this.counted, MAX_ASKED);
  }

  count(listeners: readonly unknown[], emitter: object): void {
    if (this.last === undefined || this.last.deref() !== listeners[this.counted - 1]) this.clear();
    for (; this.counted < listeners.length; this.counted++) {
      const listener = listeners[this.counted];
      if (isObject(listener)) this.add(this.places.of(listener, emitter));
    }
    const last = listeners[this.counted - 1];
    if (this.counted >= LONG && isObject(last)) this.last = new WeakRef(last);
  }

  /** `found` is called with each place as it is learnt. */
  ask(listeners: readonly unknown[], emitter: object, found: (add: () => void) => void): void {
    const { round } = this;
    for (; this.isOpen; this.asked++) {
      const listener = listeners[this.asked];
      if (!isObject(listener) || this.places.of(listener, emitter) !== undefined) continue;
      const answered = (site: number): void => {
        if (this.round === round) found(() => this.add(site));
      };
      if (!this.places.ask(listener, answered)) return;
    }
  }

  private clear(): void {
    this.sites = [];
    this.counted = 0;
    this.asked = 0;
    this.last = undefined;
    this.round++;
  }

  private add(site: number | undefined): void {
    if (!site) return;
    const entry =
      this.sites.find(([each]) => each === site) ?? this.sites.find(([each]) => this.places.areOne(each, site));
    if (entry) entry[1]++;
    else this.sites.push([site, 1]);
  }
}

/** Node wraps the listeners of `once`. */
function written(listener: object): unknown {
  const { listener: inner } = listener as { listener?: unknown };
  return typeof inner === 'function' ? inner : listener;
}
