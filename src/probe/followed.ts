import type { BatchOwners } from '../protocol/probe';
import type { EmitterKind, EventName } from './emitterKind';
import { KnownEmitter, LOOK_WORK } from './knownEmitter';
import { ListenerRows } from './listenerRows';
import type { ListenerSites } from './listenerSites';
import { UnheardStreams } from './unheardStreams';

/** The half of them may have few listeners. */
const MAX_EMITTERS = 4000;
/** Work of a beat, in tenths of a microsecond: at emitters that got listeners or have many, and at all in turn. */
const WORK_AT_CHANGED = 6000;
const WORK_IN_TURN = 3000;

/** The emitters that are followed; a beat costs the same however many they are. */
export class Followed {
  readonly rows = new ListenerRows();
  private readonly all: KnownEmitter[] = [];
  private readonly byEmitter = new WeakMap<object, KnownEmitter>();
  private readonly urgent = new Set<KnownEmitter>();
  private readonly heardNow = new Set<KnownEmitter>();
  private readonly withMany = new Set<KnownEmitter>();
  private readonly streams = new UnheardStreams<KnownEmitter>();
  private next = 0;
  private nextId = 1;

  constructor(private readonly places: ListenerSites) {}

  get(emitter: object): KnownEmitter | undefined {
    return this.byEmitter.get(emitter);
  }

  /** Undefined when there is no room, which for those with few listeners is earlier. */
  enter(emitter: object, kind: EmitterKind, isMany: boolean): KnownEmitter | undefined {
    if (this.all.length >= (isMany ? MAX_EMITTERS : MAX_EMITTERS / 2)) return undefined;
    const known = new KnownEmitter(this.nextId++, kind, emitter, this.rows, this.places);
    this.byEmitter.set(emitter, known);
    // A beat may interrupt us at any of these calls, not in between.
    known.at = this.all.push(known) - 1;
    (isMany ? this.urgent : this.heardNow).add(known);
    return known;
  }

  /** An emitter got a listener. */
  heard(known: KnownEmitter, event: EventName, isMany: boolean): void {
    if (known.at < 0) return;
    if (isMany) {
      known.expect(event);
      this.urgent.add(known);
    } else this.lookSoon(known);
  }

  /** Has it counted again in the next beats. */
  lookSoon(known: KnownEmitter): void {
    this.heardNow.add(known);
  }

  /** Looks at what may have changed; `factor` times as much work may be done as in a plain beat. */
  beat(factor: number): void {
    let work = WORK_AT_CHANGED * factor;
    for (const those of [this.urgent, this.heardNow, this.withMany]) {
      for (const known of those) {
        if (work <= 0) break;
        work -= this.look(known);
      }
    }
    work = WORK_IN_TURN * factor;
    for (let looks = this.all.length; looks > 0 && work > 0; looks--) {
      if (this.next >= this.all.length) this.next = 0;
      const known = this.all[this.next];
      if (!known) return;
      work -= this.look(known);
      // Another one stands in the place of one that was forgotten.
      if (known.at >= 0) this.next++;
    }
  }

  /** Streams without an "error" listener, by class and place. */
  unheard(): BatchOwners['streams'] {
    // Its listener may be gone again before the next look would notice.
    return this.streams.beat((known) => this.lookSoon(known));
  }

  /** Answers the work that it was. */
  private look(known: KnownEmitter): number {
    const isUrgent = this.urgent.delete(known);
    const isHeard = this.heardNow.delete(known) || isUrgent;
    try {
      const work = known.look(isHeard);
      if (known.hasMany) this.withMany.add(known);
      else this.withMany.delete(known);
      if (known.isUnheard) this.streams.add(known);
      if (work > 0) return work;
    } catch {
      // An exotic one: it stays in `byEmitter`, so that it does not come again.
    }
    this.forget(known);
    return LOOK_WORK;
  }

  private forget(known: KnownEmitter): void {
    const last = this.all.pop();
    if (last && last !== known) {
      this.all[known.at] = last;
      last.at = known.at;
    }
    known.forget();
    this.withMany.delete(known);
    this.streams.delete(known);
  }
}
