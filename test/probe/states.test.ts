import assert from 'node:assert/strict';
import type { Attachment } from '../../src/attachment';
import { LASTS } from '../support/lasts';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { fixturePath, lineOf, snapshotWhere, stopTargets, Target, until } from '../support/target';

const beats = (attachment: Attachment, count: number): Promise<unknown> => {
  const from = attachment.snapshot?.sequence ?? 0;
  return snapshotWhere(attachment, ({ sequence }) => sequence >= from + count);
};

for (const major of NODE_MAJORS) {
  describe(`an attachment to Node ${major}`, () => {
    afterEach(stopTargets);

    it('is answered while a synchronous loop runs for 3 s, and names the callback and its line', async () => {
      const target = await Target.start(major, 'steps.cjs');
      const attachment = await target.attach();
      await target.evaluate('void loopFor(3000)');
      const blocked = await snapshotWhere(attachment, ({ state }) => state === 'blocked');
      assert.equal(blocked.openCallback?.phase, 'timers');
      assert.ok(blocked.openCallback.sinceMs < 3000, 'the beat was answered before the loop ended');
      const site = blocked.sites[blocked.openCallback.site ?? -1];
      assert.equal(site?.function, 'spin');
      assert.equal(site.line, lineOf('steps.cjs', 'spin'));
      assert.ok(site.url.endsWith(fixturePath('steps.cjs')));
      const after = await snapshotWhere(attachment, ({ state }) => state === 'running');
      assert.equal(after.openCallback, null);
    });

    it('names the nextTick callback that blocks, not the timer before it', async () => {
      const target = await Target.start(major, 'steps.cjs');
      const attachment = await target.attach();
      await target.evaluate('void tickFor(2500)');
      const { openCallback, sites } = await snapshotWhere(
        attachment,
        (snapshot) => snapshot.openCallback?.phase === 'nextTick' && snapshot.openCallback.site !== null,
      );
      assert.equal(sites[openCallback?.site ?? -1]?.line, lineOf('steps.cjs', 'guilty'));
    });

    it('is answered while another client has it paused, says paused, and goes on with it', async () => {
      const target = await Target.start(major, 'steps.cjs');
      const attachment = await target.attach();
      await beats(attachment, 2);
      const debuggerSession = await target.session();
      await debuggerSession.send('Debugger.enable');
      await debuggerSession.send('Debugger.pause');
      const paused = await snapshotWhere(attachment, ({ state }) => state === 'paused');
      await snapshotWhere(attachment, ({ state, sequence }) => state === 'paused' && sequence >= paused.sequence + 2);
      assert.equal(paused.pendingTotals.timers, 1, 'what is pending is read while it is paused');
      await debuggerSession.send('Debugger.resume');
      await debuggerSession.send('Debugger.disable');
      await snapshotWhere(attachment, ({ state }) => state === 'running');
    });

    it('says not answering while the target sits in execSync, loses no beat, and recovers', async () => {
      const target = await Target.start(major, 'steps.cjs');
      const attachment = await target.attach();
      const states: string[] = [];
      attachment.onDidChangeState((state) => states.push(state));
      await target.begin(`void sleepFor(${LASTS.execSyncMs})`);
      await until(() => attachment.state === 'notAnswering', 'not answering');
      assert.equal(attachment.snapshot?.state, 'notAnswering');
      const after = await snapshotWhere(attachment, ({ state }) => state === 'running');
      assert.equal(after.dropped.beats, 0);
      assert.equal(states[0], 'notAnswering');
    });
  });
}
