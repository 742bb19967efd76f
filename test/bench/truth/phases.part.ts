import type { PhaseName } from '../../../src/protocol/snapshot';
import { followSpins, startSpins, type Stretch } from '../../support/spins';
import { traced, type Traced } from './nodeTracing';
import { row, type Row } from './row';

export const title = 'Busy time by phase';

const HOOKED: PhaseName[] = ['timers', 'check', 'close', 'poll', 'nextTick'];
const LONG_MS = 10_000;
const SPIN_MS = 20;

/**
 * A program that spins in every phase and keeps its own account: by hooks and by Node's tracing at the same time, then by
 * samples alone. Node's tracing counts what the queues run after a timer or an immediate to that.
 */
export async function rows(major: number): Promise<Row[]> {
  const target = await startSpins(major, { spinMs: SPIN_MS });
  try {
    const session = await target.session();
    const { result: hooked, sums } = await traced(session, () =>
      followSpins(target, { level: 'track', sampling: '10ms', beatMs: 1000 }, LONG_MS),
    );
    const sampled = await followSpins(target, { level: 'observe', sampling: '10ms', beatMs: 1000 }, LONG_MS);
    const short = await followSpins(target, { level: 'observe', sampling: '10ms', beatMs: 250 }, LONG_MS);
    return [
      spinRow(hooked),
      ...HOOKED.map((phase) => hookedRow(hooked, phase)),
      ...tracedRows(hooked, sums(hooked.fromMs, hooked.untilMs)),
      sampledRow(hooked, 'microtasks', 'samples beside hooks'),
      ...[...HOOKED, 'microtasks' as const].map((phase) => sampledRow(sampled, phase, 'samples')),
      waitingRow(hooked, 'track, beats of 1 s'),
      waitingRow(sampled, 'observe, beats of 1 s'),
      waitingRow(short, 'observe, beats of 250 ms'),
      ...[hooked, sampled, short].map((stretch, index) => excessRow(stretch, index)),
    ];
  } finally {
    await target.stop();
  }
}

/** Where this is not held, others use the processors too, and no other figure here can be trusted. */
function spinRow({ slowness }: Stretch): Row {
  const bound = { share: 0.2 };
  return row({ figure: 'a spin', unit: 'ms', truth: SPIN_MS, measured: SPIN_MS * slowness, method: 'account', bound });
}

function hookedRow({ truthMs, shownMs }: Stretch, phase: PhaseName): Row {
  const [truth, measured] = [truthMs[phase], shownMs[phase]];
  return row({ figure: `${phase}, hooks`, unit: 'ms', truth, measured, method: 'hooks', bound: { share: 0.02 } });
}

function tracedRows({ placesMs }: Stretch, { RunTimers, CheckImmediate }: Traced): Row[] {
  const sum = (places: RegExp): number =>
    Object.entries(placesMs).reduce((total, [place, ms]) => total + (places.test(place) ? ms : 0), 0);
  const common = { unit: 'ms', method: 'NodeTracing', bound: { share: 0.03 } };
  const timers = sum(/^timers|^nextTick|^microtasks: (queued|then|between timers|after a tick)/);
  const check = sum(/^check|^microtasks: between immediates/);
  return [
    row({ ...common, figure: 'RunTimers: timers, and queues after each', truth: timers, measured: RunTimers }),
    row({
      ...common,
      figure: 'CheckImmediate: immediates, and queues after each',
      truth: check,
      measured: CheckImmediate,
    }),
  ];
}

function sampledRow({ truthMs, shownMs, windowMs }: Stretch, phase: PhaseName, how: string): Row {
  const share = (ms: number): number => (100 * ms) / windowMs;
  const [truth, measured] = [share(truthMs[phase]), share(shownMs[phase])];
  return row({ figure: `${phase}, ${how}`, unit: '%', truth, measured, method: 'sampled', bound: { by: 3 } });
}

/** The account knows what was busy; Node itself needs a point or so more, so that waiting is a little less than the rest. */
function waitingRow({ truthMs, windowMs, idleMs }: Stretch, how: string): Row {
  const busyMs = Object.values(truthMs).reduce((total, ms) => total + ms, 0);
  const [truth, measured] = [100 * (1 - busyMs / windowMs), (100 * idleMs) / windowMs];
  return row({ figure: `waiting, ${how}`, unit: '%', truth, measured, method: 'sampled', bound: { by: 4 } });
}

/** Waiting + phases + queues may not be more than the window: what they leave is other. */
function excessRow({ snapshots }: Stretch, index: number): Row {
  const excess = snapshots.map(({ loop, phases, windowMs }) => {
    const sumMs = phases.reduce((total, { busyMs }) => total + (busyMs ?? 0), loop.idleMs ?? NaN);
    return 100 * Math.max(0, sumMs / windowMs - 1);
  });
  const how = ['track', 'observe', 'observe, beats of 250 ms'][index] ?? '';
  const measured = Math.max(...excess);
  return row({
    figure: `parts beyond the window, ${how}`,
    unit: '%',
    truth: 0,
    measured,
    method: '',
    bound: { by: 1 },
  });
}
