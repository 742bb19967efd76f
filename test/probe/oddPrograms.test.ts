import assert from 'node:assert/strict';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { lineOf, snapshotWhere, stopTargets, Target } from '../support/target';

/** Two beats later than the last one: whatever was just done is in it. */
const settled = async (attachment: Awaited<ReturnType<Target['attach']>>) => {
  const from = attachment.snapshot?.sequence ?? 0;
  return snapshotWhere(attachment, ({ sequence }) => sequence >= from + 2);
};

for (const major of NODE_MAJORS) {
  describe(`a program with habits of its own, Node ${major}`, () => {
    afterEach(stopTargets);

    it('keeps its accessor for Error.prepareStackTrace', async () => {
      const target = await Target.start(major, 'steps.cjs');
      await target.evaluate(`{
        let mine = (error) => 'MINE ' + error;
        globalThis.calls = 0;
        Object.defineProperty(Error, 'prepareStackTrace', {
          configurable: true, get: () => mine, set: (value) => { globalThis.calls++; mine = value; },
        });
        undefined;
      }`);
      const attachment = await target.attach();
      await target.evaluate('void setTimeout(() => {}, 1e6)');
      await settled(attachment);
      assert.equal(await target.evaluate(`new Error('boom').stack`), 'MINE Error: boom');
      await attachment.detach();
      assert.equal(await target.evaluate('calls'), 0, 'its setter saw a value of ours');
      assert.equal(await target.evaluate(`new Error('boom').stack`), 'MINE Error: boom');
    });

    it('is counted right with a frozen Error, and the note says that places are not known', async () => {
      const target = await Target.start(major, 'steps.cjs');
      await target.evaluate('void Object.freeze(Error)');
      const attachment = await target.attach();
      await target.evaluate('for (let i = 0; i < 5; i++) setTimeout(() => {}, 1e6); undefined');
      const { pendingTotals, notes } = await settled(attachment);
      assert.equal(pendingTotals.timers, 6);
      assert.ok(notes.some((note) => note.includes('Error is frozen')));
    });

    it('has no pending request from synchronous crypto', async () => {
      const target = await Target.start(major, 'steps.cjs');
      const attachment = await target.attach();
      await target.evaluate(`{
        const crypto = require('node:crypto');
        globalThis.hashing = setInterval(() => crypto.pbkdf2Sync('a', 'b', 1, 16, 'sha1'), 5);
        undefined;
      }`);
      await settled(attachment);
      assert.equal((await settled(attachment)).pendingTotals.requests, 0);
    });

    it('shows the sockets that an http agent gives out again, with their place', async () => {
      const target = await Target.start(major, 'steps.cjs');
      const attachment = await target.attach();
      await target.evaluate('requestAgain()', true);
      const { pending, pendingTotals, sites } = await settled(attachment);
      // The server, its side of the connection, and the agent's.
      assert.equal(pendingTotals.handles, 3);
      const lines = pending.filter(({ type }) => type === 'TCPWRAP').map(({ site }) => sites[site ?? -1]?.line);
      assert.ok(lines.includes(lineOf('steps.cjs', 'request')), JSON.stringify(lines));
    });

    it('keeps one interval one, however many ids pass between two of its callbacks', async () => {
      const target = await Target.start(major, 'steps.cjs');
      const attachment = await target.attach();
      await target.evaluate(`{
        let left = 100_000;
        const next = () => { if (--left > 0) process.nextTick(next); };
        globalThis.churn = setInterval(() => { left = 100_000; process.nextTick(next); }, 300);
        undefined;
      }`);
      for (let i = 0; i < 4; i++) await settled(attachment);
      const { pendingTotals, loop } = await settled(attachment);
      assert.equal(pendingTotals.timers, 2);
      assert.ok(loop.timerLateness !== null, 'lateness is measured for timers of old ids too');
    });

    it('attaches in spite of exports and emitters that throw', async () => {
      const target = await Target.start(major, 'steps.cjs');
      await target.evaluate(`{
        const { _cache } = require('node:module');
        const bad = () => { throw new Error('do not look'); };
        _cache.odd = { exports: new Proxy({}, { get: bad, ownKeys: bad, getOwnPropertyDescriptor: bad }) };
        const { EventEmitter } = require('node:events');
        const emitter = new EventEmitter();
        emitter._maxListeners = 10n;
        emitter.on('x', () => {});
        _cache.odd2 = { exports: emitter };
        undefined;
      }`);
      const attachment = await target.attach();
      assert.equal((await settled(attachment)).state, 'running');
    });

    it('can be switched between levels while it beats', async () => {
      const target = await Target.start(major, 'steps.cjs');
      const attachment = await target.attach();
      for (const level of ['observe', 'track', 'observe', 'track'] as const) {
        await attachment.setLevel(level);
        const snapshot = await settled(attachment);
        assert.equal(snapshot.level, level);
        assert.equal(snapshot.pendingTotals.timers, 1);
      }
    });
  });
}
