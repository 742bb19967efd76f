import assert from 'node:assert/strict';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { snapshotWhere, stopTargets, Target, until } from '../support/target';

for (const major of NODE_MAJORS) {
  describe(`the end of a program on Node ${major}`, () => {
    afterEach(stopTargets);

    for (const [how, trigger, expected] of [
      ['by itself', (target: Target) => target.evaluate('endByItself()'), 0],
      ['by process.exit()', (target: Target) => target.evaluate('void exit()'), 7],
      ['by SIGTERM', (target: Target) => Promise.resolve(target.child.kill('SIGTERM')), 'SIGTERM'],
    ] as const) {
      it(`${how} comes as it would have, is named, and leaves the last picture`, async () => {
        const alone = await Target.start(major, 'steps.cjs');
        const aloneMs = await timeToEnd(alone, trigger);
        const target = await Target.start(major, 'steps.cjs');
        const attachment = await target.attach();
        await snapshotWhere(attachment, ({ sequence }) => sequence >= 2);
        const attachedMs = await timeToEnd(target, trigger);
        assert.equal(await target.ended, expected);
        assert.ok(attachedMs < aloneMs + 1000, `${attachedMs} ms attached, ${aloneMs} ms alone`);
        await until(() => attachment.state === 'detached', 'detached');
        assert.match(attachment.endedBecause ?? '', /^steps\.cjs \(pid \d+\) has (exited|ended)/);
        assert.ok((attachment.snapshot?.sequence ?? 0) >= 2);
        assert.equal(attachment.snapshot?.state, 'detached');
        assert.equal(attachment.snapshot.pendingTotals.timers, 1);
      });
    }
  });
}

async function timeToEnd(target: Target, trigger: (target: Target) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  const triggered = trigger(target).catch(() => undefined);
  await target.ended;
  const tookMs = performance.now() - start;
  await triggered;
  return tookMs;
}
