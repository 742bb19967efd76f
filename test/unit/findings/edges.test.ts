import assert from 'node:assert/strict';
import type { Snapshot } from '../../../src/protocol/snapshot';
import { Feed, group, lateness, site, standing, summary, type BatchParts } from '../monitorBatches';

const of = (snapshot: Snapshot, rule: string): string[] =>
  snapshot.findings.filter((finding) => finding.rule === rule).map(({ text }) => text);
const MB = 2 ** 20;

describe('Finding: late timers', () => {
  const late = (ms: number, count = 5): BatchParts => ({ lateness: lateness([ms, count]) });

  it('needs most of the timers, not a few', () => {
    const feed = new Feed();
    const mixed: BatchParts = { lateness: lateness([200, 4], [0.3, 6]) };
    assert.deepEqual(
      of(
        feed.beats(20, () => mixed),
        'late-timers',
      ),
      [],
    );
    assert.equal(
      of(
        feed.beats(10, () => late(200)),
        'late-timers',
      ).length,
      1,
    );
  });

  it('says nothing of one timer now and then, or of the first seconds', () => {
    assert.deepEqual(
      of(
        new Feed().beats(30, (beat) => (beat % 5 === 0 ? late(900, 1) : {})),
        'late-timers',
      ),
      [],
    );
    assert.deepEqual(
      of(
        new Feed().beats(4, () => late(200)),
        'late-timers',
      ),
      [],
    );
  });

  it('goes on with fewer, then is let go', () => {
    const feed = new Feed();
    feed.beats(10, () => late(200));
    const fewer: BatchParts = { lateness: lateness([200, 4], [0.3, 6]) };
    assert.equal(
      of(
        feed.beats(60, () => fewer),
        'late-timers',
      ).length,
      1,
    );
    assert.deepEqual(
      of(
        feed.beats(30, () => late(0.3)),
        'late-timers',
      ),
      [],
    );
  });
});

describe('Finding: collections', () => {
  const collecting = (feed: Feed, collectionShare: number): Snapshot => {
    feed.monitor.applyCpu(summary({ collectionShare, idleShare: 0.2 }), []);
    return feed.beat();
  };

  it('is judged over ten seconds, not over one', () => {
    const feed = new Feed();
    for (let beat = 0; beat < 30; beat++) {
      assert.deepEqual(of(collecting(feed, beat % 10 === 0 ? 0.9 : 0.05), 'gc-share'), [], `beat ${beat}`);
    }
  });

  it('is let go when samples end', () => {
    const feed = new Feed();
    for (let beat = 0; beat < 10; beat++) collecting(feed, 0.6);
    const [found] = collecting(feed, 0.6).findings;
    assert.equal(found?.severity, 'error');
    assert.deepEqual(of(feed.beats(30), 'gc-share'), []);
  });
});

describe('Finding: requests', () => {
  const pending = (type: string, oldestMs: number | null): BatchParts => ({
    pending: [group({ group: 7, type, phase: 'poll', site: 1, oldestMs })],
  });
  const READ = { 1: site('reader.ts', 12, 'read') };

  it('counts those at one place together', () => {
    const feed = new Feed();
    const from = feed.nowMs;
    const parts = (): BatchParts => ({ pending: [{ ...pending('GETADDRINFOREQWRAP', from).pending![0]!, count: 3 }] });
    assert.deepEqual(of(feed.beats(15, parts, READ), 'slow-request'), [
      '3 DNS look-ups from reader.ts:12 are pending, the oldest for 15 s.',
    ]);
  });

  it('says nothing of handles, which last, or of requests that end', () => {
    const feed = new Feed();
    const from = feed.nowMs;
    assert.deepEqual(feed.beats(40, () => pending('TCPWRAP', from), READ).findings, []);
    assert.deepEqual(new Feed().beats(40, (beat) => pending('FSREQCALLBACK', 5000 + beat * 1000), READ).findings, []);
  });

  it('does not blame a request for a loop that stood still or was paused', () => {
    const feed = new Feed();
    feed.beat(pending('FSREQCALLBACK', feed.nowMs), READ);
    const stood = feed.beat({ windowMs: 30_000, loop: { turns: 1, idleMs: 0 } });
    assert.deepEqual(of(stood, 'slow-request'), []);
    const paused = new Feed();
    paused.beat(pending('FSREQCALLBACK', paused.nowMs), READ);
    paused.monitor.setPausedByDebugger(true);
    assert.deepEqual(
      of(
        paused.beats(30, () => standing(1000, 0)),
        'slow-request',
      ),
      [],
    );
  });

  it('leaves requests that grow to the rule that says so', () => {
    const feed = new Feed();
    const from = feed.nowMs;
    const grow = (beat: number): BatchParts => ({
      pending: [group({ group: 7, type: 'FSREQCALLBACK', phase: 'poll', site: 1, oldestMs: from, count: 10 + beat })],
    });
    assert.deepEqual(
      feed.beats(30, grow, READ).findings.map(({ rule }) => rule),
      ['thread-pool', 'request-leak'],
    );
  });
});

describe('Finding: the thread pool', () => {
  const reads = (count: number): BatchParts => ({
    pending: [group({ group: 7, type: 'FSREQCALLBACK', phase: 'poll', count, oldestMs: null })],
  });

  it('needs every beat to see it full', () => {
    assert.equal(
      of(
        new Feed().beats(12, () => reads(9)),
        'thread-pool',
      ).length,
      1,
    );
    assert.deepEqual(
      of(
        new Feed().beats(40, (beat) => reads(beat % 4 === 0 ? 0 : 9)),
        'thread-pool',
      ),
      [],
    );
  });

  it('goes by the size that the program has set', () => {
    const large = { process: { threadPoolSize: 16 } };
    assert.deepEqual(
      of(
        new Feed().beats(20, () => ({ ...reads(9), ...large })),
        'thread-pool',
      ),
      [],
    );
  });

  it('does not count what needs no thread', () => {
    const sockets: BatchParts = { pending: [group({ type: 'TCPCONNECTWRAP', phase: 'poll', count: 50 })] };
    assert.deepEqual(
      of(
        new Feed().beats(20, () => sockets),
        'thread-pool',
      ),
      [],
    );
  });
});

describe('Finding: memory outside the heap', () => {
  const external = (mb: number): BatchParts => ({ process: { externalBytes: mb * MB, arrayBuffersBytes: mb * MB } });

  it('is not what V8 leaves there until it collects', () => {
    for (const everySeconds of [20, 70, 200]) {
      const feed = new Feed({ beatMs: 5000 });
      for (let second = 0; second < 1200; second += 5) {
        const found = of(feed.beat(external(20 + 60 * ((second % everySeconds) / everySeconds))), 'buffer-growth');
        assert.deepEqual(found, [], `every ${everySeconds} s, after ${second} s`);
      }
    }
  });

  it('is found below that swing', () => {
    const feed = new Feed({ beatMs: 5000 });
    const snapshot = feed.beats(120, (beat) => external(20 + beat * 2 + 60 * ((beat % 14) / 14)));
    assert.match(of(snapshot, 'buffer-growth')[0] ?? '', /grows by 2\d MB a minute/);
  });
});

describe('Finding: what reached the process', () => {
  const warned: BatchParts = { events: [{ kind: 'warning', name: 'W', message: 'one\n two', count: 1 }] };

  it('is told for a minute, on one line', () => {
    const feed = new Feed();
    assert.deepEqual(of(feed.beat(warned), 'process-event'), [
      'The process has given a warning, just now: W: one two.',
    ]);
    assert.match(of(feed.beats(59), 'process-event')[0] ?? '', /, last 59 s ago: /);
    assert.deepEqual(of(feed.beat(), 'process-event'), []);
  });

  it('counts the same ones together, and shows the five latest', () => {
    const feed = new Feed();
    assert.match(
      of(
        feed.beats(7, () => warned),
        'process-event',
      )[0] ?? '',
      /^The process has given a warning 7 times/,
    );
    const events = Array.from({ length: 20 }, (_, n) => ({ ...warned.events![0]!, message: `${n}` }));
    assert.equal(of(feed.beat({ events }), 'process-event').length, 5);
  });
});

describe('Finding: a debugger', () => {
  it('is said while it is there, and not longer', () => {
    const feed = new Feed();
    feed.monitor.setDistortion('A debugger makes it slow.');
    const [found] = feed.beat().findings;
    assert.deepEqual([found?.rule, found?.severity, found?.text], ['debugger', 'info', 'A debugger makes it slow.']);
    feed.monitor.setDistortion(null);
    assert.deepEqual(feed.beat().findings, []);
  });
});
