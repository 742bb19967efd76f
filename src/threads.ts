import { HumanError } from './base/errors';
import { ClosedError, NoAnswerError } from './target/session';
import type { Worker, Workers } from './target/workers';

/** What is attached to one thread. */
interface OfThread {
  detach(): Promise<void>;
}

/** The worker threads of one target: listed always, attached to only when somebody asks for one. */
export class Threads<A extends OfThread> {
  private readonly asked = new Map<number, Promise<A>>();
  private readonly attached: A[] = [];
  private ended = false;

  constructor(
    private readonly workers: Workers,
    private readonly attachNew: (worker: Worker) => Promise<A>,
  ) {}

  /** Threads came or went. */
  get onDidChange(): Workers['onDidChange'] {
    return this.workers.onDidChange;
  }

  /** Those that run, in the order of their numbers. */
  get running(): Worker[] {
    return this.workers.all;
  }

  /** What is attached to threads, ended ones among it. */
  get attachments(): readonly A[] {
    return this.attached;
  }

  /** Begins to list them. */
  start(): Promise<void> {
    return this.workers.start();
  }

  /** Attaches to a thread, or gives what is attached to it. Throws HumanError when it has ended or does not answer. */
  attach(threadId: number): Promise<A> {
    const known = this.asked.get(threadId);
    if (known) return known;
    const asked = this.attachOnce(threadId).catch((error: unknown) => {
      this.asked.delete(threadId);
      throw sentenceOf(error, threadId);
    });
    this.asked.set(threadId, asked);
    return asked;
  }

  /** Takes everything out of all threads and lets go of them; the process still has to answer. */
  async end(timeoutMs: number): Promise<void> {
    this.ended = true;
    await Promise.all(this.attached.map((one) => one.detach()));
    await this.workers.stop(timeoutMs);
  }

  private async attachOnce(threadId: number): Promise<A> {
    const worker = this.running.find((one) => one.threadId === threadId);
    if (!worker) throw new ClosedError('the thread has ended');
    const attachment = await this.attachNew(worker);
    this.attached.push(attachment);
    if (this.ended) await attachment.detach();
    return attachment;
  }
}

function sentenceOf(error: unknown, threadId: number): unknown {
  if (error instanceof ClosedError) {
    return new HumanError(`Worker ${threadId} has ended. Choose another thread of the process.`);
  }
  if (error instanceof NoAnswerError) {
    return new HumanError(
      `Worker ${threadId} does not answer: native code or a synchronous child process holds it, or the main thread, ` +
        'through which it is asked. Choose it again later.',
    );
  }
  return error;
}
