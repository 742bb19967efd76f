import assert from 'node:assert/strict';
import { asyncWrapProviders } from 'node:async_hooks';
import type { Adoption } from '../../src/probe/adopt';
import { Callbacks } from '../../src/probe/callbacks';
import { Groups, keyOf } from '../../src/probe/groups';
import { Loop, type Budgets } from '../../src/probe/loop';
import type { AsyncHooks } from '../../src/probe/node';
import type { Phases } from '../../src/probe/phases';
import { RecentKinds } from '../../src/probe/recent';
import type { Resources } from '../../src/probe/resources';
import { Sites } from '../../src/probe/sites';
import { Kind, ResourceTypes } from '../../src/probe/types';

const types = new ResourceTypes(asyncWrapProviders);

/** Has `beat` come as a built-in method is called the next time, which is where V8 lets an evaluation in. */
function interrupted<T>(prototype: object, method: string, beat: () => void, act: () => T): T {
  const methods = prototype as Record<string, (...args: unknown[]) => unknown>;
  const original = methods[method] ?? assert.fail();
  let came = false;
  methods[method] = function (...args) {
    methods[method] = original;
    came = true;
    beat();
    return original.apply(this, args);
  };
  try {
    return act();
  } finally {
    methods[method] = original;
    assert.ok(came);
  }
}

describe('What a beat interrupts', () => {
  it('gives a place a number of its own, although another was added meanwhile', () => {
    const sites = new Sites(false);
    let meanwhile = 0;
    const site = interrupted(
      Array.prototype,
      'push',
      () => (meanwhile = sites.intern('a', 'file:///a.js', 1, 1)),
      () => sites.intern('b', 'file:///b.js', 2, 2),
    );
    const told = sites.take(false).map((each) => [each.site, each.function]);
    assert.deepEqual(told, [
      [meanwhile, 'a'],
      [site, 'b'],
    ]);
    assert.equal(sites.intern('c', 'file:///c.js', 3, 3), 3);
    assert.deepEqual(sites.take(false), [{ site: 3, function: 'c', url: 'file:///c.js', line: 3, column: 3 }]);
    assert.deepEqual(
      sites.take(true).map((each) => each.site),
      [1, 2, 3],
    );
  });

  it('gives a group a number of its own, although another was made meanwhile', () => {
    const groups = new Groups(types.all());
    let meanwhile = 0;
    const number = interrupted(
      Array.prototype,
      'push',
      () => (meanwhile = groups.number(keyOf(types.timeout, 1, false))),
      () => groups.number(keyOf(types.immediate, 2, false)),
    );
    assert.deepEqual([groups.traits(meanwhile).site, groups.traits(number).site], [1, 2]);
  });

  it('asks for a callback, although another was asked for meanwhile', () => {
    const callbacks = new Callbacks();
    const [one, other] = [(): number => 1, (): number => 2];
    let meanwhile = 0;
    const number = interrupted(
      Map.prototype,
      'set',
      () => (meanwhile = callbacks.ask(other)),
      () => callbacks.ask(one),
    );
    callbacks.answer(number, 10);
    callbacks.answer(meanwhile, 20);
    assert.deepEqual([callbacks.siteOf(one), callbacks.siteOf(other)], [10, 20]);
  });

  it('is no open callback before it is known since when', () => {
    let init: { before: (id: number) => void; after: (id: number) => void } | undefined;
    const hooks = {
      createHook: (given: NonNullable<typeof init>) => {
        init = given;
        return { enable: () => undefined };
      },
      executionAsyncId: () => 7,
    } as unknown as AsyncHooks;
    const meanwhile: unknown[] = [];
    const adoption = {
      running: () => {
        meanwhile.push(loop.takeOpen(nowMs));
        return Kind.Handle;
      },
    } as unknown as Adoption;
    const resources = { recent: new RecentKinds(), site: () => 0, handles: { resource: () => undefined } };
    const busy = { addBusy: () => undefined, add: () => false } as unknown as Phases;
    let nowMs = 1000;
    const loop: Loop = new Loop(
      hooks,
      types,
      resources as unknown as Resources,
      adoption,
      busy,
      new Sites(false),
      {} as Budgets,
      () => nowMs,
      Infinity,
      () => undefined,
    );
    loop.enable();
    for (nowMs of [60_000, 90_000]) {
      init?.before(7);
      assert.equal(loop.takeOpen(nowMs + 5)?.sinceMs, 5);
      init?.after(7);
    }
    assert.deepEqual(meanwhile, [null, null]);
  });
});
