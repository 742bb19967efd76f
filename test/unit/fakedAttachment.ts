import type { AttachmentOptions } from '../../src/attachment';
import { Emitter } from '../../src/base/event';
import type { Where } from '../../src/editor/address';
import { optionsFrom } from '../../src/editor/settings';
import type { HistoryPoint } from '../../src/protocol/panel';
import type { Snapshot, TargetState } from '../../src/protocol/snapshot';
import { snapshotOf } from '../support/samples';

/** Stands in for the worker threads of a process. */
class FakedThreads {
  readonly change = new Emitter<void>();
  readonly onDidChange = this.change.event;
  running: { threadId: number; name: string; url: string }[] = [];
  attachments: FakedAttachment[] = [];

  run(threadId: number, name: string, url: string): void {
    this.running.push({ threadId, name, url });
    this.change.fire();
  }

  end(threadId: number): void {
    this.running = this.running.filter((one) => one.threadId !== threadId);
    this.attachments.find(({ info }) => info.threadId === threadId)?.end('The worker has ended.');
    this.change.fire();
  }

  attach(threadId: number): Promise<FakedAttachment> {
    if (!this.running.some((one) => one.threadId === threadId)) return Promise.reject(new Error('It has ended.'));
    const options = optionsFrom({ get: () => undefined });
    const known = this.attachments.find(({ info }) => info.threadId === threadId);
    if (known) return Promise.resolve(known);
    const fake = new FakedAttachment({ pid: 1 }, 1, options, threadId);
    this.attachments.push(fake);
    return Promise.resolve(fake);
  }

  keepOnly(threadId: number): void {
    this.attachments = this.attachments.filter((one) => {
      if (one.info.threadId !== threadId) one.end('Detached.');
      return one.info.threadId === threadId;
    });
  }
}

/** Stands in for an attachment: beats and its end come when the test says so. */
export class FakedAttachment {
  readonly beats = new Emitter<Snapshot>();
  readonly states = new Emitter<TargetState>();
  readonly onDidSnapshot = this.beats.event;
  readonly onDidChangeState = this.states.event;
  readonly threads = new FakedThreads();
  state: TargetState = 'running';
  snapshot: Snapshot | null = null;
  calls = null;
  points: HistoryPoint[] = [];
  readonly stateSinceTimeMs = 0;
  endedBecause: string | null = null;
  readonly info;

  constructor(
    where: Where,
    pid: number,
    readonly options: AttachmentOptions,
    threadId = 0,
  ) {
    this.info = { threadId, id: `a${pid}-${Math.random()}`, name: `p${pid}.js`, pid, nodeVersion: '24.0.0', where };
  }

  history(): HistoryPoint[] {
    return this.points;
  }

  beat(timeMs: number): void {
    const sample = snapshotOf();
    this.snapshot = { ...sample, timeMs, target: { ...sample.target, uptimeMs: 1000 } };
    this.points.push({ timeMs } as HistoryPoint);
    this.beats.fire(this.snapshot);
  }

  setDistortion(): void {
    // The test looks at the view.
  }

  detach(): Promise<void> {
    this.end('Detached.');
    return Promise.resolve();
  }

  end(because: string): void {
    if (this.state === 'detached') return;
    this.state = 'detached';
    this.endedBecause = because;
    this.states.fire('detached');
  }
}
