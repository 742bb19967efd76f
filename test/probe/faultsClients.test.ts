import assert from 'node:assert/strict';
import { HumanError } from '../../src/base/errors';
import type { Attachment } from '../../src/attachment';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { snapshotWhere, stopTargets, Target } from '../support/target';

const beats = (attachment: Attachment, count: number): Promise<unknown> => {
  const from = attachment.snapshot?.sequence ?? 0;
  return snapshotWhere(attachment, ({ sequence }) => sequence >= from + count);
};

interface CpuProfile {
  profile: { nodes: { callFrame: { functionName: string } }[]; startTime: number; endTime: number; samples: number[] };
}
interface HeapProfile {
  profile: { head: HeapNode };
}
interface HeapNode {
  callFrame: { functionName: string };
  children: HeapNode[];
}

describe('other clients of the same process', () => {
  afterEach(stopTargets);

  it('that are a second Loopscope are told to detach the first, which goes on', async () => {
    await Promise.all(
      [18, 24].map(async (major) => {
        const target = await Target.start(major, 'faults/service.cjs');
        const first = await target.attach();
        await beats(first, 2);
        await assert.rejects(target.attach({ level: 'deep' }), (error: Error) => {
          assert.ok(error instanceof HumanError, error.stack);
          assert.equal(
            error.message,
            'Another Loopscope is attached to this process. Detach it there first, then attach again.',
          );
          return true;
        });
        await beats(first, 2);
        assert.deepEqual([first.state, first.snapshot?.dropped.beats], ['running', 0]);
        await first.detach();
        const second = await target.attach({ level: 'deep' });
        await beats(second, 2);
      }),
    );
  });

  it('that profile or sample the heap are not disturbed by an attach, beats, a change of level and a detach', async () => {
    await Promise.all(
      NODE_MAJORS.map(async (major) => {
        const target = await Target.start(major, 'faults/burning.cjs');
        const other = await target.session();
        await other.send('Profiler.enable');
        await other.send('Profiler.setSamplingInterval', { interval: 5000 });
        await other.send('Profiler.start');
        await other.send('HeapProfiler.enable');
        await other.send('HeapProfiler.startSampling', { samplingInterval: 4096 });
        const begunMs = performance.now();
        const attachment = await target.attach();
        await beats(attachment, 3);
        await attachment.setLevel('deep');
        await beats(attachment, 2);
        await attachment.detach();
        const tookMs = performance.now() - begunMs;
        const heap = await other.send<HeapProfile>('HeapProfiler.getSamplingProfile');
        assert.ok(namesOf(heap.profile.head).includes('keep'), `Node ${major}: the heap is sampled`);
        await other.send('HeapProfiler.stopSampling');
        const cpu = await other.send<CpuProfile>('Profiler.stop');
        const lastedMs = (cpu.profile.endTime - cpu.profile.startTime) / 1000;
        assert.ok(lastedMs >= tookMs, `Node ${major}: ${lastedMs} ms of ${tookMs} ms`);
        assert.ok(
          cpu.profile.nodes.some(({ callFrame }) => callFrame.functionName === 'burn'),
          `Node ${major}`,
        );
        assert.ok(cpu.profile.samples.length > 20, `Node ${major}: ${cpu.profile.samples.length} samples`);
      }),
    );
  });

  it('that have not let the program begin are waited for, then named; when it runs it can be attached to', async () => {
    await Promise.all(
      [20, 24].map(async (major) => {
        const target = await Target.waiting(major, 'faults/service.cjs');
        await assert.rejects(target.attach(), (error: Error) => {
          assert.ok(error instanceof HumanError, error.stack);
          assert.match(error.message, /^The process has not started its program yet; .*\(--inspect-brk\)\. Let it run/);
          return true;
        });
        const client = await target.session();
        await client.send('Runtime.runIfWaitingForDebugger');
        await target.started();
        const attachment = await target.attach();
        await beats(attachment, 2);
        assert.match(await target.evaluate<string>('answer()', true), /"bodies":\["\/0","\/1","\/2"\]/);
      }),
    );
  });
});

function namesOf({ callFrame, children }: HeapNode): string[] {
  return [callFrame.functionName, ...children.flatMap(namesOf)];
}
