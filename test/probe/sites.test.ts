import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Attachment } from '../../src/attachment';
import type { Site, Snapshot } from '../../src/protocol/snapshot';
import { localPath } from '../../src/target/sourceMapFile';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { out } from '../support/paths.mjs';
import { buildSites, type SiteBuild } from '../support/siteBuilds.mjs';
import { snapshotWhere, stopTargets, Target } from '../support/target';

/** Code made from text that has a name of its own, or none but its text's, is shown as it runs. */
const MADE_UP: Record<string, string> = {
  'eval with sourceURL': 'made-up.js:1:19',
  vm: 'evalmachine.<anonymous>:1:19',
  'vm with sourceURL': 'made-up-too.js:1:19',
  'vm with filename': '/srv/made/up.js:5:19',
};

const beatsLater = (attachment: Attachment, beats: number): Promise<Snapshot> => {
  const from = attachment.snapshot?.sequence ?? 0;
  return snapshotWhere(attachment, ({ sequence }) => sequence >= from + beats);
};

const place = ({ url, line, column }: Site): string => `${localPath(url) ?? url}:${line}:${column}`;

describe('the place of what a program makes', () => {
  let folder: string;
  let fifo: string;
  let builds: SiteBuild[];

  before(async function () {
    this.timeout(30_000);
    mkdirSync(out, { recursive: true });
    folder = mkdtempSync(path.join(out, 'sites (built) '));
    fifo = path.join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    builds = await buildSites(folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(stopTargets);

  const start = (major: number): Promise<Target> =>
    Target.start(major, 'sites/load.cjs', { args: [fifo], env: { UV_THREADPOOL_SIZE: '64' } });
  const load = (target: Target, { name, script }: SiteBuild, spinning = false): Promise<void> =>
    target.evaluate(`load(${JSON.stringify(name)}, ${JSON.stringify(script)}, ${spinning})`, true);

  for (const major of NODE_MAJORS) {
    it(`is the line of its source, whatever it was built with, Node ${major}`, async () => {
      const target = await start(major);
      const attachment = await target.attach();
      // No more at once than there are rows for.
      for (const some of [builds.slice(0, 6), builds.slice(6)]) {
        for (const build of some) await load(target, build);
        const snapshot = await beatsLater(attachment, 2);
        for (const build of some) {
          assert.deepEqual(listened(snapshot, build), expectedOfListeners(build), build.name);
          assert.deepEqual(pendingLines(snapshot, build), expectedOfPending(build), build.name);
        }
        await target.evaluate('void places.removeAllListeners()');
      }
    });

    it(`is the callback's line for immediates that never stop, which leave stacks for the rest, Node ${major}`, async () => {
      const target = await start(major);
      const attachment = await target.attach();
      const [build] = builds as [SiteBuild];
      await load(target, build, true);
      const expected = [...expectedOfPending(build), `Immediate: ${build.marks.get('Immediate: arrow')?.line}`].sort();
      // A beat that interrupts the callback may find none that is pending.
      const snapshot = await snapshotWhere(attachment, (each) => pendingLines(each, build).length >= expected.length);
      assert.deepEqual(pendingLines(snapshot, build), expected);
    });
  }
});

/** Of the listeners that a build has added: where, by mark. */
function listened({ listeners, sites }: Snapshot, { name, marks }: SiteBuild): Record<string, string> {
  const found = listeners.filter(({ event }) => event.startsWith(`${name}: `));
  return Object.fromEntries(
    found.map(({ event, sites: [added] }) => {
      const mark = event.slice(name.length + 2);
      const site = sites[added?.site ?? -1];
      const text = site ? place(site) : 'nowhere';
      // Where a call begins that is made from text, compilers tell differently.
      return [mark, marks.get(mark)?.column === null ? text.replace(/:\d+$/, '') : text];
    }),
  );
}

function expectedOfListeners({ marks }: SiteBuild): Record<string, string> {
  const marked = [...marks].filter(([mark]) => !mark.includes(':'));
  return {
    ...MADE_UP,
    ...Object.fromEntries(
      marked.map(([mark, { file, line, column }]) => [mark, `${file}:${line}${column === null ? '' : `:${column}`}`]),
    ),
  };
}

/** What is pending at the lines of a build, as `type: line`, each once; of the types that it has marks for. */
function pendingLines({ pending, sites }: Snapshot, { marks }: SiteBuild): string[] {
  const files = new Set([...marks.values()].map(({ file }) => file));
  const types = new Set([...marks.keys()].map((mark) => mark.split(':')[0]));
  const lines = pending.flatMap(({ type, site }) => {
    const found = site === null ? undefined : sites[site];
    return found && types.has(type) && files.has(localPath(found.url) ?? '') ? [`${type}: ${found.line}`] : [];
  });
  return [...new Set(lines)].sort();
}

function expectedOfPending({ marks }: SiteBuild): string[] {
  const marked = [...marks].filter(([mark]) => mark.includes(':') && !mark.startsWith('Immediate'));
  const lines = marked.map(([mark, { line }]) => `${mark.split(':')[0]}: ${line}`);
  // An accepted connection belongs to the place of its server.
  const servers = marked.filter(([mark]) => mark === 'TCPSERVERWRAP: after await');
  return [...new Set([...lines, ...servers.map(([, { line }]) => `TCPWRAP: ${line}`)])].sort();
}
