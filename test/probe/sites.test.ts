import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { expectedListenerPlaces, expectedPendingLines, listenerPlaces, pendingLines } from '../support/sitePlaces';
import { loadBuild, SitePrograms } from '../support/sitePrograms';
import { snapshotWhere, stopTargets } from '../support/target';

describe('the place of what a program makes', () => {
  let programs: SitePrograms;

  before(async () => {
    programs = await SitePrograms.make();
  });
  after(() => programs.remove());
  afterEach(stopTargets);

  for (const major of NODE_MAJORS) {
    it(`is the line of its source, whatever it was built with, Node ${major}`, async () => {
      const target = await programs.start(major);
      for (const { build, snapshot } of await programs.snapshots(target, await target.attach())) {
        assert.deepEqual(listenerPlaces(snapshot, build), expectedListenerPlaces(build), build.name);
        assert.deepEqual(pendingLines(snapshot, build), expectedPendingLines(build), build.name);
      }
    });

    it(`is the callback's line for immediates that never stop, which leave stacks for the rest, Node ${major}`, async () => {
      const target = await programs.start(major);
      const attachment = await target.attach();
      const build = programs.builds[0]!;
      await loadBuild(target, build, true);
      const expected = expectedPendingLines(build, true);
      // A beat that interrupts the callback may find none that is pending, and others that come and go.
      await snapshotWhere(attachment, (each) => isDeepStrictEqual(pendingLines(each, build), expected));
    });

    it(`is the callback's line for timers from before the attach, but for code made from text, Node ${major}`, async () => {
      const target = await programs.start(major);
      for (const build of programs.builds) await loadBuild(target, build);
      const attachment = await target.attach();
      const snapshot = await snapshotWhere(attachment, ({ sequence }) => sequence > 2);
      for (const build of programs.builds) {
        const timers = ['Timeout: function', 'Timeout: after await'];
        const lines = timers.map((mark) => `Timeout: ${build.marks.get(mark)?.line}`);
        assert.deepEqual(pendingLines(snapshot, build), lines, build.name);
      }
    });
  }
});
