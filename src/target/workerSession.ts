import { ClosedError, CommandSession, ProtocolError, type Answered, type Session } from './session';

/** How long the carrier waits: each command has a time-out of its own. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

interface Carried {
  sessionId: string;
  message: string;
}

/** Of all sessions, because several may follow each other on one channel. */
let lastId = 0;

/**
 * A session with a worker thread, its messages carried by the session with its process. The thread ends it, the end of
 * the process does, or `close`, after which the channel can carry another one.
 */
export class WorkerSession extends CommandSession {
  private readonly answers = new Map<number, Answered>();
  private readonly following;

  constructor(
    private readonly carrier: Session,
    private readonly sessionId: string,
  ) {
    super();
    this.following = [
      carrier.on<Carried>('NodeWorker.receivedMessageFromWorker', (carried) => {
        if (carried.sessionId === sessionId) this.received(carried.message);
      }),
      carrier.on<Partial<Carried>>('NodeWorker.detachedFromWorker', (carried) => {
        if (carried.sessionId === sessionId) this.lost();
      }),
      carrier.onDidClose(() => this.lost()),
    ];
  }

  close(): Promise<void> {
    this.closed.dispose();
    this.end();
    return Promise.resolve();
  }

  ended(): Promise<void> {
    return this.close();
  }

  protected transmit(method: string, params: object, answered: Answered): void {
    const id = ++lastId;
    this.answers.set(id, answered);
    const message = JSON.stringify({ id, method, params });
    this.carrier
      .send('NodeWorker.sendMessageToWorker', { sessionId: this.sessionId, message }, NO_TIMEOUT_MS)
      .catch((error: unknown) => {
        // Node knows no such session any more, or there is nobody to carry it.
        if (error instanceof ProtocolError || error instanceof ClosedError) this.lost();
      });
  }

  protected override end(): void {
    for (const one of this.following) one.dispose();
    super.end();
    this.answers.clear();
  }

  private lost(): void {
    if (!this.open) return;
    this.end();
    this.closed.fire();
  }

  private received(text: unknown): void {
    let message: { id?: unknown; method?: unknown; params?: unknown; error?: unknown; result?: unknown } | null;
    try {
      message = JSON.parse(String(text)) as typeof message;
    } catch {
      return;
    }
    if (typeof message !== 'object' || message === null) return;
    const { id, method, params, error, result } = message;
    if (typeof id === 'number') {
      const answered = this.answers.get(id);
      this.answers.delete(id);
      answered?.(error ? 'protocol' : null, error ?? result ?? {});
    } else if (typeof method === 'string') this.receive(method, params);
  }
}
