import * as l10n from '@vscode/l10n';
import { HumanError } from './base/errors';
import { ClosedError, NoAnswerError } from './target/session';
import type { Worker, Workers } from './target/workers';

/** What is attached to one thread. */
interface OfThread {
  /** Never rejects. */
  detach(): Promise<void>;
}

/** The worker threads of one target: listed always, attached to only while somebody asks for one. */
export class Threads<A extends OfThread> {
  private readonly asked = new Map<number, Promise<A>>();
  private readonly attached = new Map<number, A>();
  /** Those that are being let go of. */
  private readonly leaving = new Map<number, Promise<void>>();
  private ended = false;

  constructor(
    private readonly workers: Workers,
    private readonly attachNew: (worker: Worker) => Promise<A>,
  ) {
    workers.onDidChange(() => this.forgetEnded());
  }

  /** Threads came or went. */
  get onDidChange(): Workers['onDidChange'] {
    return this.workers.onDidChange;
  }

  /** Those that run, in the order of their numbers. */
  get running(): Worker[] {
    return this.workers.all;
  }

  /** What is attached to threads that run. */
  get attachments(): readonly A[] {
    return [...this.attached.values()];
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
      if (this.asked.get(threadId) === asked) this.asked.delete(threadId);
      throw sentenceOf(error, threadId);
    });
    this.asked.set(threadId, asked);
    return asked;
  }

  /** Takes everything out of all threads but this one, also where that is still being put in. */
  keepOnly(threadId: number): void {
    for (const [id, asked] of this.asked) {
      if (id === threadId) continue;
      this.asked.delete(id);
      const left = this.letGo(id, asked).then(() => {
        if (this.leaving.get(id) === left) this.leaving.delete(id);
      });
      this.leaving.set(id, left);
    }
  }

  /** Takes everything out of all threads and lets go of them; the process still has to answer. */
  async end(timeoutMs: number): Promise<void> {
    this.ended = true;
    await Promise.all([...this.attachments.map((one) => one.detach()), ...this.leaving.values()]);
    await this.workers.stop(timeoutMs);
  }

  private async attachOnce(threadId: number): Promise<A> {
    await this.leaving.get(threadId);
    const worker = this.running.find((one) => one.threadId === threadId);
    if (!worker) throw new ClosedError('the thread has ended');
    const attachment = await this.attachNew(worker);
    if (this.running.includes(worker)) this.attached.set(threadId, attachment);
    if (this.ended) await attachment.detach();
    return attachment;
  }

  private async letGo(threadId: number, asked: Promise<A>): Promise<void> {
    const attachment = await asked.catch(() => null);
    await attachment?.detach();
    if (this.attached.get(threadId) === attachment) this.attached.delete(threadId);
  }

  private forgetEnded(): void {
    const running = new Set(this.running.map(({ threadId }) => threadId));
    for (const known of [this.asked, this.attached]) {
      for (const threadId of known.keys()) if (!running.has(threadId)) known.delete(threadId);
    }
  }
}

function sentenceOf(error: unknown, threadId: number): unknown {
  if (error instanceof ClosedError) {
    return new HumanError(l10n.t('Worker {0} has ended. Choose another thread of the process.', threadId));
  }
  if (error instanceof NoAnswerError) {
    return new HumanError(
      l10n.t(
        'Worker {0} does not answer: native code or a synchronous child process holds it, or the main thread, through which it is asked. Choose it again later.',
        threadId,
      ),
    );
  }
  return error;
}
