import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { ProbeOptions } from '../../src/protocol/probe';
import { LEVELS } from '../../src/protocol/snapshot';
import { callOn, evaluate, type RemoteObject } from '../../src/target/evaluate';
import { Injection } from '../../src/target/injection';
import { Scripts } from '../../src/target/scripts';
import { Workers } from '../../src/target/workers';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { root } from '../support/paths.mjs';
import { fingerprintOf, startFingerprint } from '../support/fingerprint';
import { endGroup, spawnGroup } from '../support/processes.mjs';
import { snapshotWhere, stopTargets, until, type Target } from '../support/target';

const OPTIONS_OF_PROBE: ProbeOptions = {
  level: 'track',
  threadId: 1,
  orphanAfterMs: 2000,
  closeInspector: false,
  maxResources: 1000,
  stacksPerSecond: 100,
  includePackages: false,
};

async function instancesOf(target: Target, prototype: string): Promise<number> {
  const session = await target.session();
  const prototypeObjectId = (await evaluate(session, prototype)).objectId;
  const { objects } = await session.send<{ objects: RemoteObject }>('Runtime.queryObjects', { prototypeObjectId });
  return Number((await callOn(session, objects, 'function () { return this.length; }', [])).value);
}

describe('after the detach a process is as it was', () => {
  afterEach(stopTargets);

  for (const major of NODE_MAJORS) {
    it(`on Node ${major}: globals, methods of emitters and targets, listeners, resources, Error settings, async and promise hooks`, async () => {
      const target = await startFingerprint(major, true);
      const before = await fingerprintOf(target);
      for (const level of LEVELS) {
        const attachment = await target.attach({ level });
        const { notes, promises } = await snapshotWhere(attachment, ({ sequence }) => sequence >= 3);
        assert.doesNotMatch(notes.join(' '), /could not be|cannot be followed/, 'all of it works on this version');
        assert.equal(promises !== null, level === 'deep');
        const during = await fingerprintOf(target);
        assert.deepEqual(during.asyncHooks, level === 'observe' ? [0, 0, 0, 0] : [1, 1, 1, 0]);
        if (level === 'observe') assert.deepEqual(during.prototypes, before.prototypes);
        else assert.notDeepEqual(during.prototypes, before.prototypes, 'a wrapped method would be seen');
        const [, ...rest] = before.promiseHooks ?? [];
        const hooks = before.promiseHooks && (level === 'deep' ? ['function', ...rest] : before.promiseHooks);
        assert.deepEqual(during.promiseHooks, hooks, 'promises are not tracked below level deep');
        assert.deepEqual(during.resources, before.resources, 'no timer or handle of ours is in the target');
        await attachment.detach();
        assert.equal(attachment.state, 'detached');
        assert.match(
          attachment.endedBecause ?? '',
          /^Detached from fingerprint\.cjs \(pid \d+\)\. The probe is out again\.$/,
        );
        assert.deepEqual(await fingerprintOf(target), before);
      }
    });
  }

  it('has no GC profiler left from any beat: a stopped one slows each collection, also after the detach', async () => {
    const target = await startFingerprint(24, true);
    const attachment = await target.attach();
    await snapshotWhere(attachment, ({ sequence }) => sequence >= 5);
    assert.equal(await instancesOf(target, `require('node:v8').GCProfiler.prototype`), 0);
    await target.evaluate(`globalThis.one = new (require('node:v8').GCProfiler)(); undefined`);
    assert.equal(await instancesOf(target, `require('node:v8').GCProfiler.prototype`), 1, 'one would be seen');
  });

  for (const major of NODE_MAJORS) {
    it(`on Node ${major}: a worker thread too, after levels track and deep`, async () => {
      const target = await startFingerprint(major, true, [], ['worker']);
      const before = await fingerprintOf(target);
      const attachment = await target.attach();
      await until(() => attachment.threads.running.length === 1, 'the worker is listed');
      assert.deepEqual(await fingerprintOf(target), before, 'nothing is put into a thread that is only listed');
      const worker = await attachment.threads.attach(1);
      for (const level of ['track', 'deep'] as const) {
        await worker.setLevel(level);
        await snapshotWhere(worker, (snapshot) => snapshot.level === level && snapshot.pendingTotals.timers === 1);
        const during = await fingerprintOf(target);
        assert.deepEqual(during.asyncHooks, [1, 1, 1, 0]);
        assert.notDeepEqual(during.prototypes, before.prototypes, 'a wrapped method would be seen');
        if (before.promiseHooks) assert.equal(during.promiseHooks?.[0] === 'function', level === 'deep');
        assert.deepEqual(during.resources, before.resources, 'no timer or handle of ours is in the thread');
      }
      await attachment.detach();
      assert.equal(worker.state, 'detached');
      assert.match(
        worker.endedBecause ?? '',
        /^Detached from worker 1 of fingerprint\.cjs \(pid \d+\)\. The probe is out/,
      );
      assert.deepEqual(await fingerprintOf(target), before);
    });
  }

  it('a worker thread too, when the main thread sits in execSync at the detach', async () => {
    const target = await startFingerprint(24, true, [], ['worker']);
    const before = await fingerprintOf(target);
    const attachment = await target.attach();
    await until(() => attachment.threads.running.length === 1, 'the worker is listed');
    const worker = await attachment.threads.attach(1);
    await target.begin(`{
      const { execSync } = require('node:child_process');
      void setTimeout(() => execSync('sleep 4'), 50);
    }`);
    await until(() => worker.state === 'notAnswering' && attachment.state === 'notAnswering', 'not answering');
    await attachment.detach();
    assert.deepEqual(await fingerprintOf(target), before);
    const again = await target.attach();
    await again.detach();
  });

  it('keeps the promise hooks that the program itself needs, on Node 20', async () => {
    const target = await startFingerprint(20, true);
    await target.evaluate(
      `globalThis.storage = new (require('node:async_hooks').AsyncLocalStorage)(); void storage.enterWith('mine')`,
    );
    const before = await fingerprintOf(target);
    assert.ok(before.promiseHooks?.includes('function'), 'AsyncLocalStorage uses promise hooks there');
    const attachment = await target.attach();
    const kept = await target.evaluate<string>(
      `storage.run('inside', async () => { await null; await new Promise((r) => setTimeout(r, 5)); return storage.getStore(); })`,
      true,
    );
    assert.equal(kept, 'inside');
    await attachment.detach();
    assert.deepEqual(await fingerprintOf(target), before);
  });

  it('closes the inspector that it opened, and only then', async () => {
    const target = await startFingerprint(24, false);
    const before = await fingerprintOf(target);
    assert.equal(before.inspector, false);
    const attachment = await target.attach();
    assert.equal((await fingerprintOf(target)).inspector, true);
    await attachment.detach();
    await until(async () => !(await fingerprintOf(target)).inspector, 'the inspector is closed');
    assert.deepEqual(await fingerprintOf(target), before);
  });

  it('leaves a method alone that the program has wrapped meanwhile, and says so', async () => {
    const target = await startFingerprint(24, true);
    const attachment = await target.attach();
    await target.evaluate(`{
      const proto = require('node:events').prototype, on = proto.on;
      proto.on = function wrapped(...args) { return on.apply(this, args); };
    }`);
    await attachment.detach();
    assert.match(attachment.endedBecause ?? '', /has wrapped EventEmitter\.prototype\.on meanwhile/);
    const name = await target.evaluate<string>(`require('node:events').prototype.on.name`);
    assert.equal(name, 'wrapped');
  });
});

describe('after the host was killed with SIGKILL a process is as it was', () => {
  afterEach(stopTargets);

  it('on every Node version, within 40 s: hooks off, methods restored, the inspector that was opened closed', async () => {
    // One after the other they would all want port 9229: opened by pid on one, by address on the others.
    await Promise.all(
      NODE_MAJORS.map(async (major) => {
        const opened = major === 24;
        const target = await startFingerprint(major, !opened);
        const before = await fingerprintOf(target);
        const address = opened ? ['--pid', String(target.pid)] : ['--port', new URL(target.url).port];
        const host = spawnGroup(process.execPath, [join(root, 'dist', 'headless.js'), ...address, '--beats', '1000'], {
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        try {
          const lines = createInterface({ input: host.stdout })[Symbol.asyncIterator]();
          for (let i = 0; i < 2; i++) assert.equal((await lines.next()).done, false, 'the host gives snapshots');
          assert.deepEqual((await fingerprintOf(target)).asyncHooks, [1, 1, 1, 0]);
        } finally {
          host.kill('SIGKILL');
          await endGroup(host, 0);
        }
        await until(async () => (await fingerprintOf(target)).asyncHooks[0] === 0, `Node ${major} is free`, 45_000);
        assert.deepEqual(await fingerprintOf(target), before);
      }),
    );
  });

  it('also in a worker thread, on every Node version', async () => {
    const source = await readFile(join(root, 'dist', 'probe.js'), 'utf8');
    await Promise.all(
      NODE_MAJORS.map(async (major) => {
        const target = await startFingerprint(major, true, [], ['worker']);
        const before = await fingerprintOf(target);
        const session = await target.session();
        const workers = new Workers(session, () => undefined);
        await workers.start();
        await until(() => workers.all.length === 1, 'the worker is listed');
        const worker = workers.all[0]!.connect();
        await Injection.install(worker, new Scripts(worker, () => 0), source, OPTIONS_OF_PROBE);
        assert.deepEqual((await fingerprintOf(target)).asyncHooks, [1, 1, 1, 0]);
        // Nobody takes it out: for the target its host is gone.
        await session.close();
        await until(async () => (await fingerprintOf(target)).asyncHooks[0] === 0, `Node ${major} is free`);
        assert.deepEqual(await fingerprintOf(target), before);
      }),
    );
  });
});
