import assert from 'node:assert/strict';
import type { Thresholds } from '../../../src/model/findings/rule';
import { DEFAULTS } from '../../../src/protocol/defaults';
import type { Finding, Snapshot } from '../../../src/protocol/snapshot';
import { replay } from '../../support/recorded';

/** A run of test/fixtures/findings/faults.cjs, the rule that finds its fault, and what the rule says in the end. */
interface Case {
  run: string;
  rule: string;
  says: RegExp;
  /** Beyond this threshold it is no fault; none where there is no threshold. */
  threshold?: Partial<Thresholds>;
  /** What else is true of that run. */
  besides?: string[];
  beatMs?: number;
}

const CASES: Case[] = [
  {
    run: 'synchronousCalls',
    rule: 'synchronous-call',
    says: /^In report at faults\.cjs:\d+, readFileSync of fs held up the loop for [\d.]+ m?s of the last \d+ s \(\d+ %\), by CPU samples\.$/,
    threshold: { synchronousShare: 0.9 },
    besides: ['blocked-loop'],
  },
  {
    run: 'synchronousCalls',
    rule: 'synchronous-call',
    says: /^In validate at faults\.cjs:\d+, the regular expression \^\(a\+\)\+\$ held up the loop for /,
    threshold: { synchronousShare: 0.9 },
    besides: ['blocked-loop'],
  },
  {
    run: 'lateTimers',
    rule: 'late-timers',
    says: /^(\d+) of \d+ timers of the last \d+ s started more than 50 ms late, the worst by \d+ ms; callbacks ran for up to \d+ ms, at faults\.cjs:\d+\.$/,
    threshold: { lateTimersMs: 1000 },
  },
  {
    run: 'garbageCollection',
    rule: 'gc-share',
    says: /^Garbage collection took \d+ % of the last \d+ s, by CPU samples; the heap uses \d+ MB of its limit of [\d.]+ GB\.$/,
    threshold: { gcShare: 0.9 },
    besides: ['late-timers', 'blocked-loop'],
  },
  {
    run: 'threadPool',
    rule: 'thread-pool',
    says: /^All 4 threads of the thread pool \(UV_THREADPOOL_SIZE\) have been busy for \d+ s: 12 requests are pending, 8 of them waiting for a thread; all are key derivations from faults\.cjs:\d+\.$/,
    threshold: { threadPoolMs: 60_000 },
  },
  {
    run: 'slowRequests',
    rule: 'slow-request',
    says: /^1 file request from faults\.cjs:\d+ has been pending for 1\d s\.$/,
    threshold: { slowRequestMs: 60_000 },
  },
  {
    run: 'slowWrites',
    rule: 'slow-write',
    says: /^1 write from faults\.cjs:\d+ has been pending for [\d.]+ s: the other side does not read; /,
    threshold: { slowWriteMs: 60_000 },
  },
  {
    run: 'growingBuffers',
    rule: 'buffer-growth',
    says: /^Memory outside the heap is 3\d\d MB \(3\d\d MB in buffers\) and grows by 2[34]\d MB a minute\.$/,
    threshold: { bufferGrowthMb: 1000 },
    beatMs: 10_000,
  },
  {
    run: 'processEvents',
    rule: 'process-event',
    says: /^An exception has been caught by nothing but the process \d times in the last minute, (just now|last [\d.]+ m?s ago): TypeError: nobody catches it\.$/,
    threshold: { processEventsPerMinute: 100 },
  },
  {
    run: 'connections',
    rule: 'no-error-listener',
    says: /^20 TCP sockets from faults\.cjs:\d+ have no "error" listener: /,
    besides: ['full-server', 'exhausted-pool'],
  },
  {
    run: 'connections',
    rule: 'full-server',
    says: /^The server from faults\.cjs:\d+ has all of the 20 connections that its maxConnections allows: it drops new ones\.$/,
    threshold: { connectionsShare: 1.1 },
    besides: ['no-error-listener', 'exhausted-pool'],
  },
  {
    run: 'connections',
    rule: 'exhausted-pool',
    says: /^For 1\d s requests to 127\.0\.0\.1:\d+ have had to wait for a socket: their http\.Agent may have 1, and 2 requests are waiting\.$/,
    threshold: { poolWaitMs: 60_000 },
    besides: ['no-error-listener', 'full-server'],
  },
  {
    run: 'heapNearLimit',
    rule: 'heap-near-limit',
    says: /^The heap uses \d+ MB of its limit of \d+ MB \(\d+ %\), and grows by \d+ MB a minute: it is full in \d+ (s|min) at this rate\.$/,
    threshold: { heapShare: 1 },
  },
];

function findingsOf(run: string, beatMs = 1000, thresholds: Partial<Thresholds> = {}): Finding[][] {
  const snapshots: Snapshot[] = [...replay(run, { beatMs, thresholds: { ...DEFAULTS.thresholds, ...thresholds } })];
  assert.ok(snapshots.length >= 10);
  return snapshots.map(({ findings }) => findings);
}

describe('Findings in recorded runs', () => {
  for (const { run, rule, says, threshold, besides = [], beatMs } of CASES) {
    it(`${run}: ${rule} says ${says.source.slice(0, 60)}…`, () => {
      const beats = findingsOf(run, beatMs);
      const last = beats.at(-1) ?? [];
      assert.ok(
        last.some((finding) => finding.rule === rule && says.test(finding.text)),
        last.map(({ text }) => text).join('\n') || 'nothing is found',
      );
      const others = new Set(beats.flat().map((finding) => finding.rule));
      assert.deepEqual(
        [...others].filter((other) => other !== rule && !besides.includes(other)),
        [],
      );
    });

    it(`${run}: ${rule} does not come and go, and is silent below its threshold`, () => {
      const has = (beats: Finding[][]): boolean[] => beats.map((found) => found.some((one) => one.rule === rule));
      const seen = has(findingsOf(run, beatMs));
      assert.equal(seen.lastIndexOf(false) + 1, seen.indexOf(true), seen.join());
      if (threshold) assert.ok(!has(findingsOf(run, beatMs, threshold)).includes(true));
    });
  }

  it('nothing is found in a service that does a little of everything', () => {
    for (const found of findingsOf('none')) assert.deepEqual(found, []);
  });
});
