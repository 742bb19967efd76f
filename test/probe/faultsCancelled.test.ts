import assert from 'node:assert/strict';
import { fingerprintOf, startFingerprint, untilSame } from '../support/fingerprint';
import { HeldProxy } from '../support/heldProxy';
import { snapshotWhere, stopTargets } from '../support/target';

/** A probe that stays is found: it does not go by itself within this time. */
const SAME_WITHIN_MS = 10_000;

describe('an attach that is cancelled', () => {
  const proxies: HeldProxy[] = [];

  afterEach(async () => {
    await stopTargets();
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  });

  it('while the target is silent, after whichever message, leaves nothing behind when that goes on', async () => {
    await Promise.all(
      [18, 24].map(async (major) => {
        const target = await startFingerprint(major);
        const before = await fingerprintOf(target);
        const isSilentAfter = async (messages: number): Promise<boolean> => {
          const proxy = await HeldProxy.to(target.url);
          proxies.push(proxy);
          proxy.holdAfter(messages);
          const { signal, cancel } = cancellable();
          const attaching = target.attach({}, { signal }, proxy.url);
          const silent = await Promise.race([proxy.silent.then(() => true), attaching.then(() => false)]);
          if (!silent) return false;
          cancel();
          proxy.release();
          await assert.rejects(attaching, { name: 'AbortError' }, `after ${messages} messages`);
          await untilSame(target, before, SAME_WITHIN_MS);
          return true;
        };
        let messages = 1;
        while (await isSilentAfter(messages)) messages++;
        assert.ok(messages > 6, `only ${messages} messages`);
      }),
    );
  });

  it('during the first beat of a stopped target ends, and leaves nothing behind when that goes on later', async () => {
    const target = await startFingerprint(24, false, ['--inspect-port=0']);
    const before = await fingerprintOf(target);
    const { signal, cancel } = cancellable();
    const attaching = target.attach(
      {},
      {
        signal,
        onSteps: (steps) => {
          if (steps.some(({ label, state }) => label === 'First beat' && state === 'active')) {
            target.child.kill('SIGSTOP');
            setImmediate(cancel);
          }
        },
      },
    );
    await assert.rejects(attaching, { name: 'AbortError' });
    target.child.kill('SIGCONT');
    await untilSame(target, before, SAME_WITHIN_MS);
    const attachment = await target.attach();
    await snapshotWhere(attachment, ({ state }) => state === 'running');
  });
});

function cancellable(): { signal: AbortSignal; cancel: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, cancel: () => controller.abort() };
}
