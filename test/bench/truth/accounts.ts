import type { Snapshot } from '../../../src/protocol/snapshot';
import type { Held } from './held';
import { row, type Row } from './row';

/** What the fixtures know of themselves: their own account, and what Node lists. */
export interface TimerAccount {
  timers: number;
  referencedTimers: number;
  immediates: number;
}
export interface HandleAccount {
  open: number;
  /** Ref'd ones, by Node. */
  listed: number;
}
export const HANDLE_ACCOUNT = '({ open: truth(), listed: listed() })';

const hooks = { method: 'hooks' };
const SCHEDULED = ['Timeout', 'Immediate'];

const referencedOf = ({ pending }: Snapshot, wanted: (type: string) => boolean): number =>
  pending.filter(({ type }) => wanted(type)).reduce((sum, { referenced }) => sum + (referenced ?? NaN), 0);

/** Counts of timers and immediates, in a snapshot and by the program itself. */
export function timerRows(what: string, { truth, snapshot }: Held<TimerAccount>): Row[] {
  const { timers, immediates } = snapshot.pendingTotals;
  return [
    row({ ...hooks, figure: `timers ${what}`, truth: truth.timers, measured: timers }),
    row({
      ...hooks,
      figure: `timers ${what}, ref'd`,
      truth: truth.referencedTimers,
      measured: referencedOf(snapshot, (type) => type === 'Timeout'),
    }),
    row({ ...hooks, figure: `immediates ${what}`, truth: truth.immediates, measured: immediates }),
  ];
}

/** Counts of handles; no request may be pending. */
export function handleRows(what: string, { truth, snapshot }: Held<HandleAccount>): Row[] {
  return [
    row({ ...hooks, figure: `handles ${what}`, truth: truth.open, measured: snapshot.pendingTotals.handles }),
    row({
      ...hooks,
      figure: `handles ${what}, ref'd`,
      truth: truth.listed,
      measured: referencedOf(snapshot, (type) => !SCHEDULED.includes(type)),
    }),
  ];
}

/** The count of requests. */
export function requestRow(what: string, { truth, snapshot }: Held<number>): Row {
  return row({ ...hooks, figure: `requests ${what}`, truth, measured: snapshot.pendingTotals.requests });
}
