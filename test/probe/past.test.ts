import assert from 'node:assert/strict';
import type { CallTree } from '../../src/protocol/panel';
import type { Snapshot } from '../../src/protocol/snapshot';
import { Past } from '../../src/recording/past';
import { lineOf, snapshotWhere, stopTargets, Target } from '../support/target';

const FIXTURE = 'turns.cjs';

/** Which functions ran. */
function functionsOf(calls: CallTree | null): string[] {
  return calls?.sites.map((site) => (site === null ? '' : (calls.places[site]?.function ?? ''))) ?? [];
}

describe('What is kept of a real program', () => {
  afterEach(stopTargets);

  for (const major of [18, 24]) {
    it(`tells what ran in a beat when other things run already (Node ${major})`, async () => {
      const target = await Target.start(major, FIXTURE, { stdin: 'pipe' });
      const attachment = await target.attach();
      const past = new Past(attachment);
      try {
        const only = ({ timeMs }: Snapshot, name: string, not: string): boolean => {
          const names = functionsOf(past.calls({ fromMs: timeMs, toMs: timeMs }));
          return names.includes('processTimers') && names.includes(name) && !names.includes(not);
        };
        const first = await snapshotWhere(attachment, (snapshot) => only(snapshot, 'early', 'late'));
        target.child.stdin?.write('\n');
        await snapshotWhere(attachment, (snapshot) => only(snapshot, 'late', 'early'));
        assert.ok(only(first, 'early', 'late'));
        const { snapshot } = past.at({ fromMs: first.timeMs, toMs: first.timeMs });
        const functions = snapshot?.hot?.map(({ site }) => snapshot.sites[site]?.function) ?? [];
        assert.ok(functions.includes('early') && !functions.includes('late'), functions.join());
        const timers = snapshot?.phases.find(({ phase }) => phase === 'timers');
        assert.ok(timers?.callbacks, 'no timer ran in it');
        const early = Object.values(snapshot?.sites ?? {}).find((site) => site.function === 'early');
        assert.equal(early?.line, lineOf(FIXTURE, 'early'));
        assert.ok(functionsOf(past.calls(null)).includes('late'));
      } finally {
        past.dispose();
      }
    });
  }
});
