import assert from 'node:assert/strict';
import type { Attachment } from '../../src/attachment';
import { Emitter } from '../../src/base/event';
import { HumanError } from '../../src/base/errors';
import type { HistoryPoint } from '../../src/protocol/panel';
import type { Level, Snapshot, TargetState } from '../../src/protocol/snapshot';
import { ThreadsSum } from '../../src/threadsSum';
import { group, NOW_MS, snapshotOf, unknownPoint } from '../support/samples';

/** Stands in for the attachment to a thread: it beats and ends when the test says so. */
class FakedThread {
  readonly beats = new Emitter<Snapshot>();
  readonly states = new Emitter<TargetState>();
  readonly onDidSnapshot = this.beats.event;
  readonly onDidChangeState = this.states.event;
  readonly options = { beatMs: 1000, level: 'track' };
  readonly info;
  state: TargetState = 'running';
  readonly stateSinceTimeMs = 1;
  endedBecause: string | null = null;
  snapshot: Snapshot;
  level: Level = 'track';
  readonly threads = new FakedThreads();
  readonly points: HistoryPoint[] = [];

  constructor(threadId: number, timers: number) {
    this.info = { id: 'a1', threadId };
    const { target, sites } = snapshotOf();
    const thread = threadId === 0 ? 'main' : `worker ${threadId}`;
    const pending = [group('Timeout', 'timers', timers, 1)];
    this.snapshot = snapshotOf({ target: { ...target, thread }, sites, pending, findings: [] });
  }

  history(): HistoryPoint[] {
    return this.points;
  }

  beat(): void {
    this.snapshot = { ...this.snapshot, timeMs: this.snapshot.timeMs + 1000 };
    this.beats.fire(this.snapshot);
  }

  become(state: TargetState): void {
    this.state = state;
    this.snapshot = { ...this.snapshot, state };
    this.states.fire(state);
  }

  instances(key: string, limit: number): Promise<unknown> {
    const { threadId } = this.info;
    const all = key === 'Timeout@1' ? [1, 2].map((id) => ({ id: threadId * 10 + id })) : [];
    return Promise.resolve({ instances: all.slice(0, limit), total: all.length });
  }

  setLevel(level: Level): Promise<void> {
    this.level = level;
    return Promise.resolve();
  }
}

class FakedThreads {
  running: { threadId: number }[] = [];
  attachments: FakedThread[] = [];
  readonly refused: number[] = [];
  asked = 0;

  attach(threadId: number): Promise<unknown> {
    this.asked++;
    if (this.refused.includes(threadId)) return Promise.reject(new HumanError('It does not answer.'));
    if (this.attachments.every(({ info }) => info.threadId !== threadId)) {
      this.attachments.push(new FakedThread(threadId, threadId));
    }
    return Promise.resolve();
  }

  end(threadId: number): void {
    this.running = this.running.filter((one) => one.threadId !== threadId);
    this.attachments = this.attachments.filter(({ info }) => info.threadId !== threadId);
  }
}

function world(...workers: number[]): { main: FakedThread; sum: ThreadsSum; timers: () => unknown } {
  const main = new FakedThread(0, 100);
  main.threads.running = workers.map((threadId) => ({ threadId }));
  const onError = (error: unknown): never => {
    throw error;
  };
  const sum = new ThreadsSum(main as unknown as Attachment, onError);
  return { main, sum, timers: () => sum.snapshot?.pending[0]?.count };
}

/** What was rejected has been heard. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('The sum of the threads of a process', () => {
  it('is there at once, and has workers as they come and go', async () => {
    const { main, sum, timers } = world(1);
    assert.equal(timers(), 101);
    main.threads.running.push({ threadId: 20 });
    main.beat();
    assert.equal(timers(), 121);
    assert.equal(sum.snapshot?.threads, 3);
    main.threads.end(1);
    main.beat();
    assert.equal(timers(), 120);
    assert.equal(sum.history().length, 3, 'what was seen stays in the charts');
    sum.dispose();
    main.threads.running.push({ threadId: 3 });
    main.beat();
    await settled();
    assert.deepEqual([timers(), main.threads.attachments.length], [120, 1], 'it is over when it is disposed');
  });

  it('names a thread that cannot be attached to, and does not ask it at every beat', async () => {
    const { main, sum } = world(1);
    main.threads.refused.push(2);
    main.threads.running.push({ threadId: 2 });
    main.beat();
    await settled();
    const { asked } = main.threads;
    main.beat();
    assert.equal(main.threads.asked, asked + 1, 'only the other one');
    const texts = (): unknown => sum.snapshot?.findings.map(({ text }) => text);
    assert.deepEqual(texts(), ['Worker 2 is not in the sum, and is tried again. It does not answer.']);
    main.threads.end(2);
    main.beat();
    assert.deepEqual(texts(), []);
  });

  it('has at most a hundred of them, and says so', () => {
    const { sum } = world(...Array.from({ length: 120 }, (_, at) => at + 1));
    assert.equal(sum.snapshot?.threads, 101);
    assert.equal(sum.snapshot.findings[0]?.text, 'Of 120 worker threads the first 100 are in the sum.');
  });

  it('gives the members of a row with their threads, and switches the level of all', async () => {
    const { main, sum } = world(1, 2);
    const key = sum.snapshot?.pending[0]?.key ?? '';
    const { instances, total } = await sum.instances(key, 5);
    assert.equal(total, 103);
    assert.deepEqual(
      instances.map(({ id, thread }) => `${thread} ${id}`),
      ['main thread 1', 'main thread 2', 'worker 1 11', 'worker 1 12', 'worker 2 21'],
    );
    await sum.setLevel('deep');
    assert.deepEqual(
      [main, ...main.threads.attachments].map(({ level }) => level),
      ['deep', 'deep', 'deep'],
    );
  });

  it('is over with the main thread, and does not answer while that does not', () => {
    const { main, sum } = world(1);
    const states: TargetState[] = [];
    sum.onDidChangeState((state) => states.push(state));
    main.become('notAnswering');
    assert.equal(sum.state, 'notAnswering');
    for (const afterMs of [-1000, 200, 400]) main.points.push(unknownPoint(NOW_MS + afterMs, 'notAnswering'));
    main.become('running');
    main.beat();
    assert.equal(sum.state, 'running');
    const pointsOf = sum.history().map(({ timeMs, state, timers }) => [timeMs - NOW_MS, state, timers]);
    assert.deepEqual(pointsOf, [
      [0, 'running', 490],
      [200, 'notAnswering', null],
      [400, 'notAnswering', null],
      [1000, 'running', 490],
    ]);
    main.become('detached');
    assert.equal(sum.snapshot?.state, 'detached');
    assert.deepEqual(states, ['notAnswering', 'running', 'detached']);
  });
});
