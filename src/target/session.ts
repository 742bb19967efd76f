import type { Disposable } from '../base/disposable';
import type { Event } from '../base/event';

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
  /** Subscribes to events of one name, such as `Profiler.consoleProfileFinished`. */
  on<T = unknown>(event: string, listener: (params: T) => void): Disposable;
  /** Fires once when the connection ends from the other side or breaks, not after `close` or `dispose`. */
  readonly onDidClose: Event<void>;
  /** Waits until everything sent has left, then closes. */
  close(): Promise<void>;
}
