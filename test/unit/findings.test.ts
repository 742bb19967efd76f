import assert from 'node:assert/strict';
import { Findings, HOLD_MS } from '../../src/model/findings/findings';
import type { Rule, RuleView } from '../../src/model/findings/rule';
import { rules } from '../../src/model/findings/rules';
import type { BatchGroup, BatchListeners } from '../../src/protocol/probe';
import type { Finding, Snapshot } from '../../src/protocol/snapshot';
import { Feed, group, lateness, site, standing, type BatchParts } from './monitorBatches';

const ofRule = (snapshot: Snapshot, rule: string): Finding[] =>
  snapshot.findings.filter((finding) => finding.rule === rule);
const texts = (snapshot: Snapshot): string[] => snapshot.findings.map(({ text }) => text);

const REPORT = { 3: site('report.ts', 88, 'buildReport') };
const blocking = (longestMs: number, longestSite: number | null = 3): BatchParts => ({
  phases: { timers: { busyMs: longestMs, callbacks: 1, longestMs, longestSite } },
});

describe('Finding: blocked loop', () => {
  it('names the longest callback, its place and the timers it held up', () => {
    const snapshot = new Feed().beat({ ...blocking(350), lateness: lateness([0.2, 90], [200, 8], [340, 6]) }, REPORT);
    assert.deepEqual(texts(snapshot), [
      'One timers callback ran for 350 ms, buildReport at report.ts:88; it held up 14 timers.',
    ]);
    const [finding] = snapshot.findings;
    assert.equal(finding?.rule, 'blocked-loop');
    assert.equal(finding.action, 'profile');
    assert.equal(snapshot.sites[finding.site ?? 0]?.line, 88);
  });

  it('says so when the callback still runs, also before it was ever seen to end', () => {
    const feed = new Feed();
    feed.beat({}, REPORT);
    const openCallback = { phase: 'timers', sinceMs: 4200, site: 3 } as const;
    const snapshot = feed.beat({ ...standing(1000, 1), openCallback });
    assert.deepEqual(texts(snapshot), ['A timers callback has been running for 4.2 s, buildReport at report.ts:88.']);
    assert.equal(snapshot.findings[0]?.severity, 'error');
  });

  it('does without a place or a name that is not known', () => {
    assert.deepEqual(texts(new Feed().beat(blocking(350, null))), ['One timers callback ran for 350 ms.']);
    const anonymous = new Feed().beat(blocking(350), { 3: site('report.ts', 88, '(anonymous)') });
    assert.deepEqual(texts(anonymous), ['One timers callback ran for 350 ms, at report.ts:88.']);
  });

  it('prefers one with a place to one that was a little longer and has none', () => {
    const feed = new Feed();
    feed.beat(blocking(209, null), REPORT);
    assert.deepEqual(texts(feed.beat(blocking(200))), [
      'One timers callback ran for 200 ms, buildReport at report.ts:88.',
    ]);
  });

  it('keeps the worst of the last minute, then lets it go', () => {
    const feed = new Feed();
    feed.beat(blocking(350), REPORT);
    const calm = feed.beats(30, () => blocking(150));
    assert.match(texts(calm)[0] ?? '', /350 ms/);
    assert.equal(calm.findings.length, 1);
    const later = feed.beats(40, () => blocking(150));
    assert.match(texts(later)[0] ?? '', /150 ms/);
    assert.equal(feed.beats(60).findings.length, 1);
    assert.deepEqual(feed.beats(20).findings, []);
  });

  it('is silent below the threshold', () => {
    assert.deepEqual(new Feed().beats(20, () => blocking(99), REPORT).findings, []);
  });
});

describe('Finding: growth', () => {
  const leaking =
    (perBeat: number, of: Partial<BatchGroup> = {}) =>
    (beat: number): BatchParts => ({
      pending: [group({ group: 1, site: 1, count: 1 + beat * perBeat, oldestMs: 0, ...of })],
    });
  const POLLER = { 1: site('poller.ts', 31, 'poll') };

  it('names timers that grow at one place, how fast, and the age of the oldest', () => {
    const feed = new Feed();
    const snapshot = feed.beats(120, leaking(2), POLLER);
    assert.deepEqual(texts(snapshot), [
      '239 timers from poller.ts:31 are pending and grow by 2 a second; the oldest is 2 min old.',
    ]);
    const [finding] = snapshot.findings;
    assert.equal(finding?.id, `timer-leak:${snapshot.pending[0]?.key ?? ''}`);
    assert.equal(finding.severity, 'warning');
    assert.equal(finding.action, 'showPending');
  });

  it('names handles and requests by what they are', () => {
    const sockets = new Feed().beats(60, leaking(1, { type: 'TCPWRAP', phase: 'poll' }), POLLER);
    assert.equal(ofRule(sockets, 'handle-leak').length, 1);
    assert.match(texts(sockets)[0] ?? '', /^60 TCP sockets from poller\.ts:31 are pending and grow by 1 a second/);
    const requests = new Feed().beats(60, leaking(1, { type: 'FSREQCALLBACK', phase: 'poll' }), POLLER);
    assert.equal(ofRule(requests, 'request-leak').length, 1);
    assert.match(ofRule(requests, 'request-leak')[0]?.text ?? '', /^60 file requests from/);
  });

  it('says that the place is not known rather than leaving the growth out', () => {
    const snapshot = new Feed().beats(60, leaking(1, { site: null }));
    assert.match(texts(snapshot)[0] ?? '', /^60 timers from a place that is not known are pending/);
  });

  it('is found soon after the tenth', () => {
    const feed = new Feed();
    let beats = 1;
    while (feed.beat(leaking(2)(beats)).findings.length === 0) beats++;
    assert.ok(beats <= 12, `after ${beats} beats`);
  });

  it('is found at fast and at slow beats', () => {
    for (const beatMs of [250, 5000]) {
      const feed = new Feed({ beatMs });
      const snapshot = feed.beats(60_000 / beatMs, leaking((2 * beatMs) / 1000), POLLER);
      assert.match(texts(snapshot)[0] ?? `none at ${beatMs}`, /grow by 2 a second/);
    }
  });

  it('is found below the swing of the traffic', () => {
    const snapshot = new Feed().beats(
      60,
      (beat) => ({
        pending: [group({ type: 'TCPWRAP', site: 1, count: 200 + beat * 3 + ((beat * 7) % 11) })],
      }),
      POLLER,
    );
    assert.equal(ofRule(snapshot, 'handle-leak').length, 1);
  });

  it('is not found in few, in steady, in swinging, in falling or in slowly growing groups', () => {
    const counts: Record<string, (beat: number) => number> = {
      few: (beat) => Math.min(9, beat + 1),
      steady: () => 240,
      swinging: (beat) => 40 + Math.round(30 * Math.sin(beat)),
      sawtooth: (beat) => 20 + (beat % 5) * 10,
      falling: (beat) => 500 - beat,
      'slower than the threshold': (beat) => 100 + Math.floor(beat / 10),
    };
    for (const [name, count] of Object.entries(counts)) {
      const feed = new Feed();
      for (let beat = 0; beat < 180; beat++) {
        const { findings } = feed.beat({ pending: [group({ site: 1, count: count(beat) })] }, POLLER);
        assert.deepEqual(findings, [], `${name} at beat ${beat}`);
      }
    }
  });

  it('is not found where things from before the attach are replaced one by one', () => {
    const feed = new Feed();
    for (let beat = 0; beat < 120; beat++) {
      const { findings } = feed.beat(
        {
          pending: [
            group({ group: 1, type: 'TCPWRAP', beforeAttach: true, count: Math.max(0, 200 - beat * 2) }),
            group({ group: 2, type: 'TCPWRAP', site: 1, count: Math.min(200, beat * 2) }),
          ],
        },
        POLLER,
      );
      assert.deepEqual(findings, [], `beat ${beat}`);
    }
  });

  it('is not found in a warm-up that has ended', () => {
    const feed = new Feed();
    const snapshot = feed.beats(60, (beat) => ({ pending: [group({ count: Math.min(100, 10 + beat * 20) })] }));
    assert.deepEqual(snapshot.findings, []);
  });

  it('holds ten seconds after the group is gone, then vanishes, and comes back as the same', () => {
    const feed = new Feed();
    const found = feed.beats(60, leaking(2), POLLER).findings[0]?.id;
    assert.ok(found);
    const gone = feed.beat({ pending: [group({ group: 1, count: 0 })] });
    assert.equal(gone.findings[0]?.id, found);
    assert.ok(gone.sites[gone.findings[0].site ?? 0], 'its place is still told');
    assert.equal(feed.beats(9).findings.length, 1);
    assert.deepEqual(feed.beats(2).findings, []);
    assert.equal(feed.beats(60, leaking(2)).findings[0]?.id, found);
  });

  it('goes on with the figures of now through a short stall', () => {
    const feed = new Feed();
    feed.beats(40, leaking(2), POLLER);
    feed.beats(4, () => leaking(2)(39));
    const snapshot = feed.beat(leaking(2)(40));
    assert.match(texts(snapshot)[0] ?? '', /^81 timers from poller\.ts:31 are pending and grow by/);
  });

  it('shows the five largest of many', () => {
    const snapshot = new Feed().beats(
      60,
      (beat) => ({
        pending: Array.from({ length: 30 }, (_, n) => group({ group: n, site: n, count: 10 + beat * (n + 1) })),
      }),
      Object.fromEntries(Array.from({ length: 30 }, (_, n) => [n, site('leaks.ts', n + 1)])),
    );
    assert.deepEqual(
      texts(snapshot).map((text) => /leaks\.ts:\d+/.exec(text)?.[0]),
      ['leaks.ts:26', 'leaks.ts:27', 'leaks.ts:28', 'leaks.ts:29', 'leaks.ts:30'],
    );
  });
});

describe('Finding: listeners', () => {
  const server = (count: number, limit = 10, added = 11): BatchListeners => ({
    emitterId: 1,
    emitter: 'Server',
    event: 'error',
    count,
    limit,
    emitters: 1,
    sites: [[1, added]],
  });
  const RETRY = { 1: site('retry.ts', 9) };

  it('names an emitter over its limit and who added most', () => {
    const snapshot = new Feed().beat({ listeners: [server(14)] }, RETRY);
    assert.deepEqual(texts(snapshot), ['Server has 14 "error" listeners (limit 10), 11 of them added at retry.ts:9.']);
    assert.equal(snapshot.findings[0]?.rule, 'listeners-over-limit');
    assert.equal(snapshot.findings[0].action, 'showListeners');
  });

  it('is silent at the limit, without a limit, and for many emitters together', () => {
    const together = { ...server(400), emitterId: 0, emitters: 90 };
    for (const row of [server(10), server(14, 0), together]) {
      assert.deepEqual(new Feed().beats(20, () => ({ listeners: [row] }), RETRY).findings, []);
    }
  });

  it('names an emitter without a limit whose listeners grow', () => {
    const snapshot = new Feed().beats(40, (beat) => ({ listeners: [server(beat + 1, 0, beat + 1)] }), RETRY);
    assert.deepEqual(texts(snapshot), [
      'Server has 40 "error" listeners, all of them added at retry.ts:9, and they grow by 1 a second.',
    ]);
    assert.equal(snapshot.findings[0]?.rule, 'listener-leak');
  });

  it('says it once when listeners are over the limit and grow', () => {
    const snapshot = new Feed().beats(40, (beat) => ({ listeners: [server(beat + 1)] }), RETRY);
    assert.deepEqual(
      snapshot.findings.map(({ rule }) => rule),
      ['listeners-over-limit'],
    );
    const settled = new Feed().beats(40, (beat) => ({ listeners: [server(beat + 20)] }), RETRY);
    assert.deepEqual(texts(settled), [
      'Server has 59 "error" listeners (limit 10), 11 of them added at retry.ts:9, and gets 1 more a second.',
    ]);
  });

  it('keeps names from the target on one line and short', () => {
    const row = { ...server(14), emitter: `A\n${'x'.repeat(500)}` };
    const [text] = texts(new Feed().beat({ listeners: [row] }, RETRY));
    assert.ok(text && text.length < 200 && !text.includes('\n'));
  });
});

describe('Finding: heap near its limit', () => {
  const MB = 2 ** 20;
  const heap = (used: number, limit = 512): BatchParts => ({
    process: { heapUsedBytes: used * MB, heapLimitBytes: limit * MB },
  });

  it('says how near, without claiming growth of a heap that does not grow', () => {
    const snapshot = new Feed().beats(60, (beat) => heap(470 + (beat % 10)));
    assert.equal(snapshot.findings.length, 1);
    assert.match(texts(snapshot)[0] ?? '', /^The heap uses 479 MB of its limit of 512 MB \(93 %\)\.$/);
    assert.equal(snapshot.findings[0]?.severity, 'warning');
  });

  it('says how fast it grows below the swing of the collections', () => {
    const snapshot = new Feed().beats(61, (beat) => heap(440 + beat * 0.6 + (beat % 5)));
    assert.match(texts(snapshot)[0] ?? '', /, and grows by 3\d MB a minute: it is full in 1 min at this rate\.$/);
  });

  it('is an error shortly before the end, and silent far from it', () => {
    assert.equal(new Feed().beat(heap(500)).findings[0]?.severity, 'error');
    assert.deepEqual(new Feed().beat(heap(400)).findings, []);
  });
});

describe('Findings', () => {
  const finding = (rule: string, severity: Finding['severity'] = 'warning'): Finding => ({
    id: rule,
    rule,
    severity,
    text: `${rule}.`,
    site: null,
    action: null,
  });
  const view = {} as RuleView;

  it('keeps a finding from flickering while its cause comes and goes', () => {
    let beat = 0;
    const rule: Rule = { id: 'a', check: () => (beat % 5 === 0 ? [finding('a')] : []) };
    const findings = new Findings([rule]);
    for (; beat < 100; beat++) assert.equal(findings.check(view, beat * 1000).length, 1);
  });

  it('lets a finding go once it has not been true for the hold time', () => {
    let found = [finding('a')];
    const findings = new Findings([{ id: 'a', check: () => found }]);
    findings.check(view, 0);
    found = [];
    assert.equal(findings.check(view, HOLD_MS).length, 1);
    assert.equal(findings.check(view, HOLD_MS + 1).length, 0);
  });

  it('leaves findings as they are while a rule cannot tell', () => {
    let verdict: ReturnType<Rule['check']> = [finding('a')];
    const findings = new Findings([{ id: 'a', check: () => verdict }]);
    findings.check(view, 0);
    verdict = 'lookAgain';
    assert.equal(findings.check(view, HOLD_MS * 5).length, 1);
    verdict = [];
    assert.equal(findings.check(view, HOLD_MS * 5 + 1000).length, 1);
    assert.equal(findings.check(view, HOLD_MS * 6 + 1).length, 0);
  });

  it('shows errors first, then by the order of the rules', () => {
    const rules = [finding('a', 'info'), finding('b'), finding('c', 'error'), finding('d')].map((one): Rule => ({
      id: one.rule,
      check: () => [one],
    }));
    const ids = new Findings(rules).check(view, 0).map(({ id }) => id);
    assert.deepEqual(ids, ['c', 'b', 'd', 'a']);
  });

  it('says how many rules were checked', () => {
    assert.equal(new Feed().beat().rulesChecked, rules.length);
  });

  it('finds nothing in a steady program', () => {
    const feed = new Feed();
    const sites = { 1: site('server.ts', 10), 2: site('poll.ts', 4) };
    for (let beat = 0; beat < 600; beat++) {
      const swing = (beat * 37) % 13;
      const snapshot = feed.beat(
        {
          phases: { poll: { busyMs: 90 + swing, callbacks: 300, longestMs: 4 + swing, longestSite: 1 } },
          lateness: lateness([0.3 + swing / 10, 20]),
          pending: [
            group({ group: 1, site: 1, type: 'TCPWRAP', phase: 'poll', count: 20 + swing }),
            group({ group: 2, site: 2, count: 12, oldestMs: 1000 }),
            group({
              group: 3,
              site: 1,
              type: 'TCPCONNECTWRAP',
              phase: 'poll',
              count: (beat * 17) % 30,
              oldestMs: null,
            }),
          ],
          process: { heapUsedBytes: 60e6 + ((beat * 3e6) % 40e6) },
        },
        sites,
      );
      assert.deepEqual(snapshot.findings, [], `beat ${beat}`);
    }
  });
});
