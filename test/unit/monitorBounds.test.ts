import assert from 'node:assert/strict';
import { Trend, Trends } from '../../src/model/trend';
import { Feed, group, lateness, site, summary } from './monitorBatches';

describe('Monitor: memory', () => {
  it('stays bounded over 100,000 beats of a target whose groups, places and functions always change', function () {
    this.timeout(60_000);
    const feed = new Feed();
    let largest = 0;
    for (let beat = 0; beat < 100_000; beat++) {
      const number = beat + 1;
      feed.beat(
        {
          pending: [
            group({ group: number, site: number, count: 12 }),
            ...(beat >= 5 ? [group({ group: number - 5, count: 0 })] : []),
          ],
          listeners: [
            { emitterId: number, emitter: 'E', event: 'e', count: 12, limit: 10, emitters: 1, sites: [[number, 12]] },
            ...(beat >= 5
              ? [{ emitterId: number - 5, emitter: 'E', event: 'e', count: 0, limit: 10, emitters: 1, sites: [] }]
              : []),
          ],
          phases: {
            timers: { busyMs: 300, callbacks: 1, longestMs: 300 - (beat % 100), longestSite: number },
          },
          lateness: lateness([5, 1]),
        },
        { [number]: site(`made${number}.js`, 1) },
      );
      const name = `f${number}`;
      const functions = [{ function: name, url: name, line: 1, column: 1, selfMs: 5, totalMs: 5 }];
      feed.monitor.applyCpu(summary({ functions }), [site(name, 1)]);
      if (beat % 1000 === 999) largest = Math.max(largest, feed.monitor.size);
    }
    assert.ok(largest <= 35_000, `${largest} entries`);
    assert.equal(feed.monitor.history().length, 600);
    assert.ok((feed.monitor.snapshot?.findings.length ?? 0) <= 30);
  });
});

describe('Trends', () => {
  it('follow a bounded number of counts and forget those that are gone', () => {
    const trends = new Trends(5, 100);
    const counts = (from: number, to: number): { key: string; count: number }[] =>
      Array.from({ length: to - from }, (_, n) => ({ key: `k${from + n}`, count: 50 }));
    trends.add(0, counts(0, 1000));
    assert.equal(trends.size, 100);
    trends.add(1000, counts(90, 1000));
    assert.equal(trends.size, 100);
    trends.add(2000, []);
    assert.equal(trends.size, 0);
    trends.add(3000, [{ key: 'few', count: 4 }]);
    assert.equal(trends.size, 0);
  });

  it('need five samples over five seconds, however fast the beats are', () => {
    const trend = new Trend();
    let grownAtMs = 0;
    for (let timeMs = 0; timeMs <= 10_000 && grownAtMs === 0; timeMs += 250) {
      trend.add(timeMs, 10 + timeMs / 100);
      if (trend.growth()) grownAtMs = timeMs;
    }
    assert.equal(grownAtMs, 5000);
  });

  it('look back one minute', () => {
    const trend = new Trend();
    for (let second = 0; second < 200; second++) trend.add(second * 1000, second < 120 ? 10 : 10 + (second - 120) * 3);
    assert.ok(Math.abs((trend.growth()?.perSecond ?? 0) - 3) < 0.2);
    for (let second = 200; second < 300; second++) trend.add(second * 1000, 247);
    assert.equal(trend.growth(), null);
  });
});
