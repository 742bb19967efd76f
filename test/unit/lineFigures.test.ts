import assert from 'node:assert/strict';
import { figuresOf, Growth, MOST_LINES, type LineFigures } from '../../src/editor/lineFigures';
import { HOVER_COMMANDS, hoverOf, textOf, type Origin, type Words } from '../../src/editor/lineWords';
import type { PendingGroup, Snapshot } from '../../src/protocol/snapshot';
import { group, SITES, snapshotOf } from '../support/samples';

const FILE = '/srv/api/src/poller.ts';
const files = new Set([FILE, '/srv/api/src/report.ts', '/srv/api/src/retry.ts']);
const origin: Origin = { name: 'api.js', pid: 4321, promisesSampled: false, fileChanged: false };
/** As VS Code does without a translation. */
const l10n: Words = {
  t: (text, ...values) => text.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)])),
};

const linesOf = (parts: Partial<Snapshot>, growth = new Growth()): Map<string, LineFigures[]> =>
  figuresOf(snapshotOf({ pending: [], listeners: [], hot: null, findings: [], ...parts }), files, growth, 'linux');
const textsOf = (parts: Partial<Snapshot>): string[] =>
  [...linesOf(parts).values()].flat().map((one) => `${one.line}: ${textOf(one, origin, l10n)}`);

const timers = (count: number, more: Partial<PendingGroup> = {}): PendingGroup =>
  group('Timeout', 'timers', count, 1, { oldestMs: 242_000, ...more });

/** The figures of the poller's line after these counts, a second apart. */
function after(counts: readonly number[]): LineFigures | undefined {
  const growth = new Growth();
  let last: LineFigures | undefined;
  counts.forEach((count, second) => {
    [last] = linesOf({ timeMs: second * 1000, pending: [timers(count)] }, growth).get(FILE) ?? [];
  });
  return last;
}

describe('The figures of a line', () => {
  it('are what is pending there, listeners that it added, and functions that begin there', () => {
    const listener = { key: 'S/e#1', emitter: 'Suppliers', event: 'error', limit: 10, delta: 0, emitters: 1 };
    const parts: Partial<Snapshot> = {
      pending: [timers(240)],
      listeners: [{ ...listener, count: 15, sites: [{ site: 5, count: 14 }] }],
      hot: [{ site: 3, selfMs: 100, totalMs: 410 }],
      hotMs: 1000,
    };
    assert.deepEqual(textsOf(parts), ['31: 240 pending, oldest 4 min', '9: 14 listeners', '88: ≈ 41 % of the loop']);
  });

  it('are of open files only, and of places that are known', () => {
    assert.deepEqual(
      textsOf({ pending: [group('TCPSERVERWRAP', 'poll', 1, 2), group('PIPEWRAP', 'poll', 2, null)] }),
      [],
    );
  });

  it('say nothing of what only comes and goes, of a single listener and of a few samples', () => {
    const passing = group('FSREQCALLBACK', 'poll', 12, 1, { delta: 3, oldestMs: 12 });
    assert.deepEqual(textsOf({ pending: [passing], hot: [{ site: 3, selfMs: 20, totalMs: 40 }], hotMs: 1000 }), []);
    assert.deepEqual(textsOf({ pending: [{ ...passing, delta: 2 }] }), ['31: 12 pending']);
  });

  it('mark estimates', () => {
    const [one] = linesOf({ pending: [group('PROMISE', 'microtasks', 400, 1)] }).get(FILE) ?? [];
    assert.ok(one);
    assert.equal(textOf(one, { ...origin, promisesSampled: true }, l10n), '≈ 400 pending, oldest 1 min');
  });

  it('name growth that goes on, and not what goes up and down', () => {
    assert.equal(after([10, 12, 14])?.growthPerSecond, null);
    assert.equal(after([10, 12, 14, 16, 18])?.growthPerSecond, 2);
    assert.equal(after([10, 10, 10, 11, 11, 11])?.growthPerSecond, 0.2);
    assert.equal(after([10, 18, 10, 18, 10, 18])?.growthPerSecond, null);
    assert.equal(after([18, 16, 14, 12, 10])?.growthPerSecond, null);
    assert.equal(after([10, 10, 10, 10, 10])?.growthPerSecond, null);
    const growing = after([10, 12, 14, 16, 18]);
    assert.ok(growing);
    assert.equal(textOf(growing, origin, l10n), '18 pending, +2/s, oldest 4 min');
    assert.equal(textOf({ ...growing, growthPerSecond: 0.2 }, origin, l10n), '18 pending, +12/min, oldest 4 min');
  });

  it('forget growth that was long ago', () => {
    assert.equal(after([...Array(20).keys(), ...Array<number>(12).fill(20)])?.growthPerSecond, null);
  });

  it('are bounded, and keep the lines with the most to say in their order', () => {
    const count = MOST_LINES + 50;
    const sites = Object.fromEntries(Array.from({ length: count }, (_, id) => [id, { ...SITES[1]!, line: id + 1 }]));
    const pending = Array.from({ length: count }, (_, id) => group('Timeout', 'timers', id + 1, id));
    const lines =
      linesOf({ sites, pending })
        .get(FILE)
        ?.map(({ line }) => line) ?? [];
    assert.equal(lines.length, MOST_LINES);
    assert.deepEqual([lines[0], lines.at(-1)], [51, count]);
  });

  it('are found in files on Windows, whose drive letter is small in VS Code', () => {
    const sites = { 1: { ...SITES[1]!, url: 'file:///C:/srv/a%20b.ts' } };
    const snapshot = snapshotOf({ sites, pending: [timers(2)], listeners: [], hot: null, findings: [] });
    const found = figuresOf(snapshot, new Set(['c:\\srv\\a b.ts']), new Growth(), 'win32');
    assert.equal(found.get('c:\\srv\\a b.ts')?.length, 1);
  });
});

describe('The hover of a line', () => {
  const hover = (parts: Partial<Snapshot>, of = origin): string => {
    const [one] = [...linesOf(parts).values()].flat();
    assert.ok(one);
    return hoverOf(one, of, l10n);
  };

  it('has the numbers, what is wrong, and links to commands of ours', () => {
    const finding = { id: 'a', rule: 'a', severity: 'warning', text: 'Too many.', site: 1, action: null } as const;
    const text = hover({ pending: [timers(240, { referenced: 12 })], findings: [finding] });
    assert.match(
      text,
      /^\*\*Loopscope\*\* api\\\.js \(pid 4321\)\n\n- ⚠ Too many\\\.\n- 240 pending of type Timeout, 12 keep/,
    );
    for (const command of HOVER_COMMANDS) assert.ok(text.includes(`](command:${command})`), command);
    assert.doesNotMatch(text, /changed/);
    assert.match(hover({ pending: [timers(1)] }, { ...origin, fileChanged: true }), /The file was changed after/);
  });

  it('makes nothing of the texts of the target but text', () => {
    const evil = '[x](command:evil) <b> `a` $(flame) https://evil.example www.evil.example\n# *b* \u202e&amp;';
    const text = hover(
      {
        pending: [group(evil, 'timers', 3, 1)],
        listeners: [
          {
            key: '',
            emitter: evil,
            event: evil,
            count: 9,
            limit: 1,
            delta: 0,
            emitters: 1,
            sites: [{ site: 1, count: 9 }],
          },
        ],
        findings: [{ id: 'a', rule: 'a', severity: 'info', text: evil, site: 1, action: null }],
        sites: { 1: { ...SITES[1]!, function: evil } },
        hot: [{ site: 1, selfMs: 900, totalMs: 900 }],
        hotMs: 1000,
      },
      { ...origin, name: evil },
    );
    assert.ok(text.split('evil').length > 15, 'all of it is there');
    const plain = text.replace(/\\[!-/:-@[-`{-~]/g, '');
    assert.doesNotMatch(plain, /evil\)|:evil|[<`&]|\$\(|:\/\/|www\.|\n#|\u202e/);
    const links = [...plain.matchAll(/\]\(([^)]*)\)/g)].map((match) => match[1]);
    assert.deepEqual(
      links,
      HOVER_COMMANDS.map((command) => `command:${command}`),
    );
    assert.ok(hover({ pending: [group('x'.repeat(10_000), 'timers', 3, 1)] }).length < 2000);
  });
});
