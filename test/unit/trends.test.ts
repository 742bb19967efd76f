import assert from 'node:assert/strict';
import { Trends } from '../../media/trends';
import { group } from '../support/samples';

const timers = (count: number) => group('Timeout', 'timers', count, 1);
const KEY = 'Timeout@1';

describe('The trend of a group', () => {
  it('has a count for each beat that was seen, also for those in which nothing changed', () => {
    const trends = new Trends();
    trends.add([], []);
    trends.add([timers(3)], []);
    trends.add([], []);
    trends.add([timers(5)], []);
    assert.deepEqual(trends.of(KEY), [null, 3, 3, 5]);
    assert.equal(trends.growth(KEY), 2);
    trends.add([], [KEY]);
    trends.add([timers(1)], []);
    assert.deepEqual(trends.of(KEY), [null, 3, 3, 5, 0, 1]);
    assert.equal(trends.growth(KEY), -2);
    assert.deepEqual(trends.of('nothing'), new Array(6).fill(null));
  });

  it('has the last 40 beats, and grows by what is more than at their beginning', () => {
    const trends = new Trends();
    for (let count = 1; count <= 100; count++) trends.add([timers(count)], []);
    assert.deepEqual(
      trends.of(KEY),
      Array.from({ length: 40 }, (_, at) => at + 61),
    );
    assert.equal(trends.growth(KEY), 39);
    for (let beat = 0; beat < 39; beat++) trends.add([], []);
    assert.equal(trends.growth(KEY), 0);
    assert.deepEqual(trends.of(KEY), new Array(40).fill(100));
  });

  it('is forgotten once it has been at zero for all of them', () => {
    const trends = new Trends();
    trends.add([timers(3)], []);
    trends.add([], [KEY]);
    for (let beat = 0; beat < 80; beat++) trends.add([], []);
    assert.deepEqual(trends.of(KEY), new Array(40).fill(null));
  });
});
