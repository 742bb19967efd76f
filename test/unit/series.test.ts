import assert from 'node:assert/strict';
import { gap, History, HISTORY_MS } from '../../src/model/history';
import { Series } from '../../src/model/series';

describe('Series', () => {
  it('keeps the newest rows, oldest first, and no more than it has room for', () => {
    const series = new Series(['a', 'b'], 3);
    for (let n = 1; n <= 5; n++) series.push({ a: n, b: n * 10 });
    assert.equal(series.length, 3);
    assert.deepEqual([series.at(0, 'a'), series.at(1, 'a'), series.at(2, 'b')], [3, 4, 50]);
  });

  it('keeps null apart from 0', () => {
    const series = new Series(['a'], 2);
    series.push({ a: null });
    series.push({ a: 0 });
    assert.equal(series.at(0, 'a'), null);
    assert.equal(series.at(1, 'a'), 0);
  });

  it('knows nothing outside of its rows', () => {
    const series = new Series(['a'], 4);
    series.push({ a: 1 });
    assert.equal(series.at(1, 'a'), null);
    assert.equal(series.at(-1, 'a'), null);
    series.clear();
    assert.equal(series.at(0, 'a'), null);
  });
});

describe('History', () => {
  it('goes back ten minutes at any beat', () => {
    for (const beatMs of [250, 1000, 10_000]) {
      const history = new History(beatMs);
      const beats = (HISTORY_MS / beatMs) * 2;
      for (let beat = 1; beat <= beats; beat++) history.push(gap(beat * beatMs, 'running'));
      const points = history.points();
      assert.equal(points.length, HISTORY_MS / beatMs);
      assert.equal(points.at(-1)?.timeMs, beats * beatMs);
    }
  });

  it('leaves out what is older than ten minutes when beats came late', () => {
    const history = new History(1000);
    for (let beat = 0; beat < 500; beat++) history.push(gap(beat * 3000, 'running'));
    const points = history.points();
    const spanMs = (points.at(-1)?.timeMs ?? 0) - (points[0]?.timeMs ?? 0);
    assert.equal(spanMs, HISTORY_MS);
  });

  it('gives back each point as it was, with state and nulls', () => {
    const history = new History(1000);
    const point = { ...gap(1000, 'blocked'), timers: 0, latenessMaxMs: 41.5 };
    history.push(point);
    assert.deepEqual(history.points(), [point]);
  });
});
