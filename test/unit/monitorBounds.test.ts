import assert from 'node:assert/strict';
import { SampleClock, Trend, Trends } from '../../src/model/trend';
import type { Snapshot } from '../../src/protocol/snapshot';
import { Crowd } from '../support/crowd';
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

describe('Monitor: very many places', () => {
  it('hold no more after an hour of beats than after ten minutes', function () {
    this.timeout(60_000);
    const crowd = new Crowd(300);
    const most: number[] = [];
    crowd.apply(crowd.full());
    for (let second = 1; second <= 3600; second++) {
      crowd.apply(second % 300 === 0 ? crowd.full() : crowd.changed(20, 3));
      const tenMinutes = Math.ceil(second / 600) - 1;
      most[tenMinutes] = Math.max(most[tenMinutes] ?? 0, crowd.feed.monitor.size);
    }
    assert.equal(most.length, 6);
    assert.ok(Math.max(...most) < 5000, `${most.join()} entries`);
    assert.ok(most[5]! <= most[1]! * 1.02, `${most.join()} entries`);
  });

  it('let the one leak be found among 5,000, though it is the smallest, and nothing else', function () {
    this.timeout(60_000);
    const crowd = new Crowd(5000);
    crowd.apply(crowd.full());
    const leak = { group: 99_999, type: 'TCPWRAP', phase: 'poll', site: 99_999 } as const;
    let snapshot: Snapshot | undefined;
    for (let beat = 0; beat < 40; beat++) {
      const pending = [group({ ...leak, count: 1 + Math.floor(beat / 4) })];
      const sites = [{ site: leak.site, function: 'leak', url: 'file:///srv/leak.ts', line: 7, column: 1 }];
      snapshot = crowd.apply({ ...crowd.changed(0), pending, sites });
    }
    assert.equal(snapshot?.pending.length, 5001);
    assert.deepEqual(
      snapshot.findings.filter(({ rule }) => rule.endsWith('-leak')).map(({ text }) => text),
      ['10 TCP sockets from leak.ts:7 are pending and grow by 15 a minute; the oldest is 46 s old.'],
    );
    assert.equal(Math.min(...snapshot.pending.map(({ count }) => count)), 10);
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

  it('keep the last value of a count that does not change, however long', () => {
    const clock = new SampleClock();
    const told = new Trend(clock);
    const silent = new Trend(clock);
    for (let second = 0; second < 400; second++) {
      clock.isDue(second * 1000);
      const value = second < 300 ? 10 : 10 + 2 * (second - 300);
      told.take(value);
      if (second === 0 || second >= 300) silent.take(value);
      assert.deepEqual(silent.growth(), told.growth(), `after ${second} s`);
      assert.deepEqual(silent.goingOn(), told.goingOn(), `after ${second} s`);
    }
    assert.ok(told.growth());
  });

  it('look back one minute', () => {
    const trend = new Trend();
    for (let second = 0; second < 200; second++) trend.add(second * 1000, second < 120 ? 10 : 10 + (second - 120) * 3);
    assert.ok(Math.abs((trend.growth()?.perSecond ?? 0) - 3) < 0.2);
    for (let second = 200; second < 300; second++) trend.add(second * 1000, 247);
    assert.equal(trend.growth(), null);
  });
});
