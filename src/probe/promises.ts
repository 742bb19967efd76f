import type { Batch, Instance, Scanned } from '../protocol/probe';
import type { Budget } from './budget';
import { keyOf, type Groups } from './groups';
import type { Sites } from './sites';
import type { ResourceType } from './types';

/** `[state, result]` of a promise, by Node's own binding; reading it changes nothing. */
export type PromiseDetails = (promise: unknown) => [state: number, result?: unknown] | undefined;

/** An awaited promise that has not settled. */
interface Followed {
  /** Held weakly: one that nobody can settle any more is no longer pending, it is garbage. */
  promise: WeakRef<object>;
  createdMs: number;
  group: number;
  /** For how many awaits it stands. */
  weight: number;
  /** Sites of those that wait for the one that awaits, nearest first. */
  parents: number[];
}

const PENDING = 0;
/** More are not followed, and counted as dropped. */
const MOST = 20_000;
/** So many are asked at each beat whether they have settled; the others when it is their turn. */
const ASKED_A_BEAT = 2000;
const MOST_PARENTS = 5;
const MOST_ONE_IN = 1 << 16;
const REFUSED_IN_A_ROW = 64;
/** A few promises in a window shorter than this are no flood. */
const SHORTEST_MS = 250;

/**
 * Promises that somebody awaits, by the place of the `await` or `then`. V8 tells of each as it begins; so that this stays
 * cheap only one in so many is looked at, as few as the budget of stacks asks for, and only those that are pending are
 * kept. There is no hook for the end: once a beat the promises themselves are asked.
 */
export class Promises {
  private followed: Followed[] = [];
  private readonly known = new WeakMap<object, Followed>();
  private asked = 0;
  private oneIn = 1;
  private countdown = 1;
  private random = 0x2545f491;
  /** Pending ones that were looked at in this window, each for as many as it stands for. */
  private seen = 0;
  private refused = 0;
  private dropped = 0;
  private costMs = 0;
  /** Pending ones as the last survey has counted; null when they are not followed as they come. */
  total: number | null = null;
  private readonly oldest = new Map<number, Followed>();

  constructor(
    private readonly details: PromiseDetails | undefined,
    private readonly type: ResourceType,
    private readonly groups: Groups,
    private readonly sites: Sites,
    private readonly budget: Budget,
    private readonly perSecond: number,
    private readonly now: () => number,
  ) {}

  /** V8's hook for a new promise; `awaited` is the one that it waits for. Must not throw. */
  readonly init = (_promise: object, awaited: object | undefined): void => {
    if (awaited === undefined || --this.countdown > 0) return;
    this.countdown = this.nextCountdown();
    try {
      this.follow(awaited);
    } catch {
      // An exotic one is not followed.
    }
  };

  /** Enters those of a heap scan that are pending. */
  adopt(promises: readonly object[]): Scanned {
    const scanned = { found: 0, added: 0, dropped: 0 };
    const createdMs = this.now();
    const group = this.groups.number(keyOf(this.type, 0, true, true));
    for (const promise of promises) {
      if (!this.isPending(promise)) continue;
      scanned.found++;
      const known = this.known.get(promise);
      // Those that it stood for are found too.
      if (known) known.weight = 1;
      else if (this.enter(promise, { createdMs, group, weight: 1, parents: [] })) scanned.added++;
      else scanned.dropped++;
    }
    return scanned;
  }

  /** Lets go what has settled, and counts the rest by group. */
  survey(): void {
    for (const group of this.oldest.keys()) this.groups.empty(group);
    this.oldest.clear();
    const from = this.asked;
    const until = from + ASKED_A_BEAT;
    let total = 0;
    let kept = 0;
    for (let index = 0; index < this.followed.length; index++) {
      const each = this.followed[index];
      if (!each || (index >= from && index < until && this.isOver(each))) continue;
      this.followed[kept++] = each;
      total += each.weight;
      this.groups.enter(each.group, each.createdMs, false, each.weight);
      if (each.createdMs < (this.oldest.get(each.group)?.createdMs ?? Infinity)) this.oldest.set(each.group, each);
    }
    const over = this.followed.length - kept;
    this.asked = until >= this.followed.length ? 0 : until - over;
    this.followed.length = kept;
    if (this.total !== null) this.total = total;
  }

  /** Async parents of the oldest member of a group, nearest first. */
  parentsOf(group: number): number[] {
    return this.oldest.get(group)?.parents ?? [];
  }

  /** Up to `limit` members of a group, oldest first. */
  instances(group: number, limit: number, nowMs: number): Instance[] {
    return this.followed
      .filter((each) => each.group === group && !this.isOver(each))
      .slice(0, limit)
      .map(({ createdMs }, index) => ({
        id: index + 1,
        ageMs: nowMs - createdMs,
        referenced: null,
        idle: false,
        detail: '',
      }));
  }

  /** How the window went, for level `deep`; from now on one in more or fewer is looked at. */
  take(windowMs: number): NonNullable<Batch['promises']> {
    const { oneIn, costMs } = this;
    const wanted = (this.seen * 1000) / (this.perSecond * Math.max(SHORTEST_MS, windowMs));
    this.oneIn = Math.min(MOST_ONE_IN, Math.max(1, oneIn / 2, 2 ** Math.ceil(Math.log2(Math.max(1, wanted)))));
    this.seen = 0;
    this.refused = 0;
    this.costMs = 0;
    return { followed: this.followed.length, oneIn, costMs };
  }

  takeDropped(): number {
    const { dropped } = this;
    this.dropped = 0;
    return dropped;
  }

  private follow(awaited: object): void {
    if (!this.isPending(awaited)) return;
    this.seen += this.oneIn;
    if (!this.budget.take()) {
      this.dropped += this.oneIn;
      // In a burst even to look is too much.
      if (++this.refused % REFUSED_IN_A_ROW === 0) this.oneIn = Math.min(MOST_ONE_IN, this.oneIn * 2);
      return;
    }
    const startMs = this.now();
    const [site = 0, ...parents] = this.sites.captureAll(this.init, MOST_PARENTS + 1);
    const group = this.groups.number(keyOf(this.type, site, false, true));
    this.enter(awaited, { createdMs: startMs, group, weight: this.oneIn, parents });
    this.costMs += this.now() - startMs;
  }

  /** False when there is no room. */
  private enter(promise: object, rest: Omit<Followed, 'promise'>): boolean {
    if (this.followed.length >= MOST) {
      this.dropped += rest.weight;
      return false;
    }
    const followed = { promise: new WeakRef(promise), ...rest };
    this.known.set(promise, followed);
    this.followed.push(followed);
    return true;
  }

  private isPending(promise: object): boolean {
    return this.details?.(promise)?.[0] === PENDING;
  }

  private isOver({ promise }: Followed): boolean {
    const target = promise.deref();
    return target === undefined || !this.isPending(target);
  }

  /** By chance between 1 and twice the mean, so that a program with a rhythm is not heard at one beat only. */
  private nextCountdown(): number {
    if (this.oneIn === 1) return 1;
    this.random ^= this.random << 13;
    this.random ^= this.random >>> 17;
    this.random ^= this.random << 5;
    return 1 + ((this.random >>> 0) % (2 * this.oneIn - 1));
  }
}
