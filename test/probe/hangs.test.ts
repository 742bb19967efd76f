import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { keepAliveReport } from '../../src/keepAlive';
import type { Attachment } from '../../src/attachment';
import { fixturePath, lineOf, snapshotWhere, stopTargets, Target } from '../support/target';

const FIXTURE = 'hangs.cjs';

/** The sections on what keeps the process alive, by their headings. */
function sectionsOf(report: string): Map<string, string> {
  const [, ...sections] = report.split(/^## /m);
  return new Map(sections.map((text) => [text.slice(0, text.indexOf('\n')), text]));
}

async function reportOn(attachment: Attachment): Promise<string> {
  const report = await keepAliveReport(attachment);
  assert.ok(report !== null);
  return report;
}

/** Hangs on one more of it, now that it is watched, and gives the section on that. */
async function watched(target: Target, attachment: Attachment, way: string, heading: string): Promise<string> {
  const line = lineOf(FIXTURE, way);
  await target.evaluate(`hang('${way}')`);
  await snapshotWhere(attachment, ({ pending, sites }) =>
    pending.some(({ site, origin }) => site !== null && sites[site]?.line === line && origin === 'observed'),
  );
  const sections = sectionsOf(await reportOn(attachment));
  const section = sections.get(`${heading} at ${FIXTURE}:${line}`);
  assert.ok(section, `no section on ${heading}: ${[...sections.keys()].join(', ')}`);
  assert.ok(section.includes(`](${pathToFileURL(fixturePath(FIXTURE)).href}#L${line},`), section);
  assert.match(section, new RegExp(`^ {4}\\S.* // ${way}$`, 'm'));
  return section;
}

interface Way {
  way: string;
  /** How the report calls it when it was there before the attach, or null when Node tells nobody of it. */
  before: string | null;
  /** What is told of it all the same. */
  detail: RegExp;
  after: string;
  howTo: RegExp;
}

const line = lineOf(FIXTURE, 'interval');
const WAYS: Way[] = [
  {
    way: 'interval',
    before: `1 interval at ${FIXTURE}:${line}`,
    detail: /every 60000 ms/,
    after: '1 interval',
    howTo: /`clearInterval\(\)`/,
  },
  {
    way: 'server',
    before: '1 TCP server',
    detail: /Created before the attach, at least .* old, 127\.0\.0\.1:\d+/,
    after: '1 TCP server',
    howTo: /`server\.close\(\)`/,
  },
  { way: 'pool', before: '3 TCP sockets', detail: /127\.0\.0\.1:\d+/, after: '3 TCP sockets', howTo: /pool/ },
  { way: 'child', before: '1 child process', detail: /pid \d+/, after: '1 child process', howTo: /`child\.kill\(\)`/ },
  {
    way: 'worker',
    before: null,
    detail: /Nothing that Node lists keeps it alive\.?\*\*.* a worker thread/,
    after: '1 worker thread',
    howTo: /`worker\.terminate\(\)`/,
  },
  {
    way: 'watcher',
    before: '1 file watcher',
    detail: /Created/,
    after: '1 file watcher',
    howTo: /`watcher\.close\(\)`/,
  },
];

describe('what keeps a process alive that should have ended', () => {
  afterEach(stopTargets);

  for (const { way, before, detail, after, howTo } of WAYS) {
    it(`is known when it was there before the attach, and with its place when it came later: ${way}`, async () => {
      const target = await Target.start(26, FIXTURE, { args: [way] });
      const attachment = await target.attach({ sampling: 'off' });
      const report = await reportOn(attachment);
      assert.match(report, new RegExp(`^# What keeps ${FIXTURE} \\(pid ${target.pid}\\) alive\\?$`, 'm'));
      const section = before === null ? report : (sectionsOf(report).get(before) ?? '');
      assert.match(section, detail, report);
      assert.match(await watched(target, attachment, way, after), howTo);
    });
  }

  for (const major of [18, 26]) {
    it(`is standard input that is read, but not standard output, Node ${major}`, async () => {
      const target = await Target.start(major, FIXTURE, { args: ['stdin'], stdin: 'pipe' });
      const attachment = await target.attach({ sampling: 'off' });
      await target.evaluate("process.stdout.write('')");
      const report = await reportOn(attachment);
      assert.match(report, /1 resource from 1 place keeps it alive/);
      const [first = '', idle = ''] = [...sectionsOf(report).values()];
      assert.match(first, /^1 standard input\n[^]*`process\.stdin\.pause\(\)`/);
      assert.match(idle, /^Open, but holding nothing\n[^]*standard output/);
    });

    it(`is nothing when all that is left is unref'd, and it does end, Node ${major}`, async () => {
      const target = await Target.start(major, FIXTURE, { args: ['interval'] });
      const attachment = await target.attach({ sampling: 'off' });
      await target.evaluate("hang('nothing')");
      await snapshotWhere(
        attachment,
        ({ pending }) => !pending.some(({ type, referenced }) => type === 'Timeout' && referenced),
      );
      const report = await reportOn(attachment);
      assert.match(report, /\*\*Nothing keeps it alive:\*\* Node ends it when the code that runs now returns/);
      assert.doesNotMatch(report, /^## \d/m);
      await target.evaluate('stop = true; undefined');
      assert.equal(await target.ended, 0);
    });

    it(`may be a worker thread from before the attach, also while code runs, Node ${major}`, async () => {
      const target = await Target.start(major, FIXTURE, { args: ['worker'] });
      const attachment = await target.attach({ sampling: 'off' });
      await target.evaluate("hang('nothing')");
      await snapshotWhere(attachment, ({ openCallback }) => openCallback !== null);
      const report = await reportOn(attachment);
      assert.match(
        report,
        /\*\*Nothing that Node lists keeps it alive\.\*\* Code runs now, and a worker thread runs, which may hold it/,
      );
    });
  }

  it('is told by type at level observe, with what level track would add', async () => {
    const target = await Target.start(26, FIXTURE, { args: ['server', 'interval', 'interval'] });
    const attachment = await target.attach({ level: 'observe', sampling: 'off' });
    const report = await reportOn(attachment);
    assert.deepEqual([...sectionsOf(report).keys()].slice(0, 2), ['2 timers', '1 TCP server']);
    const [row] = attachment.snapshot?.pending ?? [];
    assert.ok(row);
    assert.deepEqual(await attachment.instances(row.key, 10), { instances: [], total: row.count });
    assert.match(report, /^## 1 TCP server\n\n`server[^]*Level track adds places and ages/m);
  });
});
