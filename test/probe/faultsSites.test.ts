import assert from 'node:assert/strict';
import type { Attachment } from '../../src/attachment';
import { snapshotWhere, stopTargets, Target } from '../support/target';

const CUT = /^The program has so many scripts, or so long names of them, that not all places can be known\.$/;
const IS_GONE = 'globalThis[Symbol.for("loopscope.probe")] === undefined';
const HEAP_BYTES = `(() => {
  for (let time = 0; time < 6; time++) gc();
  return process.memoryUsage().heapUsed;
})()`;

const start = (): Promise<Target> => Target.start(24, 'faults/sites.cjs', { nodeArgs: ['--expose-gc'] });

const beats = (attachment: Attachment, count: number): Promise<unknown> => {
  const from = attachment.snapshot?.sequence ?? 0;
  return snapshotWhere(attachment, ({ sequence }) => sequence >= from + count);
};

async function make(target: Target, count: number, nameLength: number, textLength: number): Promise<void> {
  await target.evaluate(`make(${count}, ${nameLength}, ${textLength})`);
  await target.until(`made() === ${count}`);
}

/** It is watched, and goes on as it did; nothing is left in it. */
async function isWatched(target: Target, attachment: Attachment, timers: number): Promise<void> {
  const ticks = await target.evaluate<number>('ticks()');
  await snapshotWhere(attachment, ({ state, pendingTotals }) => state === 'running' && pendingTotals.timers === timers);
  await beats(attachment, 3);
  assert.equal(attachment.snapshot?.dropped.beats, 0);
  await target.until(`ticks() > ${ticks}`);
  await attachment.detach();
  assert.match(attachment.endedBecause ?? '', /The probe is out again\.$/);
  assert.ok(await target.evaluate(IS_GONE));
}

describe('a program that makes ever new scripts', () => {
  afterEach(stopTargets);

  it('with functions of 75 MB in all is watched: no answer is too large', async () => {
    const target = await start();
    await make(target, 1500, 100, 50_000);
    await isWatched(target, await target.attach(), 1501);
  });

  it('that are many is watched, and it is said that not all places are known', async () => {
    const target = await start();
    await make(target, 10_000, 10, 10);
    const attachment = await target.attach();
    await snapshotWhere(attachment, ({ notes }) => notes.some((note) => CUT.test(note)));
    await isWatched(target, attachment, 10_001);
  });

  it('with names of 40 MB in all while it is watched keeps no more of them than fits, and that is said', async () => {
    const target = await start();
    const attachment = await target.attach();
    await beats(attachment, 2);
    await make(target, 800, 50_000, 10);
    await snapshotWhere(attachment, ({ notes }) => notes.some((note) => CUT.test(note)));
    await target.evaluate('release()');
    await snapshotWhere(attachment, ({ pendingTotals }) => pendingTotals.timers === 1);
    const heapBytes = await target.evaluate<number>(HEAP_BYTES);
    await isWatched(target, attachment, 1);
    // The program itself goes on holding some of them.
    const kept = heapBytes - (await target.evaluate<number>(HEAP_BYTES));
    assert.ok(kept < 6_000_000, `${kept} bytes of names were kept`);
  });
});
