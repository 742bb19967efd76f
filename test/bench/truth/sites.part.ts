import { expectedListenerPlaces, expectedPendingLines, listenerPlaces, pendingLines } from '../../support/sitePlaces';
import { SitePrograms } from '../../support/sitePrograms';
import { row, type Row } from './row';

export const title = 'Places that are right';

/** How many places of each build are the right ones; test/probe/sites.test.ts names those that are not. */
export async function rows(major: number): Promise<Row[]> {
  const programs = await SitePrograms.make();
  try {
    const target = await programs.start(major);
    try {
      const all = await programs.snapshots(target, await target.attach());
      return all.flatMap(({ build, snapshot }) => {
        const listeners = Object.entries(expectedListenerPlaces(build));
        const found = listenerPlaces(snapshot, build);
        const pending = expectedPendingLines(build);
        const lines = new Set(pendingLines(snapshot, build));
        return [
          row({
            figure: `${build.name}: listeners`,
            truth: listeners.length,
            measured: listeners.filter(([mark, place]) => found[mark] === place).length,
            method: 'stack',
          }),
          row({
            figure: `${build.name}: pending`,
            truth: pending.length,
            measured: pending.filter((line) => lines.has(line)).length,
            method: 'stack or callback',
          }),
        ];
      });
    } finally {
      await target.stop();
    }
  } finally {
    programs.remove();
  }
}
