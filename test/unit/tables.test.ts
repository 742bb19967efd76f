import assert from 'node:assert/strict';
import { asyncWrapProviders } from 'node:async_hooks';
import fc from 'fast-check';
import type { GroupState, GroupTraits } from '../../src/protocol/probe';
import { Groups } from '../../src/probe/groups';
import type { Timeout } from '../../src/probe/node';
import type { Promises } from '../../src/probe/promises';
import { Resources } from '../../src/probe/resources';
import { ASYNC_ID, symbolOf, type Places } from '../../src/probe/tables';
import { ResourceTypes } from '../../src/probe/types';

const NOBODY_ASKS: Places = { siteOf: () => 0, ask: () => 0, learnt: 0 };
const A_DAY = 86_400_000;

const providers = asyncWrapProviders as unknown as Record<string, number>;

/** Real timers, with an account of our own beside the probe's. */
class Account {
  readonly types = new ResourceTypes(providers);
  readonly resources: Resources;
  private nowMs = 1000;
  readonly timers: { id: number; site: number; createdMs: number; timer: NodeJS.Timeout }[] = [];
  private readonly held: Account['timers'] = [];
  /** What a host knows: it is told what changes. */
  private readonly told = new Map<number, GroupState>();
  private readonly traits = new Map<number, GroupTraits>();

  constructor(max = 1_000_000) {
    const promises = { survey: () => undefined, parentsOf: () => [], total: null } as unknown as Promises;
    this.resources = new Resources(this.types, new Groups(this.types.all()), promises, max, () => this.nowMs);
  }

  /** Starts timers at a few places; of so many one is entered late, as those from before the attach. */
  start(count: number, sites: number, lateOneIn: number): void {
    for (let index = 0; index < count; index++) {
      const timer = setTimeout(() => undefined, A_DAY);
      const id = (timer as unknown as Record<symbol, number>)[symbolOf(timer, ASYNC_ID) ?? assert.fail()] ?? 0;
      const entry = { id, site: 1 + (index % sites), createdMs: this.nowMs - (id % 7), timer };
      if (index % lateOneIn === 0) this.held.push(entry);
      else this.enter(entry);
    }
  }

  take({ how, count = 0, sites = 1, from = 0 }: { how: string; count?: number; sites?: number; from?: number }): void {
    const at = this.timers.length === 0 ? 0 : from % this.timers.length;
    if (how === 'start') this.start(count, sites, 5);
    else if (how === 'late') for (const entry of this.held.splice(0)) this.enter(entry);
    else if (how === 'clear') for (const { timer } of this.timers.splice(at, count)) clearTimeout(timer);
    else if (how === 'unref') for (const { timer } of this.timers.slice(at, at + count)) timer.unref();
    else if (how === 'ref') for (const { timer } of this.timers.slice(at, at + count)) timer.ref();
    else this.beat(how === 'full');
  }

  beat(full: boolean): void {
    this.nowMs += 1000;
    const { groups, pending } = this.resources.collect(full, NOBODY_ASKS);
    if (full) for (const known of [this.told, this.traits]) known.clear();
    for (const traits of groups) this.traits.set(traits.group, traits);
    for (const state of pending) {
      const [group, count] = state;
      if (count === 0) this.told.delete(group);
      else this.told.set(group, state);
    }
    const siteOf = (group: number): number | null => (this.traits.get(group) ?? assert.fail()).site;
    const known = [...this.told.values()].map(([group, count, referenced, oldestMs]) => ({
      site: siteOf(group),
      count,
      referenced,
      oldestMs,
    }));
    assert.deepEqual(
      known.sort((a, b) => Number(a.site) - Number(b.site)),
      this.expected(),
    );
    assert.equal(this.resources.totals().timers, this.timers.length);
    for (const group of this.told.keys()) {
      const site = siteOf(group);
      const ids = this.timers.filter((each) => each.site === site).map(({ id }) => id);
      assert.deepEqual(
        this.resources.instances(group, 3).map(({ id }) => id),
        ids.sort((a, b) => a - b).slice(0, 3),
      );
    }
  }

  end(): void {
    for (const { timer } of [...this.timers, ...this.held]) clearTimeout(timer);
  }

  private enter(entry: Account['timers'][number]): void {
    this.timers.push(entry);
    this.resources.addTimer(entry.id, entry.timer as unknown as Timeout, entry.createdMs, entry.site);
  }

  private expected(): { site: number; count: number; referenced: number; oldestMs: number }[] {
    const sites = [...new Set(this.timers.map(({ site }) => site))].sort((a, b) => a - b);
    return sites.map((site) => {
      const members = this.timers.filter((each) => each.site === site);
      return {
        site,
        count: members.length,
        referenced: members.filter(({ timer }) => timer.hasRef()).length,
        oldestMs: Math.min(...members.map(({ createdMs }) => createdMs)),
      };
    });
  }
}

describe('The tables of what is pending', () => {
  const step = fc.oneof(
    fc.record({
      how: fc.constant('start'),
      count: fc.constantFrom(1, 30, 1500),
      sites: fc.integer({ min: 1, max: 9 }),
    }),
    fc.record({
      how: fc.constantFrom('clear', 'unref', 'ref'),
      from: fc.nat(5000),
      count: fc.oneof(fc.nat(40), fc.nat(3000)),
    }),
    fc.record({ how: fc.constantFrom('late', 'beat', 'full') }),
  );

  it('tell a host all that it needs to know counts, references and the oldest, whatever comes and goes', function () {
    this.timeout(60_000);
    fc.assert(
      fc.property(fc.array(step, { minLength: 3, maxLength: 25 }), (steps) => {
        const account = new Account();
        try {
          account.beat(true);
          for (const each of steps) account.take(each);
          account.beat(false);
          account.beat(true);
        } finally {
          account.end();
        }
      }),
      { numRuns: 150 },
    );
  });

  it('say nothing of groups in which nothing has changed', () => {
    const account = new Account();
    try {
      account.start(100, 4, 1000);
      account.beat(true);
      account.beat(false);
      assert.deepEqual(account.resources.collect(false, NOBODY_ASKS), { groups: [], pending: [] });
      account.take({ how: 'clear', from: 50, count: 1 });
      const { groups, pending } = account.resources.collect(false, NOBODY_ASKS);
      assert.deepEqual([groups.length, pending.length], [0, 1], 'what the group is was told before');
    } finally {
      account.end();
    }
  });

  it('have room again once what held it is over', () => {
    const account = new Account(1000);
    try {
      account.start(950, 3, 1000);
      account.beat(true);
      account.take({ how: 'clear', from: 100, count: 200 });
      account.beat(false);
      account.start(240, 3, 1000);
      account.beat(false);
      assert.equal(account.resources.takeDropped(), 0);
      account.start(100, 3, 1000);
      account.resources.collect(false, NOBODY_ASKS);
      assert.ok(account.resources.takeDropped() > 0);
    } finally {
      account.end();
    }
  });

  it('keep requests of hundreds of places for as long as they are pending', () => {
    const { resources, types } = new Account();
    const type = types.get('FSREQCALLBACK') ?? assert.fail();
    for (let site = 1; site <= 600; site++) resources.addNative(site, type, { getAsyncId: () => site }, site);
    for (const full of [true, false, false]) {
      const { pending } = resources.collect(full, NOBODY_ASKS);
      assert.equal(pending.length, full ? 600 : 0);
      assert.equal(resources.totals().requests, 600);
    }
  });
});
