import type { ProcessEvent } from '../protocol/probe';
import type { Listener, Process, Require } from './node';

/** So many different ones a beat; the rest is not told apart. */
const MOST = 20;
const MAX_TEXT = 300;
/** A listener more must not be the one for which Node warns of a leak. */
const ROOM = 9;

interface Util {
  types: { isNativeError: (value: unknown) => boolean };
}

const { getOwnPropertyDescriptor, getPrototypeOf } = Object;

/**
 * Warnings of the process, and exceptions that reach it. Listening to these two events changes nothing, unlike to
 * `uncaughtException` and `unhandledRejection`: a rejection that the program hears of itself is not seen.
 */
export class ProcessEvents {
  private readonly seen = new Map<string, ProcessEvent>();
  private readonly isNativeError: Util['types']['isNativeError'];

  constructor(
    private readonly process: Process,
    require: Require,
  ) {
    this.isNativeError = (require('node:util') as Util).types.isNativeError;
  }

  private readonly onWarning: Listener = (warning) => this.note('warning', warning);
  private readonly onException: Listener = (error, origin) =>
    this.note(origin === 'unhandledRejection' ? origin : 'uncaughtException', error);

  /** Whether a listener is ours. */
  readonly isOurs = (listener: unknown): boolean => listener === this.onWarning || listener === this.onException;

  /** Listens where there is room; false when there was none. */
  listen(): boolean {
    const hearsWarnings = this.hear('warning', this.onWarning);
    return this.hear('uncaughtExceptionMonitor', this.onException) && hearsWarnings;
  }

  stop(): void {
    this.unhear('warning', this.onWarning);
    this.unhear('uncaughtExceptionMonitor', this.onException);
  }

  take(): ProcessEvent[] {
    const taken = [...this.seen.values()];
    this.seen.clear();
    return taken;
  }

  /** The program may have put anything into the place of the methods. */
  private hear(event: string, listener: Listener): boolean {
    try {
      if (this.process.listenerCount(event) >= ROOM) return false;
      this.process.on(event, listener);
      return true;
    } catch {
      return false;
    }
  }

  private unhear(event: string, listener: Listener): void {
    try {
      this.process.removeListener(event, listener);
    } catch {
      // It stays, and what it hears is never asked for.
    }
  }

  /** Never throws: it runs inside the program. */
  private note(kind: ProcessEvent['kind'], value: unknown): void {
    try {
      const isError = this.isNativeError(value);
      const name = isError ? textOf(value as object, 'name') : '';
      const message = isError ? textOf(value as object, 'message') : typeof value === 'string' ? value : typeof value;
      const key = `${kind} ${name} ${message}`.slice(0, MAX_TEXT);
      const known = this.seen.get(key);
      if (known) known.count++;
      else if (this.seen.size < MOST) {
        this.seen.set(key, { kind, name: name.slice(0, MAX_TEXT), message: message.slice(0, MAX_TEXT), count: 1 });
      }
    } catch {
      // An exotic one is left alone.
    }
  }
}

/** A text that an object or its class has, read without running a getter. */
function textOf(object: object, key: string): string {
  for (let at: object | null = object; at; at = getPrototypeOf(at) as object | null) {
    const property = getOwnPropertyDescriptor(at, key);
    if (property) return typeof property.value === 'string' ? property.value : '';
  }
  return '';
}
