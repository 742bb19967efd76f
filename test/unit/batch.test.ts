import assert from 'node:assert/strict';
import { decodeBatch } from '../../src/target/batch';
import { Feed, group } from './monitorBatches';

const asText = (change: object = {}): string => JSON.stringify({ ...new Feed().batch(), ...change });

describe('A batch from its text', () => {
  it('is the batch that was written', () => {
    const batch = new Feed({ level: 'deep' }).batch({
      pending: [group({ type: 'PROMISE', phase: 'microtasks', site: 1, referenced: null, parents: [2, 3] })],
      totals: { timers: 0, immediates: 0, requests: 0, handles: 0, promises: 1 },
      promises: { followed: 1, oneIn: 16, costMs: 0.2 },
      dropped: { resources: 0, sites: 0, emitters: 0, promises: 7 },
    });
    assert.deepEqual(decodeBatch(JSON.stringify(batch)), batch);
  });

  it('keeps no more of a chain of async parents than is shown', () => {
    const parents = Array.from({ length: 10_000 }, (_, at) => at);
    const decoded = decodeBatch(asText({ pending: [group({ parents })] }));
    assert.deepEqual(decoded.pending[0]?.parents, parents.slice(0, 32));
  });

  const bad: [what: string, change: object, path: RegExp][] = [
    [
      'parents that are no list',
      { pending: [{ ...group(), parents: 7 }] },
      /batch\.pending\[0\]\.parents is not a list/,
    ],
    ['a parent that is no number', { pending: [group({ parents: ['x'] as never })] }, /parents\[0\] is not a number/],
    [
      'promises without a cost',
      { promises: { followed: 1, oneIn: 1 } },
      /malformed: batch\.promises\.costMs is not a number$/,
    ],
    ['totals without timers', { totals: {} }, /batch\.totals\.timers is not a number/],
    ['a phase that there is not', { pending: [group({ phase: 'x' as never })] }, /pending\[0\]\.phase is not a phase/],
    [
      'a pair of three',
      { lateness: { buckets: [[1, 2, 3]], maxMs: 1 } },
      /batch\.lateness\.buckets\[0\] is not a pair$/,
    ],
    ['a phase without figures', { phases: { poll: {} } }, /batch\.phases\.poll\.busyMs is not a number$/],
    ['another version', { version: 99 }, /batch\.version is not 1/],
  ];

  for (const [what, change, message] of bad) {
    it(`with ${what} is refused by name`, () => {
      assert.throws(() => decodeBatch(asText(change)), message);
    });
  }

  it('of more than 32 MB is refused unread', () => {
    assert.throws(() => decodeBatch(' '.repeat(33 * 1024 * 1024)), /batch is not below 32 MB/);
  });
});
