import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { boundedInstances, ROWS, unlinked } from '../../src/editor/bounds';
import { parseFromPanel } from '../../src/editor/messages';
import { PageCopy } from '../../src/editor/pageCopy';
import { MOST_INSTANCES } from '../../src/protocol/panel';
import type { FromPanel } from '../../src/protocol/panel';
import type { PendingGroup, Site, Snapshot } from '../../src/protocol/snapshot';
import { root } from '../support/paths.mjs';

const site = (line: number): Site => ({
  function: 'f',
  url: 'file:///a.js',
  line,
  column: 1,
  package: null,
  generated: null,
});

const group = (index: number): PendingGroup => ({
  key: `Timeout@${index}`,
  type: 'Timeout',
  phase: 'timers',
  count: 1,
  referenced: 1,
  delta: 0,
  oldestMs: 1,
  site: index,
  origin: 'observed',
  parents: [],
});

function snapshotOf(changes: Partial<Snapshot>): Snapshot {
  return {
    version: 1,
    sequence: 1,
    timeMs: 1,
    windowMs: 1000,
    threads: 1,
    target: { pid: 1, title: 'node', program: '/a.js', nodeVersion: '24.0.0', uptimeMs: 1, thread: 'main' },
    state: 'running',
    stateSinceMs: 1,
    openCallback: null,
    level: 'track',
    loop: { utilization: 0, turns: 0, activeMs: 0, idleMs: 0, method: 'counter', timerLateness: null },
    phases: [],
    pending: [],
    pendingTotals: { timers: 0, immediates: 0, requests: 0, handles: 0, promises: null },
    promises: null,
    listeners: [],
    cpu: { userShare: 0, systemShare: 0 },
    hot: null,
    hotMs: null,
    memory: {
      rssBytes: 0,
      heapUsedBytes: 0,
      heapTotalBytes: 0,
      heapLimitBytes: 0,
      externalBytes: 0,
      arrayBuffersBytes: 0,
      gcMs: 0,
      gcCount: 0,
    },
    sites: {},
    findings: [],
    rulesChecked: 0,
    dropped: { resources: 0, sites: 0, beats: 0, promises: 0 },
    cost: { drainMs: null, batchBytes: null, deepMs: null },
    notes: [],
    ...changes,
  };
}

describe('A message of the page', () => {
  const good: FromPanel[] = [
    { type: 'ready' },
    { type: 'attach', pid: 4321 },
    { type: 'pick' },
    { type: 'connect' },
    { type: 'cancel' },
    { type: 'detach' },
    { type: 'reattach' },
    { type: 'refresh' },
    { type: 'pauseView', paused: true },
    { type: 'setLevel', level: 'observe' },
    { type: 'select', attachmentId: 'a1' },
    { type: 'selectThread', threadId: 12 },
    { type: 'selectThread', threadId: 'all' },
    { type: 'openSite', site: 3 },
    { type: 'compare', shown: true },
    { type: 'instances', key: 'Timeout@3', limit: 10 },
    { type: 'copySnapshot' },
    { type: 'profile' },
    { type: 'openThreshold', name: 'gcShare' },
    { type: 'seek', frame: 0 },
    { type: 'stretch', from: 1, to: 2 },
    { type: 'export', as: 'trace' },
    { type: 'copyText', text: 'Timeout\t240' },
  ];

  for (const message of good) {
    it(`of type ${message.type} is understood`, () => {
      assert.deepEqual(parseFromPanel({ ...message }), message);
    });
  }

  it('is rebuilt from its known fields', () => {
    assert.deepEqual(parseFromPanel({ type: 'openSite', site: 3, path: '/etc/passwd' }), { type: 'openSite', site: 3 });
  });

  const bad: [string, unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['a text', 'ready'],
    ['a list', [{ type: 'ready' }]],
    ['an unknown type', { type: 'run' }],
    ['the name of an inherited member', { type: 'constructor' }],
    ['the prototype', { type: '__proto__' }],
    ['a type that is no text', { type: ['ready'] }],
    ['a pid that is a text', { type: 'attach', pid: '1; rm' }],
    ['a pid of 0', { type: 'attach', pid: 0 }],
    ['a negative pid', { type: 'attach', pid: -1 }],
    ['a broken number', { type: 'openSite', site: NaN }],
    ['a fraction', { type: 'openSite', site: 1.5 }],
    ['a missing field', { type: 'pauseView' }],
    ['a number for a yes or no', { type: 'compare', shown: 1 }],
    ['a level that is not known', { type: 'setLevel', level: 'deeper' }],
    ['a key of excessive length', { type: 'instances', key: 'x'.repeat(5000), limit: 1 }],
    ['a limit of 0', { type: 'instances', key: 'x', limit: 0 }],
    ['no text to copy', { type: 'copyText', text: '' }],
    ['a text to copy of excessive length', { type: 'copyText', text: 'x'.repeat(5_000_000) }],
    ['an object for an id', { type: 'select', attachmentId: { toString: 1 } }],
    ['a stretch that ends before it begins', { type: 'stretch', from: 2, to: 1 }],
    ['an export of an unknown kind', { type: 'export', as: 'exe' }],
    ['a setting that is no threshold', { type: 'openThreshold', name: 'toString' }],
    ['a thread that is no number', { type: 'selectThread', threadId: '1' }],
  ];

  for (const [what, message] of bad) {
    it(`with ${what} is refused`, () => {
      assert.equal(parseFromPanel(message), null);
    });
  }

  it('gets no more members of a group than are shown', () => {
    const message = parseFromPanel({ type: 'instances', key: 'x', limit: 1e9 });
    assert.deepEqual(message, { type: 'instances', key: 'x', limit: MOST_INSTANCES });
  });
});

/** The snapshot as a page gets it that has nothing yet. */
const boundedSnapshot = (snapshot: Snapshot): Snapshot => new PageCopy().changes(snapshot).snapshot;

describe('A snapshot for the page', () => {
  it('has at most 10 000 pending groups, says how many are left out, and carries only the sites of its rows', () => {
    const pending = Array.from({ length: 12_000 }, (_, index) => group(index));
    const sites = Object.fromEntries(pending.map((_, index) => [index, site(index + 1)]));
    const bounded = boundedSnapshot(snapshotOf({ pending, sites }));
    assert.equal(bounded.pending.length, ROWS.pending);
    assert.deepEqual(bounded.notes, ['The pending table shows 10000 of 12000 rows, the largest and the oldest.']);
    assert.equal(Object.keys(bounded.sites).length, ROWS.pending);
    assert.equal(bounded.sites[0]?.line, 1);
    assert.equal(bounded.sites[10_000], undefined);
  });

  it('has the oldest groups and those of findings, however small they are', () => {
    const pending = Array.from({ length: 12_000 }, (_, index) => ({ ...group(index), count: 12_000 - index }));
    const old = { ...group(11_500), count: 1, oldestMs: 60_000 };
    pending[11_500] = old;
    const finding = { rule: 'timer-leak', severity: 'warning', text: 'x', site: null, action: 'showPending' } as const;
    const findings = [{ ...finding, id: `timer-leak:${group(11_999).key}` }];
    const bounded = boundedSnapshot(snapshotOf({ pending, findings }));
    assert.equal(bounded.pending.length, ROWS.pending);
    assert.deepEqual(
      bounded.pending.slice(-2).map(({ key }) => key),
      [old.key, group(11_999).key],
    );
    assert.deepEqual(bounded.pending[ROWS.largest - 1]?.key, group(ROWS.largest - 1).key);
  });

  it('has the async parents of a promise with their sites, and no endless chain of them', () => {
    const parents = Array.from({ length: 300 }, (_, at) => at + 2);
    const sites = Object.fromEntries(parents.map((id) => [id, site(id)]));
    const bounded = boundedSnapshot(snapshotOf({ pending: [{ ...group(1), parents }], sites }));
    assert.deepEqual(bounded.pending[0]?.parents, parents.slice(0, ROWS.parents));
    assert.equal(Object.keys(bounded.sites).length, ROWS.parents);
  });

  it('keeps the sites of phases, listeners, hot functions, findings and the open callback', () => {
    const sites = Object.fromEntries([1, 2, 3, 4, 5, 6].map((id) => [id, site(id)]));
    const bounded = boundedSnapshot(
      snapshotOf({
        sites,
        openCallback: { phase: 'timers', sinceMs: 1, site: 1 },
        phases: [{ phase: 'timers', busyMs: 1, callbacks: 1, longestMs: 1, longestSite: 2, method: 'hooks' }],
        hot: [{ site: 3, selfMs: 1, totalMs: 1 }],
        findings: [{ id: 'a', rule: 'a', severity: 'info', text: 'a', site: 4, action: null }],
        listeners: [
          {
            key: 'a',
            emitter: 'E',
            event: 'e',
            count: 1,
            limit: 10,
            delta: 0,
            emitters: 1,
            sites: [{ site: 5, count: 1 }],
          },
        ],
      }),
    );
    assert.deepEqual(Object.keys(bounded.sites), ['1', '2', '3', '4', '5']);
  });

  it('has every text of the target cut', () => {
    const long = 'x'.repeat(100_000);
    const bounded = boundedSnapshot(
      snapshotOf({
        target: { pid: 1, title: long, program: long, nodeVersion: long, uptimeMs: 1, thread: long },
        pending: [{ ...group(1), type: long }],
        listeners: [{ key: 'a', emitter: long, event: long, count: 1, limit: 10, delta: 0, emitters: 1, sites: [] }],
        sites: {
          1: { ...site(1), function: long, url: long, package: long, generated: { url: long, line: 1, column: 1 } },
        },
        findings: [{ id: 'a', rule: 'a', severity: 'info', text: long, site: null, action: null }],
        notes: [long],
      }),
    );
    assert.ok(JSON.stringify(bounded).length < 20_000);
    assert.ok(bounded.target.title.endsWith('x…'));
  });

  it('leaves the snapshot that it is made from as it was', () => {
    const snapshot = snapshotOf({ pending: [group(1)], sites: { 1: site(1), 2: site(2) } });
    const before = JSON.stringify(snapshot);
    boundedSnapshot(snapshot);
    assert.equal(JSON.stringify(snapshot), before);
  });

  it('has the details of opened rows bounded, too', () => {
    const instance = { id: 1, ageMs: 1, referenced: true, idle: false, detail: 'x'.repeat(10_000) };
    const bounded = boundedInstances([instance, instance, instance], 2);
    assert.equal(bounded.length, 2);
    assert.ok((bounded[0]?.detail.length ?? 0) <= 300);
  });
});

describe('A notification with a name that the target chose', () => {
  // The pattern by which VS Code finds links in a notification.
  const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

  it('has no link in it', () => {
    const hostile = 'Attach to [api.js](command:workbench.action.terminal.new), too?';
    assert.match(hostile, LINK);
    assert.doesNotMatch(unlinked(hostile), LINK);
    assert.doesNotMatch(unlinked('[a](command:b "c")[d](https://e)'), LINK);
    assert.equal(unlinked('api.js (4321) [dev]'), 'api.js (4321) [dev]');
  });

  it('is made so wherever one is shown', () => {
    const folder = path.join(root, 'src/editor');
    for (const file of readdirSync(folder)) {
      const text = readFileSync(path.join(folder, file), 'utf8');
      const shows = /window\.show(?:Error|Information)Message\(|ProgressLocation\.Notification/.test(text);
      if (shows) assert.match(text, /\bunlinked\(/, file);
    }
  });
});
