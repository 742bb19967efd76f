import type { Disposable } from '../base/disposable';
import { Emitter } from '../base/event';
import { ClosedError, NoAnswerError, ProtocolError, type Session } from './session';
import { WorkerSession } from './workerSession';

/** A worker thread of a process, also one that another worker has started. */
export interface Worker {
  /** As `worker_threads.threadId` has it there. */
  threadId: number;
  /** As the program named it; "" when it did not. */
  name: string;
  url: string;
  /** A session of one's own; the thread is asked through its process. */
  connect(): Session;
}

interface Attached {
  sessionId: string;
  workerInfo: { title: string; url: string };
}

/** More than any honest program has. */
const MOST = 1000;
const MOST_TEXT = 1000;
/** Since Node 24 the name of a thread without one. */
const NO_NAME = 'WorkerThread';

/** The worker threads of a process as they come and go, nested ones among them: Node reports all of them to its process. */
export class Workers implements Disposable {
  private readonly bySession = new Map<string, Worker>();
  private readonly change: Emitter<void>;
  private readonly following: Disposable[];
  private started = false;

  readonly onDidChange;

  constructor(
    private readonly session: Session,
    onError: (error: unknown) => void,
  ) {
    this.change = new Emitter(onError);
    this.onDidChange = this.change.event;
    this.following = [
      session.on<Partial<Attached>>('NodeWorker.attachedToWorker', (attached) => this.attached(attached)),
      session.on<Partial<Attached>>('NodeWorker.detachedFromWorker', ({ sessionId }) => {
        if (this.bySession.delete(String(sessionId))) this.change.fire();
      }),
    ];
  }

  /** In the order of their numbers. */
  get all(): Worker[] {
    return [...this.bySession.values()].sort((a, b) => a.threadId - b.threadId);
  }

  /** Begins to listen; nothing is put into the threads. A target that knows no workers has none. */
  async start(): Promise<void> {
    this.started = true;
    await this.session
      .send('NodeWorker.enable', { waitForDebuggerOnStart: false })
      .catch(ignoring(ProtocolError, ClosedError));
  }

  /** Lets go of all threads: whatever their sessions hold in them is collected. Sent even if there is no answer now. */
  async stop(timeoutMs: number): Promise<void> {
    this.dispose();
    if (!this.started) return;
    await this.session
      .send('NodeWorker.disable', {}, timeoutMs)
      .catch(ignoring(ProtocolError, ClosedError, NoAnswerError));
  }

  dispose(): void {
    for (const one of this.following) one.dispose();
    this.change.dispose();
  }

  private attached({ sessionId, workerInfo }: Partial<Attached>): void {
    const title = /^\[worker (\d{1,9})\] ?(.*)$/s.exec(textOf(workerInfo?.title));
    if (typeof sessionId !== 'string' || !title || this.bySession.size >= MOST) return;
    const [, threadId, name = ''] = title;
    this.bySession.set(sessionId, {
      threadId: Number(threadId),
      name: name === NO_NAME ? '' : name,
      url: textOf(workerInfo?.url),
      connect: () => new WorkerSession(this.session, sessionId),
    });
    this.change.fire();
  }
}

function ignoring(...kinds: (new (message: string) => Error)[]): (error: unknown) => void {
  return (error) => {
    if (!kinds.some((kind) => error instanceof kind)) throw error;
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MOST_TEXT) : '';
}
