import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { HeapNode } from '../../src/target/heapProfiles';
import { connect } from '../../src/target/session';
import { temporaryFolder } from '../support/recordings';
import { snapshotWhere, stopTargets, Target, until } from '../support/target';

const FIXTURE = 'profiled.cjs';
const never = new AbortController().signal;
const forMs = (ms: number) => (signal: AbortSignal) => delay(ms, undefined, { signal });

/** Whether it is code of the fixture: V8 may have made one function of `burn` and its caller. */
const isIts = (url: string | undefined): boolean => url?.endsWith(FIXTURE) === true;

function nodesOf(node: HeapNode): HeapNode[] {
  return [node, ...node.children.flatMap(nodesOf)];
}

/** Whether a sampler of allocations runs in the target, whosever it is. */
async function isSampled(target: Target): Promise<boolean> {
  // One that stayed open would keep the target from exiting.
  const session = await connect(target.url);
  const isSampling = await session.send('HeapProfiler.getSamplingProfile').then(
    () => true,
    () => false,
  );
  await session.close();
  return isSampling;
}

for (const major of [20, 24]) {
  describe(`Profiles on Node ${major}`, () => {
    const folder = temporaryFolder();
    after(() => folder.remove());
    afterEach(stopTargets);

    it('of the CPU show what ran, and disturb neither the rolling samples nor another client', async () => {
      const target = await Target.start(major, FIXTURE);
      const other = await target.session();
      await other.send('Profiler.enable');
      await other.send('Profiler.start');
      const attachment = await target.attach();
      const isSampledHot = (): Promise<unknown> => {
        const { sequence = 0 } = attachment.snapshot ?? {};
        return snapshotWhere(attachment, (snapshot) => {
          const hot = snapshot.hot?.some(({ site, selfMs }) => selfMs > 0 && isIts(snapshot.sites[site]?.url));
          return snapshot.sequence > sequence + 3 && hot === true;
        });
      };
      await isSampledHot();
      const profile = await attachment.profiles.cpu(forMs(600), never);
      const own = new Set(profile.nodes.filter(({ callFrame }) => isIts(callFrame.url)).map(({ id }) => id));
      const samples = (profile.samples ?? []).filter((id) => own.has(id)).length;
      assert.ok(samples > 5, `${samples} samples in it of ${profile.samples?.length}`);
      await isSampledHot();
      const { profile: others } = await other.send<{ profile: { samples: number[] } }>('Profiler.stop');
      assert.ok(others.samples.length > 0);
    });

    it('of allocations show who allocated what is held, and are refused while somebody else samples', async () => {
      const target = await Target.start(major, FIXTURE);
      const attachment = await target.attach();
      const profile = await attachment.profiles.allocations(forMs(800), never);
      const hold = nodesOf(profile.head).find(({ callFrame }) => callFrame.functionName === 'hold');
      assert.ok(hold && hold.selfSize > 0);
      assert.ok(isIts(hold.callFrame.url));
      assert.equal(await isSampled(target), false);
      const other = await target.session();
      await other.send('HeapProfiler.enable');
      await other.send('HeapProfiler.startSampling');
      await assert.rejects(attachment.profiles.allocations(forMs(0), never), /Somebody samples the allocations/);
      await other.send('HeapProfiler.stopSampling');
    });

    // What follows is about files and connections of ours.
    if (major !== 24) return;

    it('as a heap snapshot are a whole file, with what is in the heap', async () => {
      const target = await Target.start(major, FIXTURE);
      const attachment = await target.attach();
      const file = folder.file('a.heapsnapshot');
      let share = 0;
      const bytes = await attachment.profiles.heapSnapshot(file, (progress) => (share = progress.share), never);
      const text = readFileSync(file, 'utf8');
      assert.equal(Buffer.byteLength(text), bytes);
      const { snapshot, strings } = JSON.parse(text) as { snapshot: { node_count: number }; strings: string[] };
      assert.ok(snapshot.node_count > 1000);
      assert.ok(strings.includes('hold'));
      assert.equal(share, 1);
      await snapshotWhere(attachment, ({ state }) => state === 'running');
    });

    it('that are given up leave no file, and nothing in the target; it is detached, and exits, as ever', async () => {
      const target = await Target.start(major, FIXTURE);
      const attachment = await target.attach();
      const controller = new AbortController();
      const giveUp = new Error('given up');
      const both = [
        attachment.profiles.cpu(forMs(60_000), controller.signal),
        attachment.profiles.allocations(forMs(60_000), controller.signal),
      ].map((each) => assert.rejects(each, giveUp));
      await until(() => isSampled(target), 'allocations are sampled');
      controller.abort(giveUp);
      await Promise.all(both);
      await until(async () => !(await isSampled(target)), 'allocations are not sampled any more');

      const file = folder.file('b.heapsnapshot');
      const second = new AbortController();
      const snapshot = attachment.profiles.heapSnapshot(file, () => second.abort(giveUp), second.signal);
      await assert.rejects(snapshot, giveUp);
      assert.ok(!existsSync(file));
      assert.ok(readdirSync(path.dirname(file)).every((name) => !name.endsWith('.part')));

      const ended = assert.rejects(attachment.profiles.cpu(forMs(60_000), never), /has ended, or was detached/);
      await target.until('true');
      await attachment.detach();
      await ended;
      await target.evaluate("setImmediate(() => process.exit(3)), 'exits'");
      assert.equal(await target.ended, 3);
    });
  });
}

describe('A profile of a worker thread', () => {
  afterEach(stopTargets);

  it('is of that thread, and ends with it', async () => {
    const target = await Target.start(20, 'workers.cjs');
    const attachment = await target.attach();
    await until(() => attachment.threads.running.length === 1, 'the worker is listed');
    const worker = await attachment.threads.attach(attachment.threads.running[0]!.threadId);
    const profile = await worker.profiles.cpu(async (signal) => {
      await target.evaluate(`tell('first', 'block')`);
      await forMs(1000)(signal);
    }, never);
    const names = profile.nodes.map(({ callFrame }) => callFrame.functionName);
    assert.ok(names.includes('waits'), names.join(' '));
    const ended = assert.rejects(worker.profiles.cpu(forMs(60_000), never), /has ended/);
    await target.evaluate(`tell('first', 'exit')`);
    await ended;
  });
});

describe('A profile of a program that exits', () => {
  afterEach(stopTargets);

  it('does not keep it from exiting, and says that it has ended', async () => {
    const target = await Target.start(24, FIXTURE);
    const attachment = await target.attach();
    const profile = assert.rejects(attachment.profiles.cpu(forMs(60_000), never), /has ended/);
    await target.evaluate("setTimeout(() => process.exit(3), 300), 'exits'");
    assert.equal(await target.ended, 3);
    await profile;
  });
});
