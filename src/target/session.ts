import * as l10n from '@vscode/l10n';
import Chrome from 'chrome-remote-interface/lib/chrome.js';
import { EventEmitter } from 'node:events';
import { HumanError, messageOf } from '../base/errors';
import type { Disposable } from '../base/disposable';
import { Emitter, type Event } from '../base/event';
import { noAnswer, targetGone, unreachable } from './reachErrors';

/** The answer to a command was an error of the inspector. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** No answer came within the time-out; the command may still run in the target. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** The connection is closed; no further command can be sent. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError';
}

/** One connection to one inspector. Errors are created when the command is sent, so their stack shows the caller. */
export interface Session extends Disposable {
  /** Sends a command; rejects with ProtocolError, NoAnswerError (after `timeoutMs`) or ClosedError. */
  send<T = unknown>(method: string, params?: object, timeoutMs?: number): Promise<T>;
  /** From now on a command waits for as long as it takes when it has no time-out of its own: what is busy answers later. */
  bePatient(): void;
  /** Subscribes to events of one name, such as `Profiler.consoleProfileFinished`. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows the shape of its event
  on<T = unknown>(event: string, listener: (params: T) => void): Disposable;
  /** Fires once when the connection ends from the other side or breaks, not after `close` or `dispose`. */
  readonly onDidClose: Event<void>;
  /** Waits until everything sent has left, then closes. Not after asking the target to close its inspector: see `ended`. */
  close(): Promise<void>;
  /**
   * Waits until the target ends the connection, and breaks it after `timeoutMs` (2 s). For the end of an inspector: when
   * `inspector.close()` and the closing handshake of a client meet, the target's main thread hangs for good (seen on
   * every Node from 18 to 26, on some in every second run).
   */
  ended(timeoutMs?: number): Promise<void>;
}

const TIMEOUT_MS = 5000;
/** For commands that a target which is busy in native code may answer when it is done. */
export const NO_TIMEOUT_MS = 2 ** 31 - 1;
/** A target that is stopped never answers the closing handshake. */
const CLOSE_TIMEOUT_MS = 2000;
/** A CPU profile of a large program has a few MB. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/**
 * Connects to an inspector; commands without a time-out of their own get `timeoutMs` (5 s). When the signal is aborted,
 * commands that wait for their answer reject with its reason; later ones do not, so that what was begun can be undone.
 * Throws HumanError, or the signal's reason.
 */
export async function connect(
  webSocketUrl: string,
  { timeoutMs = TIMEOUT_MS, signal }: { timeoutMs?: number; signal?: AbortSignal | undefined } = {},
): Promise<Session> {
  signal?.throwIfAborted();
  const { host, port } = hostAndPort(webSocketUrl);
  const client = new Client(webSocketUrl);
  let timer: NodeJS.Timeout | undefined;
  const givenUp = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(noAnswer(host, port, timeoutMs)), timeoutMs);
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  const opened = client.open();
  try {
    await Promise.race([opened, givenUp]);
  } catch (error) {
    opened.catch(() => undefined);
    client.terminate();
    if (error instanceof HumanError || signal?.aborted) throw error;
    // The words of ws for an answer that is HTTP but no upgrade; Node's inspector says 400 to an unknown target.
    if (/^Unexpected server response|^Invalid |redirects/i.test(messageOf(error))) throw targetGone(host, port);
    throw unreachable(host, port, error);
  } finally {
    clearTimeout(timer);
  }
  return new InspectorSession(client, timeoutMs, signal);
}

function hostAndPort(webSocketUrl: string): { host: string; port: number } {
  const url = URL.canParse(webSocketUrl) ? new URL(webSocketUrl) : null;
  if (url?.protocol !== 'ws:' || url.hostname === '') {
    throw new HumanError(
      l10n.t('"{0}" is no inspector address. It has the form ws://127.0.0.1:9229/<id>.', webSocketUrl),
    );
  }
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 80) };
}

/**
 * chrome-remote-interface with its doors closed: its entry file would set the DNS result order of the whole process,
 * its start asks HTTP for a protocol description, and its message handler throws into the socket on malformed JSON and
 * emits events by whatever name the target chose ("error", "disconnect").
 */
class Client extends Chrome {
  onEvent: (method: string, params: unknown) => void = () => undefined;

  constructor(url: string) {
    super({ target: url, protocol: { domains: [] } }, new EventEmitter());
    this.webSocketUrl = url;
  }

  // eslint-disable-next-line @typescript-eslint/no-empty-function -- called by the constructor; `open` connects instead
  override async _start(): Promise<void> {}

  open(): Promise<void> {
    const connected = this._connectToWebSocket();
    const socket = this._ws as typeof this._ws | undefined;
    if (!socket) return connected;
    // The client allows redirects and ws has no switch at this level: start at its limit, so that the first one fails.
    socket._redirects = 10;
    socket.removeAllListeners('message');
    socket.on('message', (data: unknown) => this.receive(String(data)));
    socket.once('open', () => {
      if (socket._receiver) socket._receiver._maxPayload = MAX_MESSAGE_BYTES;
    });
    return connected;
  }

  terminate(): void {
    (this._ws as typeof this._ws | undefined)?.terminate();
  }

  private receive(text: string): void {
    let message: { id?: unknown; method?: unknown; params?: unknown; error?: unknown; result?: unknown } | null;
    try {
      message = JSON.parse(text) as typeof message;
    } catch {
      this.terminate();
      return;
    }
    if (typeof message !== 'object' || message === null) return;
    const { id, error, result } = message;
    // Without a method: with an id that is no command's, the client would emit the event, "error" among others.
    if (typeof id === 'number') this._handleMessage({ id, error, result });
    else if (typeof message.method === 'string') this.onEvent(message.method, message.params);
  }
}

/** The answer to a command, or why there is none: the error of the inspector, or a connection that is closed. */
export type Answered = (failed: 'closed' | 'protocol' | null, answer: unknown) => void;

/** What sessions do alike, however their commands travel: time-outs, errors, events, and the end of them all. */
export abstract class CommandSession implements Session {
  private readonly listeners = new Map<string, Emitter<unknown>>();
  /** Each ends one command that waits for its answer, with the reason or because the connection is closed. */
  private readonly pending = new Set<(reason?: Error) => void>();
  protected readonly closed = new Emitter<void>();
  protected open = true;

  constructor(private timeoutMs = TIMEOUT_MS) {}

  readonly onDidClose: Event<void> = (listener) => this.closed.event(listener);

  abstract close(): Promise<void>;
  abstract ended(timeoutMs?: number): Promise<void>;
  protected abstract transmit(method: string, params: object, answered: Answered): void;

  send<T = unknown>(method: string, params: object = {}, timeoutMs = this.timeoutMs): Promise<T> {
    const sentAt = new Error();
    return new Promise<T>((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.pending.delete(giveUp);
      };
      const fail = (error: Error): void => {
        done();
        // A stack that starts where the command was sent: the one of the answer shows the socket only.
        error.stack = `${error.name}: ${error.message}\n${(sentAt.stack ?? '').split('\n').slice(1).join('\n')}`;
        reject(error);
      };
      const giveUp = (reason?: Error): void => {
        if (reason) {
          done();
          reject(reason);
        } else fail(new ClosedError(`${method}: the connection to the target is closed.`));
      };
      const timer = setTimeout(
        () => fail(new NoAnswerError(`${method}: no answer within ${timeoutMs} ms.`)),
        Math.min(timeoutMs, 2 ** 31 - 1),
      );
      if (!this.open) {
        giveUp();
        return;
      }
      this.pending.add(giveUp);
      this.transmit(method, params, (failed, answer) => {
        if (failed === 'protocol') fail(new ProtocolError(`${method}: ${protocolMessage(answer)}`));
        else if (failed) giveUp();
        else {
          done();
          resolve(answer as T);
        }
      });
    });
  }

  bePatient(): void {
    this.timeoutMs = NO_TIMEOUT_MS;
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as in the interface
  on<T = unknown>(event: string, listener: (params: T) => void): Disposable {
    let emitter = this.listeners.get(event);
    if (!emitter) this.listeners.set(event, (emitter = new Emitter<unknown>()));
    return emitter.event(listener as (params: unknown) => void);
  }

  dispose(): void {
    void this.close();
  }

  protected receive(event: string, params: unknown): void {
    this.listeners.get(event)?.fire(params ?? {});
  }

  /** What waits for an answer fails; what is sent from now on does not. */
  protected giveUp(reason?: Error): void {
    for (const end of [...this.pending]) end(reason);
  }

  /** What waits for an answer fails, and nobody hears of anything any more. */
  protected end(): void {
    this.open = false;
    this.giveUp();
    for (const emitter of this.listeners.values()) emitter.dispose();
    this.listeners.clear();
  }
}

class InspectorSession extends CommandSession {
  private closing: Promise<void> | null = null;

  constructor(
    private readonly client: Client,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ) {
    super(timeoutMs);
    signal?.addEventListener('abort', () => this.giveUp(signal.reason as Error), { once: true });
    client.onEvent = (method, params) => this.receive(method, params);
    client.once('disconnect', () => {
      this.end();
      this.closed.fire();
    });
  }

  close(): Promise<void> {
    return (this.closing ??= this.closeOnce());
  }

  ended(timeoutMs = CLOSE_TIMEOUT_MS): Promise<void> {
    return (this.closing ??= this.waitForEnd(timeoutMs));
  }

  protected transmit(method: string, params: object, answered: Answered): void {
    this.client.send(method, params, (error, answer) => {
      answered(error === true ? 'protocol' : error ? 'closed' : null, answer);
    });
  }

  private async waitForEnd(timeoutMs: number): Promise<void> {
    if (!this.open) return;
    this.open = false;
    this.closed.dispose();
    const timer = setTimeout(() => this.client.terminate(), timeoutMs);
    await new Promise((resolve) => this.client.once('disconnect', resolve));
    clearTimeout(timer);
  }

  private async closeOnce(): Promise<void> {
    if (!this.open) return;
    // No command may follow the close frame; those on their way are answered until the socket ends.
    this.open = false;
    this.closed.dispose();
    const timer = setTimeout(() => this.client.terminate(), CLOSE_TIMEOUT_MS);
    try {
      await this.client.close();
    } finally {
      clearTimeout(timer);
      this.end();
    }
  }
}

function protocolMessage(answer: unknown): string {
  const { message, data } = (answer ?? {}) as { message?: unknown; data?: unknown };
  const text = typeof message === 'string' ? message : 'unknown error';
  return typeof data === 'string' ? `${text} (${data})` : text;
}
