import type { Snapshot } from '../../../src/protocol/snapshot';
import { rowsOf, worst, type Case } from './cases';
import { nextBeat, watching, whileHeld, type Held } from './held';
import { row, type Row } from './row';

export const title = 'Timers and immediates';

interface Account {
  timers: number;
  referencedTimers: number;
  immediates: number;
}

const STEPS = {
  cleared: 'cleared in every way',
  ran: 'after they ran',
  refreshed: 'refreshed',
  unreferenced: 'unreferenced and referenced',
  promised: 'of timers/promises',
  signals: 'of AbortSignal.timeout',
  thrown: 'whose callbacks throw',
  immediates: 'after immediates ran',
};
const CHURN_HOLDS = 4;
const STEADY_BEATS = 20;

const referencedOf = ({ pending }: Snapshot): number =>
  pending.filter(({ type }) => type === 'Timeout').reduce((sum, { referenced }) => sum + (referenced ?? NaN), 0);

function accountRows(what: string, { truth, snapshot }: Held<Account>): Row[] {
  const { timers, immediates } = snapshot.pendingTotals;
  const hooks = { method: 'hooks' };
  return [
    row({ ...hooks, figure: `timers ${what}`, truth: truth.timers, measured: timers }),
    row({
      ...hooks,
      figure: `timers ${what}, ref'd`,
      truth: truth.referencedTimers,
      measured: referencedOf(snapshot),
    }),
    row({ ...hooks, figure: `immediates ${what}`, truth: truth.immediates, measured: immediates }),
  ];
}

export const cases: Case[] = [
  {
    sentence: 'timers and immediates are counted exactly, however they are made and end',
    rows: (major) =>
      watching(major, 'timers.cjs', async (watched) => {
        const rows: Row[] = [];
        for (const [step, what] of Object.entries(STEPS)) {
          await watched.target.evaluate(`steps.${step}()`, true);
          rows.push(...accountRows(what, await whileHeld(watched, 'truth()')));
        }
        rows.push(...accountRows('made and revived at once', await whileHeld(watched, 'atOnce()')));
        return rows;
      }),
  },
  {
    sentence: 'timers and immediates are counted exactly while 50,000 of them a second are made and cancelled',
    rows: (major) =>
      watching(major, 'timers.cjs', async (watched) => {
        await watched.target.evaluate('churn()');
        const held: Row[][] = [];
        for (let i = 0; i < CHURN_HOLDS; i++) {
          await nextBeat(watched.attachment, 4);
          held.push(accountRows('under churn', await whileHeld<Account>(watched, 'truth()')));
        }
        return held[0]!.map((_, figure) => worst(held.map((rows) => rows[figure]!)));
      }),
  },
  {
    sentence: 'at every beat between callbacks the same number of timers is there, when as many are made as cancelled',
    rows: (major) =>
      watching(major, 'timers.cjs', async ({ target, attachment }) => {
        await target.evaluate('steady()');
        await nextBeat(attachment);
        const beats: Row[] = [];
        // A beat inside a callback may come between a cancellation and the next creation.
        const following = attachment.onDidSnapshot(({ openCallback, pendingTotals: { timers } }) => {
          if (!openCallback)
            beats.push(row({ figure: 'timers, steady churn', truth: 1002, measured: timers, method: 'hooks' }));
        });
        while (beats.length < STEADY_BEATS) await nextBeat(attachment, 1);
        following.dispose();
        return [worst(beats)];
      }),
  },
];

export const rows = (major: number): Promise<Row[]> => rowsOf(cases, major);
