import type { PendingGroup, PhaseName, Snapshot } from '../../../src/protocol/snapshot';
import { lineOf, snapshotWhere } from '../../support/target';
import { rowsOf, type Case } from './cases';
import { beforeAttach, nextBeat, watching, whileHeld, type Held, type Watched } from './held';
import { row, type Bound, type Row } from './row';

export const title = 'Lateness, longest callbacks and ages';

const BOUND: Bound = { by: 1, share: 0.02 };
const LATE_TIMERS = 25;
const TRIES = 8;
const LATE_MS = [0, 60, 235];
const LONGEST_MS: [PhaseName, number][] = [
  ['timers', 45],
  ['check', 120],
  ['poll', 70],
  ['close', 85],
  ['nextTick', 110],
];

/** All snapshots from the start of `act` to two beats after its end, and what it answered. */
async function during<T>({ attachment }: Watched, act: () => Promise<T>): Promise<{ truth: T; snapshots: Snapshot[] }> {
  const snapshots: Snapshot[] = [];
  await nextBeat(attachment);
  const following = attachment.onDidSnapshot((snapshot) => snapshots.push(snapshot));
  const truth = await act();
  await nextBeat(attachment);
  following.dispose();
  return { truth, snapshots };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

/** The figures of the window in which the timers ran: one right after the other, so that a beat rarely comes between. */
async function latenessRow(watched: Watched, ms: number, figure: 'maxMs' | 'p50Ms'): Promise<Row> {
  const { truth, snapshots } = await during(watched, () =>
    watched.target.evaluate<number[]>(`late(${LATE_TIMERS}, ${ms})`, true),
  );
  const latest = snapshots
    .map(({ loop }) => loop.timerLateness)
    .reduce((a, b) => ((b?.count ?? 0) > (a?.count ?? 0) ? b : a), null);
  return row({
    figure: `lateness of timers by a busy loop of ${10 + ms} ms, ${figure === 'maxMs' ? 'greatest' : 'median'}`,
    unit: 'ms',
    truth: figure === 'maxMs' ? Math.max(...truth) : median(truth),
    measured: latest?.[figure] ?? null,
    method: 'hooks',
    bound: BOUND,
  });
}

async function longestRow(watched: Watched, wanted: PhaseName, ms: number, of: string = wanted): Promise<Row> {
  const { truth, snapshots } = await during(watched, () =>
    watched.target.evaluate<number>(`long('${of}', ${ms})`, true),
  );
  const longest = snapshots.map(({ phases }) => phases.find(({ phase }) => phase === wanted)?.longestMs ?? 0);
  return row({
    figure: `longest callback, ${of}`,
    unit: 'ms',
    truth,
    measured: Math.max(...longest),
    method: 'hooks',
    bound: BOUND,
  });
}

interface Account {
  bornMs: Record<string, [beforeMs: number, afterMs: number]>;
  /** Start of the callback that is held. */
  heldMs: number;
}

function groupOf({ pending, sites }: Snapshot, what: string): PendingGroup | undefined {
  const line = lineOf('truth/ages.cjs', what);
  return pending.find(({ site }) => site !== null && sites[site]?.line === line);
}

function ageRow(what: string, { truth, snapshot }: Held<Account>): Row {
  const beatMs = truth.heldMs + (snapshot.openCallback?.sinceMs ?? NaN);
  const measured = groupOf(snapshot, what)?.oldestMs ?? null;
  const [beforeMs, afterMs] = truth.bornMs[what] ?? [NaN, NaN];
  const ageAt = (ms: number): number => beatMs - ms;
  return row({
    figure: `age, ${what}`,
    unit: 'ms',
    // It was made some time between these.
    truth: Math.min(Math.max(measured ?? 0, ageAt(afterMs)), ageAt(beforeMs)),
    measured,
    method: 'hooks',
    bound: BOUND,
  });
}

/** The system may take the processor away between two readings of the clock, which only adds: the best of some tries. */
async function bestOf(tries: number, act: () => Promise<Row>): Promise<Row> {
  let best = await act();
  for (let i = 1; i < tries && !best.holds; i++) {
    const next = await act();
    if (Math.abs(next.error ?? Infinity) < Math.abs(best.error ?? Infinity)) best = next;
  }
  return best;
}

const latenessCase = (sentence: string, figure: 'maxMs' | 'p50Ms'): Case => ({
  sentence,
  rows: (major) =>
    watching(major, 'late.cjs', async (watched) => {
      const rows: Row[] = [];
      for (const ms of LATE_MS) rows.push(await bestOf(TRIES, () => latenessRow(watched, ms, figure)));
      return rows;
    }),
});

export const cases: Case[] = [
  latenessCase('how late the latest timer starts is right, whatever made it late', 'maxMs'),
  {
    sentence: 'the longest callback of each phase is as long as it was by the clock',
    rows: (major) =>
      watching(major, 'late.cjs', async (watched) => {
        const rows: Row[] = [];
        for (const [phase, ms] of LONGEST_MS) rows.push(await bestOf(TRIES, () => longestRow(watched, phase, ms)));
        return rows;
      }),
  },
  {
    sentence: 'ages are right, of what waits, repeats, was refreshed, or was made late in a long callback',
    rows: (major) =>
      watching(major, 'ages.cjs', async (watched) => {
        await watched.target.evaluate('make()', true);
        await watched.target.evaluate('makeLate()', true);
        const held = await whileHeld<Account>(watched, 'account()');
        return ['timeout', 'interval', 'refreshed', 'server', 'write', 'late', 'lateServer'].map((what) =>
          ageRow(what, held),
        );
      }),
  },
  latenessCase('how late half of the timers start is right, whatever made them late', 'p50Ms'),
  {
    sentence: 'the longest callback of a message port from before the attach is seen in poll',
    rows: (major) =>
      watching(major, 'late.cjs', async (watched) => [
        await bestOf(TRIES, () => longestRow(watched, 'poll', 70, 'message')),
      ]),
  },
  {
    sentence: 'the age of a timer from before the attach is known when it has not run yet',
    rows: (major) =>
      beforeAttach(major, 'ages.cjs', 'make()', async ({ attach }) => {
        const watched = await attach();
        // The places of callbacks come with a later beat than their counts.
        await snapshotWhere(watched.attachment, (snapshot) => groupOf(snapshot, 'timeout') !== undefined);
        const aged = ageRow('timeout', await whileHeld<Account>(watched, 'account()'));
        return [{ ...aged, figure: 'age from before the attach' }];
      }),
  },
];

export const rows = (major: number): Promise<Row[]> => rowsOf(cases, major);
