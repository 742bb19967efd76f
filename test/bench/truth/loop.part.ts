import type { PhaseName, Snapshot } from '../../../src/protocol/snapshot';
import { rowsOf, type Case } from './cases';
import { nextBeat, watching, whileHeld } from './held';
import { row, type Row } from './row';

export const title = 'Utilization, turns and callbacks';

interface Counters {
  idleMs: number;
  turns: number | null;
  timers: number;
  immediates: number;
}

const BEATS = 8;
/** Where the machine is busy, a shorter window may pass without a moment for the program, which looks paused then. */
const BEAT_MS = 250;

const callbacksOf = ({ phases }: Snapshot, wanted: PhaseName): number | null =>
  phases.find(({ phase }) => phase === wanted)?.callbacks ?? null;

/** What all snapshots after one beat, up to another, sum up to. */
function sumOf(snapshots: readonly Snapshot[], figure: (snapshot: Snapshot) => number | null): number {
  return snapshots.reduce((total, snapshot) => total + (figure(snapshot) ?? NaN), 0);
}

export const cases: Case[] = [
  {
    sentence: 'utilization and turns equal the counters of Node, and no callback is missed, from one beat to another',
    rows: (major) =>
      watching(
        major,
        'turns.cjs',
        async (watched) => {
          const { attachment } = watched;
          const since: Snapshot[] = [];
          const following = attachment.onDidSnapshot((snapshot) => since.push(snapshot));
          const from = await whileHeld<Counters>(watched, 'counters()');
          await nextBeat(attachment, BEATS);
          const to = await whileHeld<Counters>(watched, 'counters()');
          following.dispose();

          const between = since.filter(
            ({ sequence }) => sequence > from.snapshot.sequence && sequence <= to.snapshot.sequence,
          );
          const truth = (key: keyof Counters): number => (to.truth[key] ?? NaN) - (from.truth[key] ?? NaN);
          const windowMs = sumOf(between, (snapshot) => snapshot.windowMs);
          const idleMs = sumOf(between, ({ loop }) => loop.idleMs);
          const activeMs = sumOf(between, ({ loop }) => loop.activeMs);
          const counter = { method: 'counter' };
          const hooks = { method: 'hooks' };
          const rows = [
            row({
              ...counter,
              figure: 'waiting',
              unit: 'ms',
              truth: truth('idleMs'),
              measured: idleMs,
              bound: { by: 0.1 },
            }),
            row({
              ...counter,
              figure: 'utilization',
              unit: '%',
              truth: 100 * (1 - truth('idleMs') / windowMs),
              measured: (100 * activeMs) / (activeMs + idleMs),
              bound: { by: 0.1 },
            }),
            row({
              ...hooks,
              figure: 'callbacks of timers',
              truth: truth('timers'),
              measured: sumOf(between, (snapshot) => callbacksOf(snapshot, 'timers')),
            }),
            row({
              ...hooks,
              figure: 'callbacks of immediates',
              truth: truth('immediates'),
              measured: sumOf(between, (snapshot) => callbacksOf(snapshot, 'check')),
            }),
            row({
              ...hooks,
              figure: 'timers whose lateness is counted',
              truth: truth('timers'),
              measured: sumOf(between, ({ loop }) => loop.timerLateness?.count ?? 0),
            }),
          ];
          // Node 18 does not count turns.
          if (from.truth.turns !== null) {
            const turns = sumOf(between, ({ loop }) => loop.turns);
            rows.push(row({ ...counter, figure: 'turns', truth: truth('turns'), measured: turns }));
          }
          return rows;
        },
        { beatMs: BEAT_MS },
      ),
  },
];

export const rows = (major: number): Promise<Row[]> => rowsOf(cases, major);
