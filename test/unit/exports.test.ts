import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ChromeTrace, type TraceEvent } from '../../src/model/chromeTrace';
import { exportStretch } from '../../src/recording/exports';
import { Recorder } from '../../src/recording/recorder';
import { Recording } from '../../src/recording/recording';
import { Beating, temporaryFolder } from '../support/recordings';
import { NOW_MS, snapshotOf } from '../support/samples';

describe('a stretch of a recording', () => {
  const folder = temporaryFolder();
  let recording: Recording;
  const [finding] = snapshotOf().findings;

  /** Six beats; the target is blocked in the third and fourth, by one callback, and a finding lasts as long. */
  before(async () => {
    assert.ok(finding);
    const target = new Beating();
    const file = folder.file('a.loopscope');
    const recorder = await Recorder.start(file, target, NOW_MS);
    const open = (sinceMs: number) => ({ phase: 'timers', sinceMs, site: 3 }) as const;
    for (const change of [
      { findings: [] },
      { findings: [] },
      { state: 'blocked', openCallback: open(500), findings: [finding] } as const,
      { state: 'blocked', openCallback: open(1500), findings: [finding] } as const,
      { findings: [] },
      { findings: [] },
    ]) {
      target.beat(change as Parameters<Beating['beat']>[0]);
    }
    await recorder.stop();
    recording = await Recording.open(file);
  });
  after(async () => {
    await recording.close();
    folder.remove();
  });

  const write = async (as: 'trace' | 'report', from: number, to: number): Promise<string> => {
    const file = folder.file(as);
    await exportStretch(recording, { from, to }, as, file);
    return readFileSync(file, 'utf8');
  };

  it('is a trace: counters, a slice a beat, and states, callbacks and findings where they were', async () => {
    const { traceEvents } = JSON.parse(await write('trace', 0, 5)) as { traceEvents: TraceEvent[] };
    const slices = traceEvents.filter(({ ph, tid }) => ph === 'X' && tid !== 1);
    assert.deepEqual(
      slices.map(({ name, ts, dur }) => [name, ts, dur]).sort((a, b) => Number(a[1]) - Number(b[1])),
      [
        ['running', 0, 2_000_000],
        ['timers callback, buildReport at report.ts:88', 1_500_000, 1_500_000],
        ['blocked', 2_000_000, 2_000_000],
        ['running', 4_000_000, 1_000_000],
      ],
    );
    const beats = traceEvents.filter(({ ph, tid }) => ph === 'X' && tid === 1);
    assert.equal(beats.length, 6);
    for (const [index, { ts, dur }] of beats.entries())
      assert.ok(ts + (dur ?? 0) <= (beats[index + 1]?.ts ?? Infinity));
    assert.deepEqual(
      traceEvents.filter(({ cat }) => cat === 'finding').map(({ ph, ts, id }) => [ph, ts, id]),
      [
        ['b', 2_000_000, finding?.id],
        ['e', 4_000_000, finding?.id],
      ],
    );
    const heap = traceEvents.filter(({ ph, name }) => ph === 'C' && name === 'memory, MB');
    assert.deepEqual(heap[5]?.args?.heapUsed, (snapshotOf().memory.heapUsedBytes ?? 0) / 2 ** 20);
    assert.deepEqual(new Set(traceEvents.map(({ pid }) => pid)), new Set([4321]));
  });

  it('is a trace of times that a trace can hold, whatever a recording says', () => {
    const openCallback = { phase: 'timers', sinceMs: -(2 ** 53), site: null } as const;
    const trace = new ChromeTrace(recording.header, 0);
    const events = [
      ...trace.add({ timeMs: 1000, state: 'running', snapshot: snapshotOf({ openCallback }) }),
      ...trace.end(8.64e15),
    ];
    assert.deepEqual(
      events.filter(({ ts, dur }) => !Number.isSafeInteger(ts) || !Number.isSafeInteger(dur ?? 0)),
      [],
    );
  });

  it('is a trace of that stretch only', async () => {
    const { traceEvents } = JSON.parse(await write('trace', 3, 4)) as { traceEvents: TraceEvent[] };
    assert.deepEqual(
      traceEvents.filter(({ tid, ph }) => ph === 'X' && tid === 1).map(({ name }) => name),
      ['beat 4', 'beat 5'],
    );
    assert.ok(traceEvents.every(({ ts, dur }) => ts + (dur ?? 0) <= 1_000_000));
  });

  it('is a report with findings, figures, phases, what is pending, and what is hot', async () => {
    const text = await write('report', 0, 5);
    assert.match(text, /^# api\.js \(pid 4321\), recorded by Loopscope\n\nNode 24\.2\.0, level track, 6 beats from /);
    assert.match(text, /\nOf that it was blocked for 2\.0 s\.|\nOf that it was blocked for 2 s\./);
    assert.match(text, /\n- \*\*\w+\*\*, from \d\d:\d\d:\d\d to \d\d:\d\d:\d\d, 2 beats: /);
    assert.match(text, /\n\| utilization \| 78\.\d % \| 78\.\d % \| 78\.\d % \|\n/);
    assert.match(
      text,
      /\n\| timers \| 3\.7 s \| 61\.\d % \| 350 ms at \d\d:\d\d:\d\d \| buildReport at report\.ts:88 \|\n/,
    );
    assert.match(text, /\n\| Timeout \| 240 \| 0 \| 4 min \| .*poller\.ts:31 \|\n/);
  });

  it('is not written where it cannot be, or when it is given up, and leaves no part behind', async () => {
    const stretch = { from: 0, to: 5 };
    await assert.rejects(exportStretch(recording, stretch, 'report', folder.file('no/r.md')), /cannot be written/);
    const file = folder.file('given up');
    await assert.rejects(exportStretch(recording, stretch, 'trace', file, AbortSignal.abort(new Error('given up'))));
    assert.ok(!existsSync(file));
    assert.deepEqual(
      readdirSync(path.dirname(file)).filter((name) => name.endsWith('.part')),
      [],
    );
  });
});
