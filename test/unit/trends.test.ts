import assert from 'node:assert/strict';
import { GatheredTrends, Trends } from '../../media/trends';
import { group } from '../support/samples';

const timers = (count: number, site = 1) => group('Timeout', 'timers', count, site);
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

describe('The trend of a row that gathers groups', () => {
  it('is the sum of their trends, and begins with the first of them', () => {
    const trends = new Trends();
    trends.add([], []);
    trends.add([timers(3)], []);
    trends.add([timers(4), timers(10, 2)], []);
    trends.add([timers(11, 2)], []);
    assert.deepEqual(trends.sum([KEY, 'Timeout@2']), [null, 3, 14, 15]);
    assert.deepEqual(trends.sum([]), [null, null, null, null]);
  });

  it('is the same sum over more beats than the line has', () => {
    const trends = new Trends();
    for (let count = 1; count <= 100; count++) trends.add([timers(count), timers(2 * count, 2)], []);
    const single = trends.of(KEY).map((count) => 3 * (count ?? 0));
    assert.deepEqual(trends.sum([KEY, 'Timeout@2']), single);
  });

  it('keeps a group that is gone for as long as it was in the line, and not one that is gathered elsewhere', () => {
    const trends = new Trends();
    const gathered = new GatheredTrends(trends);
    const line = (...members: ReturnType<typeof timers>[]): unknown => gathered.of('group:Timeout', members);
    trends.add([timers(3), timers(10, 2)], []);
    assert.deepEqual(line(timers(3), timers(10, 2)), [13]);
    trends.add([], ['Timeout@2']);
    assert.deepEqual(line(timers(3)), [13, 3]);
    trends.add([timers(5, 2)], []);
    assert.deepEqual(line(timers(3), timers(5, 2)), [13, 3, 8]);
    trends.add([], []);
    assert.deepEqual(line(timers(3)), [3, 3, 3, 3], 'a filter hides the other');
    trends.add([], ['Timeout@2']);
    assert.deepEqual(line(timers(3)), [3, 3, 3, 3, 3]);
  });
});
