import type { Snapshot } from '../../../src/protocol/snapshot';
import { HANDLE_ACCOUNT, handleRows, type HandleAccount } from './accounts';
import { rowsOf, type Case } from './cases';
import { watching, whileHeld, type Held } from './held';
import { row, type Row } from './row';

export const title = 'Handles';

const SOCKETS = {
  ended: 'after sockets ended',
  destroyed: 'after sockets were destroyed',
  reset: 'after sockets were reset',
  halfOpen: 'with half-open sockets',
  servers: 'after servers closed',
  pipes: 'of pipes',
  agents: 'of http agents that keep alive',
  streams: 'of http2 sessions',
  secure: 'of TLS',
  unreferenced: 'of which some are unreferenced',
};
const OTHERS = {
  datagrams: 'of UDP',
  watchers: 'of watched files',
  children: 'of child processes',
  signals: 'of signals',
  ports: 'of message channels',
};
const steps = (all: Record<string, string>, sentence: string): Case => ({
  sentence,
  rows: (major) =>
    watching(major, 'handles.cjs', async (watched) => {
      const rows: Row[] = [];
      for (const [step, what] of Object.entries(all)) {
        await watched.target.evaluate(`run('${step}')`, true);
        rows.push(...handleRows(what, await whileHeld<HandleAccount>(watched, HANDLE_ACCOUNT)));
      }
      return rows;
    }),
});

const countOf = ({ pending }: Snapshot, type: string): number =>
  pending.reduce((sum, group) => sum + (group.type === type ? group.count : 0), 0);

export const cases: Case[] = [
  steps(SOCKETS, 'sockets, servers and pipes are counted exactly, however they close'),
  steps(OTHERS, 'UDP, watchers, child processes, signals and message ports are counted exactly'),
  {
    sentence: 'worker threads are counted as handles, and nothing is left of one that has ended',
    rows: (major) =>
      watching(major, 'handles.cjs', async (watched) => {
        const { target } = watched;
        const before = await whileHeld(watched, HANDLE_ACCOUNT);
        await target.evaluate('startWorkers()', true);
        const started = await whileHeld(watched, HANDLE_ACCOUNT);
        await target.evaluate('endWorkers(1)', true);
        const one = await whileHeld(watched, HANDLE_ACCOUNT);
        await target.evaluate('endWorkers(0)', true);
        const none = await whileHeld(watched, HANDLE_ACCOUNT);
        const threads = (figure: string, truth: number, { snapshot }: Held<unknown>): Row =>
          row({ method: 'hooks', figure, truth, measured: countOf(snapshot, 'WORKER') });
        return [
          threads('worker threads', 3, started),
          threads('worker threads, two ended', 1, one),
          row({
            method: 'hooks',
            figure: 'handles after worker threads',
            truth: before.snapshot.pendingTotals.handles ?? NaN,
            measured: none.snapshot.pendingTotals.handles,
          }),
        ];
      }),
  },
  {
    sentence: 'message ports are counted exactly where no other handle is about',
    rows: (major) =>
      watching(major, 'turns.cjs', async (watched) => {
        await watched.target.evaluate('void (globalThis.channels = [new MessageChannel(), new MessageChannel()])');
        await watched.target.evaluate('void channels[0].port1.on("message", () => {})');
        const held = await whileHeld<number>(watched, '4');
        return [
          row({
            method: 'hooks',
            figure: 'handles, message ports alone',
            truth: held.truth,
            measured: held.snapshot.pendingTotals.handles,
          }),
        ];
      }),
  },
];

export const rows = (major: number): Promise<Row[]> => rowsOf(cases, major);
