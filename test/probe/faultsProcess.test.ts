import assert from 'node:assert/strict';
import type { Attachment } from '../../src/attachment';
import { HumanError } from '../../src/base/errors';
import type { Snapshot } from '../../src/protocol/snapshot';
import { fingerprintOf, startFingerprint, untilSame } from '../support/fingerprint';
import { LASTS } from '../support/lasts';
import { snapshotWhere, stopTargets, Target, until } from '../support/target';

const SERVICE = 'faults/service.cjs';

const beats = (attachment: Attachment, count: number): Promise<unknown> => {
  const from = attachment.snapshot?.sequence ?? 0;
  return snapshotWhere(attachment, ({ sequence }) => sequence >= from + count);
};

async function withAttachment(major: number): Promise<{ target: Target; attachment: Attachment; states: string[] }> {
  const target = await Target.start(major, SERVICE);
  const attachment = await target.attach();
  const states: string[] = [];
  attachment.onDidChangeState((state) => states.push(state));
  await beats(attachment, 2);
  return { target, attachment, states };
}

describe('a target that fails', () => {
  afterEach(stopTargets);

  it('by SIGKILL in the middle of a beat ends the attachment with its last picture', async () => {
    const { target, attachment } = await withAttachment(24);
    const { sequence } = attachment.snapshot!;
    // A beat is under way as long as it is not answered.
    await target.evaluate('void sleepFor(30)');
    await until(() => attachment.state === 'notAnswering', 'not answering');
    target.child.kill('SIGKILL');
    assert.equal(await target.ended, 'SIGKILL');
    await until(() => attachment.state === 'detached', 'detached');
    assert.match(attachment.endedBecause ?? '', /^service\.cjs \(pid \d+\) has ended, or the connection was cut\.$/);
    assert.ok((attachment.snapshot?.sequence ?? 0) >= sequence);
    assert.deepEqual(await attachment.instances(attachment.snapshot?.pending[0]?.key ?? '', 5), {
      instances: [],
      total: attachment.snapshot?.pending[0]?.count ?? 0,
    });
  });

  it('by SIGSTOP is named and goes on after SIGCONT, with its probe and without a lost beat', async () => {
    // Longer than its probe waits for a beat: it may not take a stopped process for an abandoned one.
    const stopped = await Promise.all(
      [18, 24].map(async (major) => {
        const target = await Target.start(major, SERVICE);
        const attachment = await target.attach({}, { orphanAfterMs: 1000 });
        await target.evaluate('void (globalThis.late = setTimeout(() => {}, 1e6))');
        await snapshotWhere(attachment, ({ pendingTotals }) => pendingTotals.timers === 2);
        target.child.kill('SIGSTOP');
        return { target, attachment };
      }),
    );
    for (const { attachment } of stopped) await until(() => attachment.state === 'notAnswering', 'not answering');
    const isOver = (): boolean => stopped.every(({ attachment }) => silentMs(attachment) > LASTS.stoppedMs);
    await until(isOver, 'stopped long enough', 20_000 + LASTS.stoppedMs);
    for (const { target, attachment } of stopped) {
      target.child.kill('SIGCONT');
      const after = await snapshotWhere(attachment, ({ state }) => state === 'running');
      assert.equal(after.dropped.beats, 0);
      assert.ok(after.windowMs > LASTS.stoppedMs);
      await beats(attachment, 2);
      const origins = attachment.snapshot?.pending.filter(({ type }) => type === 'Timeout').map(({ origin }) => origin);
      assert.ok(origins?.includes('observed'), 'a new probe would know both timers as from before the attach only');
      assert.match(await target.evaluate<string>('answer()', true), /"bodies":\["\/0","\/1","\/2"\]/);
    }
  });

  it('to answer an attach because it sits in execSync is said in a sentence, and left as it was', async () => {
    const target = await startFingerprint(24);
    const before = await fingerprintOf(target);
    await target.evaluate(`{
      const { execSync } = require('node:child_process');
      void setTimeout(() => execSync('sleep 8'), 0);
    }`);
    await assert.rejects(target.attach(), (error: Error) => {
      assert.ok(error instanceof HumanError, error.stack);
      assert.match(error.message, /took the connection and does not answer: .* Attach again when it goes on\.$/);
      return true;
    });
    await untilSame(target, before);
    await beats(await target.attach(), 2);
  });

  it('to answer a change of level because it sits in execSync takes it when it answers, and is named meanwhile', async () => {
    const target = await Target.start(24, SERVICE);
    // Between two beats: a beat under way would be answered before it.
    const attachment = await target.attach({ beatMs: 2500 });
    await beats(attachment, 1);
    await target.begin(`{
      const { execSync } = require('node:child_process');
      const { writeSync } = require('node:fs');
      void setTimeout(() => {
        writeSync(1, 'asleep\\n');
        execSync('sleep 3');
      }, 0);
    }`);
    await until(() => target.output.includes('asleep'), 'asleep');
    const changed = attachment.setLevel('deep');
    assert.equal(attachment.options.level, 'deep');
    await until(() => attachment.state === 'notAnswering', 'not answering');
    assert.equal(attachment.snapshot?.level, 'track', 'what is shown is still of the level before');
    await changed;
    const deep = await snapshotWhere(attachment, ({ state, level }) => state === 'running' && level === 'deep');
    assert.equal(deep.dropped.beats, 0);
    assert.ok(deep.promises !== null);
  });

  it('for want of memory ends as it does alone, and the attachment says that it ended', async () => {
    const nodeArgs = ['--max-old-space-size=40'];
    const [alone, target] = await Promise.all([
      Target.start(24, SERVICE, { nodeArgs }),
      Target.start(24, SERVICE, { nodeArgs }),
    ]);
    const attachment = await target.attach();
    await beats(attachment, 2);
    await Promise.all([alone, target].map((each) => each.evaluate('void setImmediate(hoardAll)')));
    const endings = await Promise.all([alone.ended, target.ended]);
    assert.equal(endings[1], endings[0]);
    assert.notEqual(endings[0], 0);
    await until(() => attachment.state === 'detached', 'detached');
    assert.match(attachment.endedBecause ?? '', /has ended, or the connection was cut\.$/);
    assert.ok((attachment.snapshot?.memory.heapUsedBytes ?? 0) > 0, 'its last picture stays');
  });

  it('to ever wait, at 100 % CPU, is watched beat by beat and still answers', async () => {
    const { target, attachment, states } = await withAttachment(24);
    await target.evaluate('void burn()');
    await snapshotWhere(attachment, ({ loop }) => (loop.utilization ?? 0) > 0.8);
    const fromMs = attachment.snapshot!.target.uptimeMs;
    let lost = 0;
    attachment.onDidSnapshot(({ dropped }) => (lost += dropped.beats));
    const isOver = ({ target: { uptimeMs } }: Snapshot): boolean => uptimeMs - fromMs > LASTS.burningMs;
    await snapshotWhere(attachment, isOver, 20_000 + LASTS.burningMs);
    assert.equal(lost, 0);
    assert.ok(!states.includes('notAnswering'), states.join());
    assert.match(await target.evaluate<string>('answer()', true), /"bodies":\["\/0","\/1","\/2"\]/);
    await target.evaluate('void quench()');
    const idle = await snapshotWhere(attachment, ({ loop }) => (loop.utilization ?? 1) < 0.5);
    assert.equal(idle.state, 'running');
  }).timeout(60_000 + LASTS.burningMs);

  it('to keep its inspector open ends the attachment; the program goes on as it was', async () => {
    await Promise.all(
      [18, 24].map(async (major) => {
        const target = await startFingerprint(major);
        const before = await fingerprintOf(target);
        const attachment = await target.attach({}, { orphanAfterMs: 1000 });
        await beats(attachment, 2);
        const session = await target.session();
        const closing = `void setTimeout(require('node:inspector').close, 0)`;
        await session.send('Runtime.evaluate', { expression: closing, includeCommandLineAPI: true });
        await until(() => attachment.state === 'detached', 'detached');
        assert.match(attachment.endedBecause ?? '', /has ended, or the connection was cut\.$/);
        await untilSame(target, { ...before, inspector: false });
      }),
    );
  });
});

function silentMs(attachment: Attachment): number {
  return Date.now() - attachment.stateSinceTimeMs;
}
