import { timerRows, type TimerAccount } from './accounts';
import { rowsOf, worst, type Case } from './cases';
import { nextBeat, watching, whileHeld } from './held';
import { row, type Row } from './row';

export const title = 'Timers and immediates';

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
const PILE = 100_000;
const CHURN_HOLDS = 4;
const STEADY_BEATS = 20;

export const cases: Case[] = [
  {
    sentence: 'timers and immediates are counted exactly, however they are made and end',
    rows: (major) =>
      watching(major, 'timers.cjs', async (watched) => {
        const rows: Row[] = [];
        for (const [step, what] of Object.entries(STEPS)) {
          await watched.target.evaluate(`run('${step}')`, true);
          rows.push(...timerRows(what, await whileHeld(watched, 'truth()')));
        }
        rows.push(...timerRows('made and revived at once', await whileHeld(watched, 'atOnce()')));
        return rows;
      }),
  },
  {
    sentence: 'timers and immediates are counted exactly at level deep as well',
    rows: (major) =>
      watching(
        major,
        'timers.cjs',
        async (watched) => {
          for (const step of Object.keys(STEPS)) await watched.target.evaluate(`run('${step}')`, true);
          return timerRows('at level deep', await whileHeld(watched, 'atOnce()'));
        },
        { level: 'deep' },
      ),
  },
  {
    sentence: 'a hundred thousand pending timers are counted exactly, and none when they are cleared',
    rows: (major) =>
      watching(major, 'timers.cjs', async (watched) => [
        ...timerRows(`of which ${PILE} are pending`, await whileHeld(watched, `pile(${PILE})`)),
        ...timerRows(`after ${PILE} were cleared`, await whileHeld(watched, 'clearPile()')),
      ]),
  },
  {
    sentence: 'at level observe the timers that keep the process alive are counted exactly',
    rows: (major) =>
      watching(
        major,
        'timers.cjs',
        async (watched) => {
          await watched.target.evaluate("run('unreferenced')", true);
          const { truth, snapshot } = await whileHeld<TimerAccount>(watched, 'truth()');
          const { timers } = snapshot.pendingTotals;
          return [
            row({
              figure: "timers, ref'd, observe",
              truth: truth.referencedTimers,
              measured: timers,
              method: 'counter',
            }),
          ];
        },
        { level: 'observe' },
      ),
  },
  {
    sentence: 'the members of the groups are as many as the groups say, up to 50',
    rows: (major) =>
      watching(major, 'timers.cjs', async (watched) => {
        for (const step of ['cleared', 'unreferenced']) await watched.target.evaluate(`run('${step}')`, true);
        const { pending } = await nextBeat(watched.attachment);
        const opened = await Promise.all(pending.map(({ key }) => watched.attachment.instances(key, 50)));
        const listed = opened.reduce((sum, { instances }) => sum + instances.length, 0);
        const shown = pending.reduce((sum, { count }) => sum + Math.min(50, count), 0);
        const referenced = opened.flatMap(({ instances }) => instances).filter((each) => each.referenced).length;
        const { referencedTimers } = await watched.target.evaluate<TimerAccount>('truth()');
        return [
          row({ figure: 'members of groups', truth: shown, measured: listed, method: 'hooks' }),
          row({ figure: "members of groups, ref'd", truth: referencedTimers, measured: referenced, method: 'hooks' }),
        ];
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
          held.push(timerRows('under churn', await whileHeld<TimerAccount>(watched, 'truth()')));
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
