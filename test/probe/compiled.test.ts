import { PROBE_KEY } from '../../src/protocol/probe';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { snapshotWhere, stopTargets, Target } from '../support/target';

/** So many that V8 compiles all of it: where it calls Node's own functions wrongly, the process is aborted only then. */
const BEATS = `(() => {
  const { probe } = globalThis[Symbol.for('${PROBE_KEY}')];
  const options = JSON.stringify({ full: false, profile: null, bundled: [] });
  for (let beat = 0; beat < 15000; beat++) probe.drain(options);
})()`;

describe('A target whose V8 has compiled the probe', () => {
  afterEach(stopTargets);

  for (const major of NODE_MAJORS) {
    it(`goes on, Node ${major}`, async () => {
      const target = await Target.start(major, 'steps.cjs', { nodeArgs: ['--no-lazy-feedback-allocation'] });
      const attachment = await target.attach();
      await target.evaluate(BEATS);
      const before = attachment.snapshot?.sequence ?? 0;
      await snapshotWhere(attachment, ({ sequence }) => sequence > before);
    });
  }
});
