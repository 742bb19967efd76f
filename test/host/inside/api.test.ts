import assert from 'node:assert/strict';
import type { LoopscopeApi } from '../../../src/editor/api';
import type { Snapshot } from '../../../src/protocol/snapshot';
import { startTarget, until, type Target } from '../target';
import { extension, fixture, nodePath } from './extension';

describe('The API', () => {
  let api: LoopscopeApi;
  let target: Target;
  const ends: (() => unknown)[] = [];

  before(async () => {
    api = await extension().activate();
    target = await startTarget(fixture('leaky.mjs'), nodePath());
    ends.push(() => target.end());
  });

  after(async () => {
    for (const end of ends.reverse()) await end();
  });

  it('attaches to a process by its pid, and gives a snapshot a beat', async () => {
    const earlier = await target.state();
    assert.equal(api.version, 1);
    const own = await api.attach({ pid: target.pid }, { beatMs: 250 });
    ends.push(() => own.detach());
    const seen: Snapshot[] = [];
    own.onDidSnapshot((snapshot) => seen.push(snapshot));
    await until('four snapshots came', () => seen.length >= 4);
    assert.deepEqual(
      seen.map(({ sequence }) => sequence - seen[0]!.sequence),
      seen.map((_, index) => index),
    );
    assert.equal(own.info.pid, target.pid);
    assert.equal(own.info.name, 'leaky.mjs');
    assert.equal(own.snapshot()?.target.pid, target.pid);
    assert.deepEqual(
      api.attachments.map(({ id }) => id),
      [own.id],
    );

    const leak = await until('the leak is seen at its line', () => {
      const snapshot = own.snapshot()!;
      return snapshot.pending.find(({ site }) => {
        const place = site === null ? undefined : snapshot.sites[site];
        return place?.url.endsWith('/leaky.mjs') && place.line === target.line('leak');
      });
    });
    assert.equal(leak.type, 'Timeout');
    assert.equal(leak.phase, 'timers');

    await own.detach();
    assert.equal(own.state, 'detached');
    assert.deepEqual(api.attachments, []);
    await until('the inspector is closed again', async () => (await target.state()).inspector === null);
    assert.deepEqual(await target.state(), earlier);
  });

  it('refuses what is not there with a sentence', async () => {
    await assert.rejects(api.attach({ pid: 2 ** 22 + 1 }), /Process 4194305 does not exist/);
    await assert.rejects(api.attach({ host: '127.0.0.1', port: 1 }), /\S+ .*\./);
    assert.deepEqual(api.attachments, []);
  });
});
