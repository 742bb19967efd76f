import assert from 'node:assert/strict';
import type { AttachmentView } from '../../src/editor/attachmentView';
import { comparedProcesses } from '../../src/editor/comparison';
import type { HistoryPoint } from '../../src/protocol/panel';
import { snapshotOf } from '../support/samples';

interface Options {
  name?: string;
  lateness?: (number | null)[];
  beaten?: boolean;
}

/** Stands in for the view of an attachment. */
class Faked {
  parent: Faked | null = null;
  successor: Faked | null = null;
  readonly attachment;

  constructor(pid: number, { name = 'api.js', lateness = [], beaten = true }: Options = {}) {
    const points = lateness.map((latenessMaxMs) => ({ latenessMaxMs }) as HistoryPoint);
    this.attachment = {
      info: { id: `a${pid}`, name, pid },
      state: 'running',
      snapshot: beaten ? snapshotOf() : null,
      history: (withinMs: number) => (assert.equal(withinMs, 10_000), points),
    };
  }

  get latest(): Faked {
    return this.successor?.latest ?? this;
  }

  below(parent: Faked): this {
    this.parent = parent;
    return this;
  }
}

const compared = (...fakes: Faked[]): ReturnType<typeof comparedProcesses> =>
  comparedProcesses(fakes as unknown as AttachmentView[]);
const tree = (...fakes: Faked[]): [number, number][] => compared(...fakes).map(({ pid, depth }) => [pid, depth]);

describe('The attached processes, compared,', () => {
  it('stand below the one that has started them, in the order of their attach', () => {
    const api = new Faked(1);
    const grandchild = new Faked(2);
    const other = new Faked(3);
    const child = new Faked(4).below(api);
    grandchild.below(child);
    const second = new Faked(5).below(api);
    assert.deepEqual(tree(api, grandchild, other, child, second), [
      [1, 0],
      [4, 1],
      [2, 2],
      [5, 1],
      [3, 0],
    ]);
  });

  it('are all there when a parent is not attached any more, was started again, or is wrong', () => {
    const gone = new Faked(1);
    const before = new Faked(2);
    const after = (before.successor = new Faked(3));
    const first = new Faked(6);
    const second = new Faked(7).below(first);
    first.below(second);
    assert.deepEqual(tree(new Faked(4).below(gone), new Faked(5).below(before), after, first, second), [
      [4, 0],
      [3, 0],
      [5, 1],
      [6, 0],
      [7, 1],
    ]);
  });

  it('say how late timers were at the most, and nothing where that is not known', () => {
    const [late, none, young] = compared(
      new Faked(1, { lateness: [3, null, 41, 2] }),
      new Faked(2, { lateness: [null] }),
      new Faked(3, { beaten: false }),
    );
    assert.deepEqual([late?.latenessMaxMs, none?.latenessMaxMs], [41, null]);
    assert.equal(late?.utilization, snapshotOf().loop.utilization);
    assert.deepEqual(late.pending, snapshotOf().pendingTotals);
    assert.deepEqual([young?.utilization, young?.heapUsedBytes, young?.pending], [null, null, null]);
  });

  it('are bounded in number and in name', () => {
    const many = compared(...Array.from({ length: 1000 }, (_, pid) => new Faked(pid, { name: 'x'.repeat(100_000) })));
    assert.equal(many.length, 200);
    assert.ok(many.every(({ name }) => name.length <= 300));
  });
});
