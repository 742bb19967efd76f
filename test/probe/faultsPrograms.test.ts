import assert from 'node:assert/strict';
import type { Attachment } from '../../src/attachment';
import { HumanError } from '../../src/base/errors';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { snapshotWhere, stopTargets, Target, until } from '../support/target';

const IS_GONE = 'globalThis[Symbol.for("loopscope.probe")] === undefined';

const beats = (attachment: Attachment, count: number): Promise<unknown> => {
  const from = attachment.snapshot?.sequence ?? 0;
  return snapshotWhere(attachment, ({ sequence }) => sequence >= from + count);
};

/** Attaches, compares what the program answers meanwhile and afterwards with what it answers alone. */
async function answersAsAlone(target: Target, level: 'track' | 'deep'): Promise<void> {
  await target.evaluate('answer()', true);
  const alone = await target.evaluate<string>('answer()', true);
  const attachment = await target.attach({ level });
  await beats(attachment, 3);
  const { windowMs, pendingTotals, state } = attachment.snapshot!;
  assert.equal(state, 'running');
  assert.ok(windowMs > 0 && windowMs < 60_000, `the clock of the probe goes: ${windowMs}`);
  assert.equal(pendingTotals.timers, 1);
  assert.equal(await target.evaluate<string>('answer()', true), alone);
  await attachment.detach();
  assert.match(attachment.endedBecause ?? '', /The probe is out again\.$/);
  assert.ok(await target.evaluate(IS_GONE));
  assert.equal(await target.evaluate<string>('answer()', true), alone);
}

describe('a program with globals of its own', () => {
  afterEach(stopTargets);

  it('for Map, Set, Date, performance, timers, methods of arrays and stacks is watched, and sees nothing of it', async () => {
    await Promise.all(
      NODE_MAJORS.map(async (major) => {
        const target = await Target.start(major, 'faults/overrides.cjs');
        for (const level of ['track', 'deep'] as const) await answersAsAlone(target, level);
      }),
    );
  });

  for (const flag of ['--frozen-intrinsics', '--disallow-code-generation-from-strings']) {
    it(`under ${flag} is watched, and sees nothing of it`, async () => {
      await Promise.all(
        NODE_MAJORS.map(async (major) => {
          const target = await Target.start(major, 'faults/globals.cjs', { nodeArgs: [flag] });
          await answersAsAlone(target, 'deep');
        }),
      );
    });
  }

  it('that are broken is not attached to: a sentence says so, and nothing is left', async () => {
    const names = ['Map', 'push', 'iterator', 'stringify', 'toJSON', 'descriptor'];
    await Promise.all(
      names.map(async (name) => {
        const target = await Target.start(24, 'faults/broken.cjs', { args: [name] });
        const log: string[] = [];
        await assert.rejects(target.attach({}, { log: (line) => log.push(line) }), (error: Error) => {
          assert.ok(error instanceof HumanError, error.stack);
          assert.match(error.message, /^The probe cannot work in this program, and was taken out again: /);
          return true;
        });
        assert.match(log.join('\n'), /is not to be used|is not a list/);
        assert.ok(await target.evaluate(IS_GONE), name);
        await goesOn(target);
      }),
    );
  });

  it('that it breaks while it is watched is named, goes on when they are mended, and can be detached from', async () => {
    const target = await Target.start(24, 'faults/broken.cjs');
    for (const name of ['push', 'iterator', 'toJSON']) {
      const attachment = await target.attach();
      await beats(attachment, 2);
      await target.evaluate(`breakIt('${name}')`);
      await until(() => attachment.state === 'notAnswering', `${name}: not answering`);
      assert.equal(attachment.snapshot?.state, 'notAnswering');
      await goesOn(target);
      await target.evaluate(`mendIt('${name}')`);
      await snapshotWhere(attachment, ({ state }) => state === 'running');
      await target.evaluate(`breakIt('${name}')`);
      await attachment.detach();
      assert.equal(attachment.state, 'detached');
      await target.evaluate(`mendIt('${name}')`);
      assert.ok(await target.evaluate(IS_GONE), name);
      await goesOn(target);
    }
  });

  it('is read on when it replaces what the probe has kept for itself', async () => {
    const target = await Target.start(24, 'faults/broken.cjs');
    const attachment = await target.attach();
    await beats(attachment, 3);
    await target.evaluate(`breakIt('stringify')`);
    await beats(attachment, 3);
    assert.equal(attachment.state, 'running');
    await attachment.detach();
    assert.match(attachment.endedBecause ?? '', /The probe is out again\.$/);
    assert.ok(await target.evaluate(IS_GONE));
  });
});

async function goesOn(target: Target): Promise<void> {
  const ticks = await target.evaluate<number>('ticks()');
  await target.until(`ticks() > ${ticks + 1}`);
}
