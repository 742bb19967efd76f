import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import type { Site, Snapshot } from '../../src/protocol/snapshot';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { fixturePath, lineOf, snapshotWhere, stopTargets, Target } from '../support/target';

const FIXTURE = 'sites/shown.cjs';

describe('a place that the program itself shows elsewhere in its stacks', () => {
  afterEach(stopTargets);

  for (const major of NODE_MAJORS) {
    it(`is shown there too, when there is such a file, Node ${major}`, async () => {
      const target = await Target.start(major, FIXTURE);
      const attachment = await target.attach();
      await target.evaluate('void start()');
      const snapshot = await snapshotWhere(attachment, (each) => timersOf(each).length === 4);
      const running = { url: fixturePath(FIXTURE), line: lineOf(FIXTURE, 'source'), column: 3 };
      const source = { url: pathToFileURL(fixturePath('sites/part.ts')).href, line: 7, column: 3 };
      const asItRuns = ['away', 'throws', 'itself'].map((mark) => {
        return { ...running, line: lineOf(FIXTURE, mark), generated: null };
      });
      assert.deepEqual(timersOf(snapshot), [...asItRuns, { ...source, generated: running }]);
    });
  }
});

/** Places of the timers that were made while we were attached, by file and line. */
function timersOf({ pending, sites }: Snapshot): Pick<Site, 'url' | 'line' | 'column' | 'generated'>[] {
  return pending
    .filter(({ type, site, origin }) => type === 'Timeout' && site !== null && origin === 'observed')
    .map(({ site }) => sites[site!]!)
    .map(({ url, line, column, generated }) => ({ url, line, column, generated }))
    .sort((a, b) => a.url.localeCompare(b.url) || a.line - b.line);
}
