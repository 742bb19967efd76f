import assert from 'node:assert/strict';
import { callOn, evaluate, type RemoteObject } from '../../src/target/evaluate';
import { INTERNALS_OF, scopesOf } from '../../src/target/internals';
import type { Session } from '../../src/target/session';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { stopTargets, Target } from '../support/target';

const NAMES = ['asyncWrap', 'getPromiseDetails', 'immediateQueue', 'now', 'timerListMap', 'timers'];

const NAMES_OF = `function () { return Object.keys((${INTERNALS_OF})(this)).sort() + ''; }`;

const PROMISES = `function () {
  const { getPromiseDetails } = (${INTERNALS_OF})(this);
  const rejected = Promise.reject(8);
  setImmediate(() => rejected.catch(() => {}));
  return JSON.stringify([new Promise(() => {}), Promise.resolve(7), rejected, {}].map((each) => getPromiseDetails(each) ?? null));
}`;

async function scopesIn(session: Session, expression: string): Promise<RemoteObject | undefined> {
  return scopesOf(session, await evaluate(session, expression, { objectGroup: 'test' }));
}

describe("the inside of Node's modules is read from the target", () => {
  afterEach(stopTargets);

  for (const major of NODE_MAJORS) {
    it(`on Node ${major}: all that the probe asks for, and a promise that is pending has state 0`, async () => {
      const target = await Target.start(major, 'steps.cjs');
      const session = await target.session();
      const scopes = await scopesIn(session, `require('node:async_hooks').executionAsyncId`);
      assert.ok(scopes);
      const { value: names } = await callOn(session, scopes, NAMES_OF, []);
      assert.equal(names, NAMES.join());
      const { value } = await callOn(session, scopes, PROMISES, [], 'test');
      assert.deepEqual(JSON.parse(String(value)), [[0], [1, 7], [2, 8], null]);
    });
  }

  it('a function of the program in its place gives nothing', async () => {
    const target = await Target.start(24, 'steps.cjs');
    const session = await target.session();
    for (const fake of [
      '() => 1',
      `(() => { const require = (name) => process.mainModule.require(name); return () => require; })()`,
    ]) {
      const scopes = (await scopesIn(session, fake)) ?? (await evaluate(session, '({})', { objectGroup: 'test' }));
      const { value } = await callOn(session, scopes, NAMES_OF, []);
      assert.equal(value, '');
    }
  });
});

describe('What was looked at to install the probe', () => {
  afterEach(stopTargets);

  for (const major of NODE_MAJORS) {
    it(`is let go, Node ${major}`, async () => {
      const target = await Target.start(major, 'steps.cjs', { nodeArgs: ['--expose-gc'] });
      // Of the scopes of a function the last one has what scripts have declared at their top.
      await target.evaluate('let declared = {}; globalThis.witness = new WeakRef(declared); 0');
      const attachment = await target.attach();
      await target.evaluate('declared = null; 0');
      await target.until('gc() ?? witness.deref() === undefined');
      assert.equal(attachment.state, 'running');
    });
  }
});
