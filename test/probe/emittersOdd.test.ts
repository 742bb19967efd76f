import assert from 'node:assert/strict';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { snapshotWhere, stopTargets, Target } from '../support/target';

const FIXTURE = 'emitters/odd.cjs';

for (const major of NODE_MAJORS) {
  describe(`emitters with habits of their own, Node ${major}`, () => {
    afterEach(stopTargets);

    it('do and throw as they would without us, while attached and after', async () => {
      const target = await Target.start(major, FIXTURE);
      const before = await target.evaluate<Record<string, string>>('results()');
      const attachment = await target.attach();
      for (let beat = 1; beat <= 3; beat++) {
        assert.deepEqual(await target.evaluate('results()'), before);
        const from = attachment.snapshot?.sequence ?? 0;
        const snapshot = await snapshotWhere(attachment, ({ sequence }) => sequence >= from + 2);
        assert.notEqual(snapshot.state, 'detached');
      }
      await attachment.detach();
      assert.deepEqual(await target.evaluate('results()'), before);
    });

    it('may keep the methods of the time of the attach: they work after it', async () => {
      const target = await Target.start(major, FIXTURE);
      const attachment = await target.attach();
      await target.evaluate('takeMethods()');
      await attachment.detach();
      assert.equal(await target.evaluate('useMethods()'), 2);
    });
  });
}
