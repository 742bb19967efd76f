import assert from 'node:assert/strict';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { boundedSnapshot } from '../../src/editor/pageCopy';
import { ChromeTrace } from '../../src/model/chromeTrace';
import { StretchReport } from '../../src/model/stretchReport';
import { Recorder } from '../../src/recording/recorder';
import { Recording } from '../../src/recording/recording';
import { FUZZ_TIMEOUT_MS, mutated, mutation, runs } from '../support/hostile';
import { Beating, EMPTY, HEADER, temporaryFolder, writeLines } from '../support/recordings';
import { NOW_MS, snapshotOf } from '../support/samples';

describe('a recording', () => {
  const folder = temporaryFolder();
  const opened: Recording[] = [];
  after(() => folder.remove());
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });

  async function open(file: string): Promise<Recording> {
    const recording = await Recording.open(file);
    opened.push(recording);
    return recording;
  }

  /** Records so many beats, and gives what they were. */
  async function record(file: string, count: number, change = {}): Promise<Beating> {
    const target = new Beating();
    const recorder = await Recorder.start(file, target, NOW_MS);
    for (let number = 0; number < count; number++) target.beat(change);
    const { trouble, beats } = await recorder.stop();
    assert.equal(trouble, null);
    assert.equal(beats, count);
    return target;
  }

  it('gives back every snapshot in full, and is whole', async () => {
    const file = folder.file('whole.loopscope');
    const { seen } = await record(file, 4);
    const recording = await open(file);
    assert.equal(recording.cut, null);
    assert.deepEqual(recording.header, HEADER);
    assert.equal(recording.frames.length, 4);
    for (const [index, snapshot] of seen.entries()) {
      assert.deepEqual(await recording.snapshotAt(index), snapshot);
      assert.equal(recording.frames[index]?.timeMs, snapshot.timeMs);
      assert.equal(recording.frames[index].point.heapUsedBytes, snapshot.memory.heapUsedBytes);
    }
    assert.equal(await recording.snapshotAt(4), null);
  });

  it('is lines of JSON for every tool that reads gzip', async () => {
    const file = folder.file('lines.loopscope');
    await record(file, 2);
    const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
    const fields = lines.map((line) => Object.keys(JSON.parse(line) as object)[0]);
    assert.deepEqual(fields, ['format', 'beat', 'beat', 'end']);
  });

  it('begins with the beat that is shown already, and has what happened between beats, and the end', async () => {
    const file = folder.file('states.loopscope');
    const target = new Beating();
    target.beat();
    const recorder = await Recorder.start(file, target, NOW_MS);
    target.become('notAnswering');
    target.become('notAnswering');
    target.beat({ timeMs: Date.now() + 1000 });
    target.become('detached', 'api.js has exited.');
    target.beat();
    const { beats } = await recorder.stop();
    assert.equal(beats, 2);
    const { frames, cut } = await open(file);
    assert.equal(cut, null);
    assert.deepEqual(
      frames.map(({ state }) => state),
      ['running', 'notAnswering', 'running', 'detached'],
    );
    assert.equal(frames[1]?.point.heapUsedBytes, null, 'the charts have a gap');
    assert.equal(frames[3]?.because, 'api.js has exited.');
    assert.equal((await opened.at(-1)?.snapshotAt(3))?.state, 'detached');
  });

  it('opens up to where it is whole when it is cut at any byte, and says so', async function () {
    this.timeout(FUZZ_TIMEOUT_MS);
    const file = folder.file('cut.loopscope');
    const { seen } = await record(file, 2, EMPTY);
    const whole = readFileSync(file);
    const ends = [...whole.keys()].filter((at) => whole.readUInt32BE(Math.min(at, whole.length - 4)) === 0x1f8b0804);
    assert.equal(ends.length, 4);
    for (let length = whole.length - 1; length >= 0; length--) {
      truncateSync(file, length);
      const beats = Math.max(0, ends.filter((end) => end > 0 && end <= length).length - 1);
      if (length < (ends[1] ?? 0)) {
        await assert.rejects(Recording.open(file), /"cut\.loopscope" is no recording of Loopscope/);
        continue;
      }
      const recording = await Recording.open(file);
      assert.equal(recording.frames.length, beats, `${length} bytes`);
      assert.equal(recording.cut, ends.includes(length) ? 'unfinished' : 'damaged', `${length} bytes`);
      if (beats > 0) assert.deepEqual(await recording.snapshotAt(beats - 1), seen[beats - 1]);
      await recording.close();
    }
  });

  it('with damaged bytes opens up to where it is whole, and never shows what was not recorded', async function () {
    this.timeout(FUZZ_TIMEOUT_MS);
    const file = folder.file('damaged.loopscope');
    const { seen } = await record(file, 4, EMPTY);
    const whole = readFileSync(file);
    const damage = fc.tuple(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, by] of changes) bytes[at] = (bytes[at] ?? 0) ^ by;
        writeFileSync(file, bytes);
        const recording = await Recording.open(file).catch((error: unknown) => {
          assert.match(String(error), /is no recording of Loopscope/);
          return null;
        });
        if (!recording) return;
        for (const index of recording.frames.keys()) {
          assert.deepEqual(await recording.snapshotAt(index), seen[index]);
        }
        if (recording.cut === null) assert.equal(recording.frames.length, 4);
        await recording.close();
      }),
      { numRuns: runs(100) },
    );
  });

  it('of a hostile recorder is cut there, or gives bounded pictures, traces and reports', async function () {
    this.timeout(FUZZ_TIMEOUT_MS);
    const file = folder.file('hostile.loopscope');
    const honest = { beat: snapshotOf() };
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
        const lines = mutations.map((each) => JSON.parse(mutated(honest, each)) as object);
        await writeLines(file, [HEADER, ...lines, honest]);
        const recording = await Recording.open(file);
        const trace = new ChromeTrace(recording.header, recording.frames[0]?.timeMs ?? 0);
        const report = new StretchReport(recording.header);
        const events = trace.head();
        for await (const moment of recording.moments(0, recording.frames.length - 1)) {
          events.push(...trace.add(moment));
          report.add(moment);
          if (moment.snapshot) assert.ok(JSON.stringify(boundedSnapshot(moment.snapshot)).length < 4 * 2 ** 20);
        }
        events.push(...trace.end(recording.frames.at(-1)?.timeMs ?? 0));
        for (const { ts, dur } of events) assert.ok(Number.isSafeInteger(ts) && Number.isSafeInteger(dur ?? 0));
        assert.match(report.text(), /^# api\.js/);
        if (recording.cut !== 'damaged') assert.equal(recording.frames.length, lines.length + 1);
        await recording.close();
      }),
      { numRuns: runs(60) },
    );
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });

  it('is cut where a line unpacks to more than any honest one', async () => {
    const file = folder.file('bomb.loopscope');
    await writeLines(file, [HEADER, { beat: snapshotOf() }, { beat: 'x'.repeat(33 * 2 ** 20) }]);
    const { frames, cut } = await open(file);
    assert.equal(frames.length, 1);
    assert.equal(cut, 'damaged');
  });

  it('of a later version is refused with what to do, and lines of later kinds are passed over', async () => {
    const file = folder.file('later.loopscope');
    await writeLines(file, [{ ...HEADER, version: 2 }]);
    await assert.rejects(Recording.open(file), /is a recording of version 2.*Update the extension\./);
    await writeLines(file, [HEADER, { mark: 1 }, { beat: snapshotOf() }, { end: { left: 3 } }]);
    const { frames, cut, left } = await open(file);
    assert.deepEqual([frames.length, cut, left], [1, null, 3]);
  });

  it('that is none is refused with a sentence', async () => {
    const file = folder.file('other.loopscope');
    await assert.rejects(Recording.open(file), /"other\.loopscope" cannot be read \(ENOENT/);
    for (const bytes of ['', 'x', 'snapshots\n'.repeat(100)]) {
      writeFileSync(file, bytes);
      await assert.rejects(Recording.open(file), /"other\.loopscope" is no recording of Loopscope, or its beginning/);
    }
  });

  it('leaves out beats that the disk is too slow for, and counts them', async () => {
    const file = folder.file('slow.loopscope');
    const target = new Beating();
    const recorder = await Recorder.start(file, target, NOW_MS);
    for (let number = 0; number < 60; number++) target.beat(EMPTY);
    const { beats, left } = await recorder.stop();
    assert.deepEqual([beats, left], [50, 10]);
    assert.equal((await open(file)).left, 10);
  });

  it('is not begun where nothing can be written, and ends by itself when nothing can any more', async () => {
    const target = new Beating();
    await assert.rejects(Recorder.start(folder.file('none/a.loopscope'), target, NOW_MS), /cannot be written \(ENOENT/);
    if (!existsSync('/dev/full')) return;
    const recorder = await Recorder.start('/dev/full', target, NOW_MS);
    target.beat();
    const { trouble, beats } = await recorder.stop();
    assert.match(trouble ?? '', /^Recording stopped: "\/dev\/full" could not be written any more \(ENOSPC/);
    assert.equal(beats, 0);
  });
});
