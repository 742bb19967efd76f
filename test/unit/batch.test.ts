import assert from 'node:assert/strict';
import type { Batch } from '../../src/protocol/probe';
import { BatchReader } from '../../src/target/batch';
import { sentOf } from '../support/sent';
import { Feed, group } from './monitorBatches';

const asText = (change: object = {}): string => JSON.stringify({ ...sentOf(new Feed().batch()), ...change });
const read = (text: string): Batch => new BatchReader().read(text);

describe('A batch from its text', () => {
  it('is the batch that was written', () => {
    const batch = new Feed({ level: 'deep' }).batch({
      pending: [group({ type: 'PROMISE', phase: 'microtasks', site: 1, referenced: null, parents: [2, 3] })],
      totals: { timers: 0, immediates: 0, requests: 0, handles: 0, promises: 1 },
      promises: { followed: 1, oneIn: 16, costMs: 0.2 },
      dropped: { resources: 0, sites: 0, emitters: 0, promises: 7 },
    });
    assert.deepEqual(read(JSON.stringify(sentOf(batch))), batch);
  });

  it('keeps no more of a chain of async parents than is shown', () => {
    const parents = Array.from({ length: 10_000 }, (_, at) => at);
    const decoded = read(asText(sentOf(new Feed().batch({ pending: [group({ parents })] }))));
    assert.deepEqual(decoded.pending[0]?.parents, parents.slice(0, 32));
  });

  it('need not say again what a group is, until there is a full one', () => {
    const reader = new BatchReader();
    const feed = new Feed();
    const { groups, ...full } = sentOf(feed.batch({ pending: [group({ group: 3, type: 'Immediate', site: 8 })] }));
    reader.read(JSON.stringify({ ...full, groups }));
    const later = { ...sentOf(feed.batch()), pending: [[3, 7, 5, 1000]] };
    assert.deepEqual(reader.read(JSON.stringify(later)).pending, [
      group({ group: 3, type: 'Immediate', phase: 'check', site: 8, count: 7, referenced: 5, oldestMs: 1000 }),
    ]);
    assert.throws(
      () => reader.read(JSON.stringify({ ...full, groups: [] })),
      /batch\.pending is not a group that was told/,
    );
  });

  it('cannot fill the memory with groups that are never pending', () => {
    const reader = new BatchReader();
    const batch = sentOf(new Feed().batch());
    const tell = (from: number): Batch => {
      const groups = Array.from({ length: 50_000 }, (_, at) => group({ group: from + at }));
      return reader.read(JSON.stringify({ ...batch, full: false, groups }));
    };
    let from = 0;
    for (; from < 200_000; from += 50_000) tell(from);
    for (; from < 1_000_000; from += 50_000) assert.throws(() => tell(from), /batch\.groups is not fewer groups/);
    const { traits } = reader as unknown as { traits: Map<number, unknown> };
    assert.equal(traits.size, 200_000);
    reader.read(JSON.stringify({ ...batch, full: true }));
    assert.equal(traits.size, 0);
  });

  const bad: [what: string, change: object, path: RegExp][] = [
    ['a group that is no list', { pending: [group()] }, /batch\.pending\[0\] is not a list/],
    ['parents that are no list', { pending: [[1, 1, 1, 0, 7]] }, /batch\.pending\[0\] is not a list/],
    ['a parent that is no number', { pending: [[1, 1, 1, 0, ['x']]] }, /batch\.pending\[0\]\[0\] is not a number/],
    ['a group that nobody was told of', { pending: [[1, 1, 1, 0]] }, /batch\.pending is not a group that was told/],
    [
      'promises without a cost',
      { promises: { followed: 1, oneIn: 1 } },
      /malformed: batch\.promises\.costMs is not a number$/,
    ],
    ['totals without timers', { totals: {} }, /batch\.totals\.timers is not a number/],
    [
      'a phase that there is not',
      { openCallback: { phase: 'x', sinceMs: 1, site: null } },
      /openCallback\.phase is not a phase/,
    ],
    [
      'a pair of three',
      { lateness: { buckets: [[1, 2, 3]], maxMs: 1 } },
      /batch\.lateness\.buckets\[0\] is not a pair$/,
    ],
    ['a phase without figures', { phases: { poll: {} } }, /batch\.phases\.poll\.busyMs is not a number$/],
    ['another version', { version: 99 }, /batch\.version is not 2/],
  ];

  for (const [what, change, message] of bad) {
    it(`with ${what} is refused by name`, () => {
      assert.throws(() => read(asText(change)), message);
    });
  }

  it('of more than 32 MB is refused unread', () => {
    assert.throws(() => read(' '.repeat(33 * 1024 * 1024)), /batch is not below 32 MB/);
  });
});
