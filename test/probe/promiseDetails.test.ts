import assert from 'node:assert/strict';
import { callOn, evaluate } from '../../src/target/evaluate';
import { readPromiseDetails } from '../../src/target/internals';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { stopTargets, Target } from '../support/target';

const ASK = `function () {
  globalThis.rejected = Promise.reject(8);
  setImmediate(() => rejected.catch(() => {}));
  return JSON.stringify([new Promise(() => {}), Promise.resolve(7), rejected, {}].map((each) => this(each) ?? null));
}`;

describe('the state of a promise is read from the target', () => {
  afterEach(stopTargets);

  for (const major of NODE_MAJORS) {
    it(`on Node ${major}: pending is 0`, async () => {
      const target = await Target.start(major, 'steps.cjs');
      const session = await target.session();
      const inspect = await evaluate(session, `require('node:util').inspect`, { objectGroup: 'test' });
      const { getPromiseDetails } = await readPromiseDetails(session, inspect);
      assert.ok(getPromiseDetails);
      const { value } = await callOn(session, getPromiseDetails, ASK, [], 'test');
      assert.deepEqual(JSON.parse(String(value)), [[0], [1, 7], [2, 8], null]);
    });
  }
});
