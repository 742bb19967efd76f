import assert from 'node:assert/strict';
import type { PhaseName } from '../../src/protocol/snapshot';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { followSpins, hookedBoundMs, sampledBoundMs, startSpins, type Stretch } from '../support/spins';
import { stopTargets } from '../support/target';

const HOOKED: PhaseName[] = ['timers', 'check', 'close', 'poll', 'nextTick'];
const ALL: PhaseName[] = [...HOOKED, 'microtasks'];
function assertHooked(stretch: Stretch): void {
  for (const phase of HOOKED) assertNear(stretch, phase, hookedBoundMs(stretch, phase));
  for (const { phases } of stretch.snapshots) {
    for (const { phase, method } of phases) if (HOOKED.includes(phase)) assert.equal(method, 'hooks');
  }
}

function assertSampled(stretch: Stretch, phases: PhaseName[], intervalMs: number): void {
  for (const phase of phases) assertNear(stretch, phase, sampledBoundMs(stretch, phase, intervalMs));
}

function assertNear({ shownMs, truthMs, slowness }: Stretch, phase: PhaseName, boundMs: number): void {
  const [shown, truth, bound] = [shownMs[phase], truthMs[phase], boundMs].map((ms) => ms.toFixed(1));
  assert.ok(truthMs[phase] > 0, `the program never spun in ${phase}`);
  assert.ok(
    Math.abs(shownMs[phase] - truthMs[phase]) <= boundMs,
    `${phase}: ${shown} ms, not ${truth} ± ${bound} ms; a spin took ${slowness.toFixed(1)} times its time`,
  );
}

/** Waiting + phases + queues + other = window, and other is no negative time. */
function assertAddsUp({ snapshots }: Stretch): void {
  for (const { windowMs, loop, phases } of snapshots) {
    assert.ok(loop.idleMs !== null && loop.activeMs !== null);
    assert.ok(Math.abs(loop.idleMs + loop.activeMs - windowMs) < 1e-6);
    const busyMs = phases.reduce((sum, phase) => sum + (phase.busyMs ?? 0), 0);
    assert.ok(busyMs <= loop.activeMs + 1e-6, `${busyMs} ms in phases, of ${loop.activeMs} ms`);
    assert.ok(phases.every((phase) => (phase.busyMs ?? 0) >= 0));
  }
}

for (const major of NODE_MAJORS) {
  describe(`the time of a program that keeps its own account, Node ${major}`, () => {
    afterEach(stopTargets);

    it('is shown by phase as it was, by hooks and by samples, and the parts of each window add up', async () => {
      const target = await startSpins(major, { spinMs: 20 });
      const hooked = await followSpins(target, { level: 'track', sampling: 'off' }, 1000);
      assertHooked(hooked);
      assertAddsUp(hooked);
      const both = await followSpins(target, { level: 'track', sampling: '10ms' }, 2500);
      assertHooked(both);
      assertSampled(both, ['microtasks'], 10);
      assertAddsUp(both);
      const sampled = await followSpins(target, { level: 'observe', sampling: '1ms', beatMs: 1000 }, 3000);
      assertSampled(sampled, ALL, 1);
      assertAddsUp(sampled);
    });
  });
}
