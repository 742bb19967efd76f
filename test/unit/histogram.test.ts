import assert from 'node:assert/strict';
import { countAbove, quantile, timerLateness } from '../../src/model/histogram';
import { latenessBucket } from '../../src/protocol/probe';

const buckets = (values: number[]): [number, number][] => values.map((ms) => [latenessBucket(ms), 1]);

describe('Histogram', () => {
  it('finds quantiles within the error of the buckets', () => {
    const values = Array.from({ length: 1000 }, (_, n) => 0.5 + n * 0.7);
    for (const share of [0.01, 0.5, 0.9, 0.99, 1]) {
      const exact = values[Math.ceil(share * values.length) - 1] ?? 0;
      const found = quantile(buckets(values), share) ?? 0;
      assert.ok(Math.abs(found - exact) <= exact * 0.02, `${share}: ${found} for ${exact}`);
    }
  });

  it('does not depend on the order of the buckets', () => {
    const shuffled: [number, number][] = [
      [40, 1],
      [3, 98],
      [20, 1],
    ];
    assert.equal(quantile(shuffled, 0.5), quantile([[3, 1]], 0.5));
    assert.equal(quantile(shuffled, 1), quantile([[40, 1]], 0.5));
  });

  it('has no quantile of nothing', () => {
    assert.equal(quantile([], 0.5), null);
    assert.equal(timerLateness(null), null);
    assert.equal(timerLateness({ buckets: [], maxMs: 0 }), null);
  });

  it('counts what lies above a value', () => {
    assert.equal(countAbove(buckets([0, 1, 50, 200, 340]), 35), 3);
  });

  it('takes a bucket beyond the last one for the last one', () => {
    assert.ok((quantile([[10_000, 1]], 0.5) ?? Infinity) < 1e7);
  });
});
