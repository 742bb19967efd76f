import assert from 'node:assert/strict';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { snapshotWhere, stopTargets, Target } from '../support/target';

const REQUESTS = 10;
const SPIN_MS = 20;

for (const major of NODE_MAJORS) {
  describe(`a connection that was there before the attach, Node ${major}`, () => {
    afterEach(stopTargets);

    it('has the time of its requests in poll, also when more ids passed than are remembered', async () => {
      const target = await Target.start(major, 'keptAlive.cjs');
      const attachment = await target.attach({ sampling: 'off' });
      let pollMs = 0;
      attachment.onDidSnapshot(({ phases }) => {
        pollMs += phases.find(({ phase }) => phase === 'poll')?.busyMs ?? 0;
      });
      for (let round = 1; round <= 2; round++) {
        await target.evaluate(`requests(${REQUESTS})`, true);
        const from = attachment.snapshot?.sequence ?? 0;
        await snapshotWhere(attachment, ({ sequence }) => sequence >= from + 2);
        assert.ok(pollMs >= round * REQUESTS * SPIN_MS, `${pollMs} ms in poll after ${round * REQUESTS} requests`);
        await target.evaluate('for (let i = 0; i < 70_000; i++) process.nextTick(() => {}); undefined');
      }
    });
  });
}
