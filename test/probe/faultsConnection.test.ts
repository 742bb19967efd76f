import assert from 'node:assert/strict';
import type { Attachment } from '../../src/attachment';
import { HumanError } from '../../src/base/errors';
import { fingerprintOf, startFingerprint, untilSame } from '../support/fingerprint';
import { HeldProxy } from '../support/heldProxy';
import { snapshotWhere, stopTargets, Target, until } from '../support/target';

/** A probe that gives its host up soon. */
const SOON = { orphanAfterMs: 1000 };

const beats = (attachment: Attachment, count: number): Promise<unknown> => {
  const from = attachment.snapshot?.sequence ?? 0;
  return snapshotWhere(attachment, ({ sequence }) => sequence >= from + count);
};

describe('a connection that fails', () => {
  const proxies: HeldProxy[] = [];
  const proxyTo = async (target: Target): Promise<HeldProxy> => {
    const proxy = await HeldProxy.to(target.url);
    proxies.push(proxy);
    return proxy;
  };

  afterEach(async () => {
    await stopTargets();
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  });

  it('by falling silent is named, frees the target meanwhile, and goes on by itself', async () => {
    await Promise.all(
      [18, 24].map(async (major) => {
        const target = await startFingerprint(major);
        const before = await fingerprintOf(target);
        const proxy = await proxyTo(target);
        const attachment = await target.attach({}, SOON, proxy.url);
        await beats(attachment, 2);
        proxy.hold();
        await until(() => attachment.state === 'notAnswering', 'not answering');
        await untilSame(target, before);
        assert.equal(attachment.state, 'notAnswering');
        const { sequence } = attachment.snapshot!;
        proxy.release();
        await snapshotWhere(attachment, (snapshot) => snapshot.state === 'running' && snapshot.sequence > sequence + 1);
        assert.deepEqual((await fingerprintOf(target)).asyncHooks, [1, 1, 1, 0], 'the probe is in again');
        await attachment.detach();
        await untilSame(target, before);
      }),
    );
  });

  it('by falling silent for a moment loses no beat', async () => {
    const target = await Target.start(24, 'faults/service.cjs');
    const proxy = await proxyTo(target);
    const attachment = await target.attach({}, {}, proxy.url);
    await beats(attachment, 2);
    proxy.hold();
    await until(() => attachment.state === 'notAnswering', 'not answering');
    proxy.release();
    const after = await snapshotWhere(attachment, ({ state }) => state === 'running');
    assert.equal(after.dropped.beats, 0);
    assert.ok(after.windowMs > 1000, 'the silence is in the window of the beat after it');
  });

  it('by falling silent for good can be detached from, and the target frees itself', async () => {
    const target = await startFingerprint(24);
    const before = await fingerprintOf(target);
    const proxy = await proxyTo(target);
    const attachment = await target.attach({}, SOON, proxy.url);
    proxy.hold();
    await until(() => attachment.state === 'notAnswering', 'not answering');
    await attachment.detach();
    assert.equal(attachment.state, 'detached');
    await untilSame(target, before);
  });

  it('by falling silent for good does not keep the end of the target from being shown when it comes through', async () => {
    const target = await Target.start(24, 'faults/service.cjs');
    const proxy = await proxyTo(target);
    const attachment = await target.attach({}, {}, proxy.url);
    proxy.hold();
    await until(() => attachment.state === 'notAnswering', 'not answering');
    target.child.kill('SIGKILL');
    assert.equal(await target.ended, 'SIGKILL');
    assert.equal(attachment.state, 'notAnswering');
    proxy.release();
    await until(() => attachment.state === 'detached', 'detached');
    assert.match(attachment.endedBecause ?? '', /^service\.cjs \(pid \d+\) has ended, or the connection was cut\.$/);
  });

  it('by passing 1 kB/s is slow and named, but gives pictures, and is fast again when it can', async () => {
    const target = await Target.start(24, 'faults/service.cjs');
    const proxy = await proxyTo(target);
    const attachment = await target.attach({ sampling: 'off' }, {}, proxy.url);
    await beats(attachment, 2);
    const states: string[] = [];
    attachment.onDidChangeState((state) => states.push(state));
    proxy.bytesPerSecond = 1000;
    const slow = await snapshotWhere(attachment, ({ windowMs }) => windowMs > 1000, 40_000);
    assert.ok(states.includes('notAnswering'), states.join());
    assert.equal(slow.dropped.beats, 0);
    proxy.bytesPerSecond = null;
    const fast = await snapshotWhere(attachment, ({ windowMs }) => windowMs < 750);
    assert.deepEqual([fast.state, fast.dropped.beats], ['running', 0]);
  });

  it('in the middle of a frame ends the attachment, keeps its picture, and frees the target', async () => {
    await Promise.all(
      [18, 24].map(async (major) => {
        const target = await startFingerprint(major);
        const before = await fingerprintOf(target);
        const proxy = await proxyTo(target);
        const attachment = await target.attach({}, SOON, proxy.url);
        await beats(attachment, 2);
        // Smaller than any batch, larger than the head of its frame.
        proxy.breakAfter(300);
        await until(() => attachment.state === 'detached', 'detached');
        assert.match(attachment.endedBecause ?? '', /has ended, or the connection was cut\.$/);
        assert.ok((attachment.snapshot?.sequence ?? 0) >= 2);
        await untilSame(target, before);
        const again = await target.attach();
        await beats(again, 2);
      }),
    );
  });

  it('while attaching ends with a sentence, whatever was on its way, and leaves nothing', async () => {
    const target = await startFingerprint(24);
    const before = await fingerprintOf(target);
    // Between the first answer and the last one of an attach there are some 9 kB.
    for (const bytes of [500, 1500, 4000]) {
      const proxy = await proxyTo(target);
      proxy.breakAfter(bytes);
      await assert.rejects(target.attach({}, SOON, proxy.url), (error: Error) => {
        assert.ok(error instanceof HumanError, error.stack);
        assert.match(error.message, /^The connection was cut while attaching: /);
        return true;
      });
    }
    await untilSame(target, before);
    await beats(await target.attach(), 2);
  });
});
