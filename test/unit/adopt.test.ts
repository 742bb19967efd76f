import assert from 'node:assert/strict';
import { Adoption } from '../../src/probe/adopt';
import type { Callbacks } from '../../src/probe/callbacks';
import type { AsyncHooks, Internals } from '../../src/probe/node';
import type { Resources } from '../../src/probe/resources';
import { ResourceTypes } from '../../src/probe/types';

interface Scheduled {
  _onTimeout: () => void;
  _idleNext: object | null;
}

const asyncId = Symbol('asyncId');

const timer = (id: number): Scheduled & Record<symbol, number> => ({
  _onTimeout: () => undefined,
  _idleNext: null,
  [asyncId]: id,
});

/** Ids of the timers that are entered when one callback is interrupted by the evaluation that adopts. */
function adopted(listed: Scheduled[], running: object): number[] {
  const list = { _idleNext: listed[0] ?? null };
  for (const [at, each] of listed.entries()) each._idleNext = listed[at + 1] ?? list;
  const ids: number[] = [];
  const resources = { has: () => false, addTimer: (id: number) => void ids.push(id) };
  const adoption = new Adoption(
    resources as unknown as Resources,
    { ask: () => 0 } as unknown as Callbacks,
    { executionAsyncResource: () => running, asyncWrapProviders: {} } as unknown as AsyncHooks,
    new ResourceTypes({}),
    () => 0,
  );
  adoption.scheduled({ timerListMap: { 20: list } } as unknown as Internals, undefined);
  return ids;
}

describe('Timers from before the attach', () => {
  it('are entered with the one whose callback the attach has interrupted', () => {
    assert.deepEqual(adopted([timer(3), timer(5)], timer(4)), [3, 4, 5]);
    assert.deepEqual(adopted([timer(3)], {}), [3]);
  });

  it('are entered once when the interrupted one is repeated, and back in the lists of Node already', () => {
    const repeated = timer(4);
    assert.deepEqual(adopted([timer(3), repeated], repeated), [3, 4]);
  });
});
