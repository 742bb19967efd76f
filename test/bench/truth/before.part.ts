import { HANDLE_ACCOUNT, handleRows, requestRow, timerRows, type HandleAccount, type TimerAccount } from './accounts';
import { rowsOf, type Case } from './cases';
import { beforeAttach, whileHeld } from './held';
import { row, type Row } from './row';

export const title = 'What existed before the attach';

const TIMER_STEPS = ['cleared', 'ran', 'refreshed', 'unreferenced', 'promised', 'signals', 'thrown', 'immediates'];
const HANDLE_STEPS = ['ended', 'reset', 'halfOpen', 'servers', 'pipes', 'streams', 'datagrams', 'watchers', 'children'];
const run = (steps: readonly string[]): string =>
  `(async () => { for (const step of ${JSON.stringify(steps)}) await run(step); })()`;

export const cases: Case[] = [
  {
    sentence: 'timers and immediates from before are right from the first beat, and let go when they end',
    rows: (major) =>
      beforeAttach(major, 'timers.cjs', run(TIMER_STEPS), async ({ hold, attach }) => {
        const truth = await hold<TimerAccount>('atOnce()');
        const watched = await attach();
        const rows = timerRows('at the first beat', { truth, snapshot: watched.first });
        await watched.target.evaluate('letGo()');
        rows.push(...timerRows('from before, half of them ended', await whileHeld(watched, 'endHalf()')));
        return rows;
      }),
  },
  {
    sentence: 'handles from before are right from the first beat, are let go when they close, and nothing warns',
    rows: (major) =>
      beforeAttach(major, 'handles.cjs', run(HANDLE_STEPS), async ({ target, attach }) => {
        const truth = await target.evaluate<HandleAccount>(HANDLE_ACCOUNT);
        const watched = await attach();
        const rows = handleRows('at the first beat', { truth, snapshot: watched.first });
        await target.evaluate('endHalf()', true);
        const half = await whileHeld<HandleAccount>(watched, HANDLE_ACCOUNT);
        rows.push(...handleRows('from before, half of them closed', half));
        const warnings = await target.evaluate<number>('warned()');
        rows.push(row({ figure: 'warnings of Node', truth: 0, measured: warnings, method: 'counter' }));
        return rows;
      }),
  },
  {
    sentence: 'requests that Node lists are right from the first beat, and over when they have called back',
    rows: (major) =>
      beforeAttach(major, 'requests.cjs', 'ready', async ({ target, hold, attach }) => {
        const truth = await hold<number>('kinds.listed()');
        const watched = await attach();
        const rows: Row[] = [requestRow('at the first beat', { truth, snapshot: watched.first })];
        await target.evaluate('letGo()');
        await target.until('truth() === 0');
        rows.push(requestRow('from before, over', await whileHeld(watched, 'truth()')));
        return rows;
      }),
  },
  {
    sentence: 'message ports from before that listen are in the picture of the first beat',
    rows: (major) =>
      beforeAttach(major, 'handles.cjs', run(['ports']), async ({ target, attach }) => {
        const truth = await target.evaluate<HandleAccount>(HANDLE_ACCOUNT);
        // The others do not keep the process alive.
        return handleRows('at the first beat, message ports', { truth, snapshot: (await attach()).first }).slice(1);
      }),
  },
];

export const rows = (major: number): Promise<Row[]> => rowsOf(cases, major);
