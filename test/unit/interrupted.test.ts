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
    const meanwhile: unknown[] = [];
    const { loop, hook, clock } = loopOf({ running: () => meanwhile.push(loop.takeOpen(clock.nowMs)) });
    for (const startMs of [60_000, 90_000]) {
      clock.nowMs = startMs;
      hook.before(7);
      assert.equal(loop.takeOpen(startMs + 5)?.sinceMs, 5);
      hook.after(7);
    }
    assert.deepEqual(meanwhile, [null, null]);
  });

  it('is open until its timers are dated, which a beat in between cannot count', () => {
    const meanwhile: unknown[] = [];
    const { loop, hook, clock } = loopOf({
      redate: () => {
        if (meanwhile.push(null) === 1) meanwhile[0] = loop.takeOpen(clock.nowMs)?.sinceMs;
      },
    });
    loop.beat({ getLibuvNow: () => clock.nowMs });
    hook.before(7);
    clock.nowMs += 50;
    hook.after(7);
    assert.equal(meanwhile[0], 50);
    assert.equal(loop.takeOpen(clock.nowMs), null);
  });
});

/** The hooks with nothing around them: `running` is called as a callback begins, `redate` as its timers are dated. */
function loopOf({ running = () => 0, redate = () => undefined }: { running?: () => number; redate?: () => void }) {
  const clock = { nowMs: 1000 };
  const hook = {} as Record<'before' | 'after', (id: number) => void>;
  const hooks = {
    createHook: (given: typeof hook) => {
      Object.assign(hook, given);
      return { enable: () => undefined };
    },
    executionAsyncId: () => 7,
  } as unknown as AsyncHooks;
  const adoption = { running: () => (running(), Kind.Handle) } as unknown as Adoption;
  const handles = { resource: () => undefined };
  const resources = { recent: new RecentKinds(), site: () => 0, handles, timers: { redate } } as unknown as Resources;
  const phases = { addBusy: () => undefined, add: () => false } as unknown as Phases;
  const loop = new Loop(
    hooks,
    types,
    resources,
    adoption,
    phases,
    new Sites(false),
    {} as Budgets,
    () => clock.nowMs,
    Infinity,
    () => undefined,
  );
  loop.enable();
  return { loop, hook, clock };
}
