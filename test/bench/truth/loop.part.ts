import type { Snapshot } from '../../../src/protocol/snapshot';
import { nextBeat, watching, whileHeld } from './held';
import { row, type Row } from './row';

export const title = 'Utilization and turns';

interface Counters {
  idleMs: number;
  turns: number | null;
}

const BEATS = 30;

/** What the snapshots between two moments sum up to, against Node's own counters; while it is held these stand still. */
export function rows(major: number): Promise<Row[]> {
  return watching(major, 'turns.cjs', async (watched) => {
    const { attachment } = watched;
    const from = await whileHeld<Counters>(watched, 'counters()');
    const since: Snapshot[] = [];
    const following = attachment.onDidSnapshot((snapshot) => since.push(snapshot));
    await nextBeat(attachment, BEATS);
    const to = await whileHeld<Counters>(watched, 'counters()');
    following.dispose();

    const between = ({ sequence }: Snapshot): boolean =>
      sequence > from.snapshot.sequence && sequence <= to.snapshot.sequence;
    const sum = (figure: (snapshot: Snapshot) => number | null): number =>
      since.filter(between).reduce((total, snapshot) => total + (figure(snapshot) ?? NaN), 0);
    const idleMs = to.truth.idleMs - from.truth.idleMs;
    const windowMs = sum((snapshot) => snapshot.windowMs);
    const measuredIdleMs = sum(({ loop }) => loop.idleMs);
    const activeMs = sum(({ loop }) => loop.activeMs);
    const counter = { method: 'counter' };
    const turns =
      to.truth.turns === null || from.truth.turns === null
        ? []
        : [{ figure: 'turns', truth: to.truth.turns - from.truth.turns, measured: sum(({ loop }) => loop.turns) }];
    return [
      row({ ...counter, figure: 'waiting', unit: 'ms', truth: idleMs, measured: measuredIdleMs, bound: { by: 0.1 } }),
      row({
        ...counter,
        figure: 'utilization',
        unit: '%',
        truth: 100 * (1 - idleMs / windowMs),
        measured: (100 * activeMs) / (activeMs + measuredIdleMs),
        bound: { by: 0.1 },
      }),
      ...turns.map((each) => row({ ...counter, ...each })),
    ];
  });
}
