import { MANY, type EmitterKind, type EventName } from './emitterKind';
import type { Entry, ListenerRows } from './listenerRows';
import { Tally, type ListenerSites } from './listenerSites';
import { mayFail } from './streams';

/** One listener may take the place of another: so often all are counted again. */
const RECOUNT_LOOKS = 64;
/** In tenths of a microsecond: to look at an emitter, and to count one of its events again; to compare one is 1. */
export const LOOK_WORK = 5;
const COUNT_WORK = 10;
const MAX_EVENTS = 200;
/** The names of so many events are not looked through. */
const MAX_SCANNED = 2000;
const MAX_TEXT = 200;
const OTHERS = '(other events)';

/** An emitter that is followed: its listeners as they were when it was last looked at. Does not keep it alive. */
export class KnownEmitter {
  /** Where it stands in the list of all; -1 once it is forgotten. */
  at = -1;
  looks = 0;
  hasMany = false;
  /** Where the program added a listener itself, if only by what it called; 0 when a package did, undefined when nobody saw it. */
  place: number | undefined;
  /** It was a stream without an "error" listener when it was last counted. */
  isUnheard = false;
  /** Of its class. */
  readonly name: string;
  private readonly emitter: WeakRef<object>;
  private readonly entries: Entry[] = [];
  /** Event and count of each entry, side by side: to compare these is most of the work of a beat. */
  private readonly events: EventName[] = [];
  private readonly counts: number[] = [];
  private size = 0;
  private limit: number | null = null;
  /** There are places to ask for. */
  private isOpen = false;
  /** Events beyond {@link MAX_EVENTS}, counted together. */
  private others: Entry | undefined;

  constructor(
    private readonly id: number,
    private readonly kind: EmitterKind,
    emitter: object,
    private readonly rows: ListenerRows,
    private readonly places: ListenerSites,
  ) {
    this.emitter = new WeakRef(emitter);
    this.name = className(emitter);
  }

  /** Makes sure that an event with many listeners is counted on its own, however many events there are. */
  expect(event: EventName): void {
    if (this.events.length >= 2 * MAX_EVENTS || this.events.includes(event)) return;
    const entry = this.entryOf(event);
    // A beat may have come in between, and have found it.
    if (this.events.includes(event)) return;
    this.entries.push(entry);
    this.events.push(event);
    this.counts.push(0);
  }

  /**
   * Reads the emitter, and brings its rows up to date when something has changed or `heard` says so. Answers the work that
   * it was, 0 when it was collected. What an exotic emitter throws comes through.
   */
  look(heard: boolean): number {
    const emitter = this.emitter.deref();
    if (!emitter) return 0;
    const { kind } = this;
    const store = kind.store(emitter);
    const limit = kind.limit(emitter);
    const size = store ? kind.size(emitter, store) : 0;
    const turn = (this.looks++ + this.id) % RECOUNT_LOOKS === 0;
    const isSame =
      store !== undefined &&
      size === this.size &&
      limit === this.limit &&
      kind.matches(store, this.events, this.counts);
    const again = heard || turn || !isSame;
    if (again) {
      this.size = size;
      this.limit = limit;
      this.countAgain(emitter, store);
      this.isUnheard = this.unheardAt() > 0;
    }
    if (this.isOpen && store && this.looks > 1) this.ask(emitter, store);
    return LOOK_WORK + this.events.length * (again ? COUNT_WORK : 1);
  }

  /** Place of a stream without an "error" listener; 0 for any other emitter. Never throws. */
  unheardAt(): number {
    if (this.place === 0) return 0;
    try {
      const emitter = this.emitter.deref();
      if (!emitter || !mayFail(emitter, this.name)) return 0;
      const store = this.kind.store(emitter);
      if (!store || this.kind.count(store, 'error') > 0) return 0;
      return this.place ?? this.entries.find(({ tally }) => tally.sites.length > 0)?.tally.sites[0]?.[0] ?? 0;
    } catch {
      // An exotic one is left alone.
      return 0;
    }
  }

  /** Takes its rows out. */
  forget(): void {
    this.at = -1;
    for (const entry of this.entries) this.rows.takeOut(entry);
    if (this.others) this.rows.takeOut(this.others);
  }

  private countAgain(emitter: object, store: object | undefined): void {
    const { entries, size } = this;
    let kept = 0;
    for (const entry of entries) if (this.count(entry, emitter, store) >= 0) entries[kept++] = entry;
    entries.length = kept;
    if (store && kept < Math.min(size, MAX_EVENTS) && size <= MAX_SCANNED) this.learnEvents(emitter, store);
    // Each event that is not listed has at least one listener.
    this.countOthers(size > MAX_EVENTS ? size - entries.length : 0);
    this.events.length = this.counts.length = entries.length;
    entries.forEach(({ event, count }, i) => {
      this.events[i] = event;
      this.counts[i] = count;
    });
    this.hasMany = entries.some(({ count }) => count >= MANY);
    this.isOpen = entries.some(isOpen);
  }

  private count(entry: Entry, emitter: object, store: object | undefined): number {
    const count = store ? this.kind.count(store, entry.event) : -1;
    this.rows.takeOut(entry);
    entry.count = count;
    entry.limit = this.limit;
    entry.tally.count(store && count > 0 ? this.kind.listeners(store, entry.event) : [], emitter);
    if (count > 0) this.rows.put(entry);
    return count;
  }

  private learnEvents(emitter: object, store: object): void {
    const already = new Set(this.entries.map(({ event }) => event));
    for (const event of this.kind.events(store)) {
      if (this.entries.length >= MAX_EVENTS) return;
      if (already.has(event)) continue;
      const entry = this.entryOf(event);
      if (this.count(entry, emitter, store) >= 0) this.entries.push(entry);
    }
  }

  private countOthers(count: number): void {
    if (count === (this.others?.count ?? 0)) return;
    if (this.others) this.rows.takeOut(this.others);
    this.others = count > 0 ? { ...this.entryOf(OTHERS), count, limit: 0 } : undefined;
    if (this.others) this.rows.put(this.others);
  }

  private ask(emitter: object, store: object): void {
    for (const entry of this.entries) {
      if (!this.places.canAsk) return;
      if (!isOpen(entry)) continue;
      entry.tally.ask(this.kind.listeners(store, entry.event), emitter, (add) => {
        this.rows.takeOut(entry);
        add();
        if (entry.count > 0 && this.at >= 0) this.rows.put(entry);
      });
    }
    this.isOpen = this.entries.some(isOpen);
  }

  private entryOf(event: EventName): Entry {
    const text = String(event).slice(0, MAX_TEXT);
    const same = this.entries.filter((entry) => entry.text === text).length;
    return {
      emitterId: this.id,
      emitter: this.name,
      event,
      // Symbols may have the same description.
      text: same > 0 ? `${text} (${same + 1})` : text,
      count: 0,
      limit: null,
      tally: new Tally(this.places),
      row: undefined,
    };
  }
}

/** Whether an event of an emitter has many listeners, or there are too many events to tell. */
export function hasMany(kind: EmitterKind, emitter: object): boolean {
  const store = kind.store(emitter);
  if (!store) return false;
  return (
    kind.size(emitter, store) > MAX_SCANNED || kind.events(store).some((event) => kind.count(store, event) >= MANY)
  );
}

/** One listener alone is not worth asking for. */
function isOpen({ count, tally }: Entry): boolean {
  return count > 1 && tally.isOpen;
}

function className(emitter: object): string {
  const name: unknown = (emitter.constructor as { name?: unknown } | undefined)?.name;
  return typeof name === 'string' && name ? name.slice(0, MAX_TEXT) : 'EventEmitter';
}
