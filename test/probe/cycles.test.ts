import assert from 'node:assert/strict';
import { fingerprintOf, startFingerprint } from '../support/fingerprint';
import { stopTargets } from '../support/target';

const CYCLES = 30;
/** Some kB a cycle stay, such as the texts that were evaluated (3 on Node 18 and 24); a probe that stays has some 300. */
const GROWTH_BYTES = 1_000_000;
const HEAP = `(() => {
  for (let time = 0; time < 4; time++) gc();
  return process.memoryUsage().heapUsed;
})()`;

describe('after many attaches and detaches', () => {
  afterEach(stopTargets);

  it(`${CYCLES} of them, at every level, a process is as it was: hooks, methods, globals, handles, heap`, async () => {
    await Promise.all(
      [18, 24].map(async (major) => {
        const target = await startFingerprint(major, true, ['--expose-gc']);
        const cycle = async (at: number): Promise<void> => {
          const level = (['track', 'deep', 'observe'] as const)[at % 3] ?? 'track';
          const attachment = await target.attach({ level });
          await attachment.detach();
          assert.match(attachment.endedBecause ?? '', /The probe is out again\.$/);
        };
        const before = await fingerprintOf(target);
        for (let at = 0; at < 6; at++) await cycle(at);
        const heapBytes = await target.evaluate<number>(HEAP);
        for (let at = 0; at < CYCLES; at++) await cycle(at);
        const grownBytes = (await target.evaluate<number>(HEAP)) - heapBytes;
        assert.deepEqual(await fingerprintOf(target), before);
        assert.ok(grownBytes < GROWTH_BYTES, `Node ${major}: the heap has grown by ${grownBytes} bytes`);
      }),
    );
  });
});
