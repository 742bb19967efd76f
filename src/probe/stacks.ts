/** What V8 hands to `Error.prepareStackTrace`: https://v8.dev/docs/stack-trace-api */
export interface CallSite {
  getFileName(): string | null | undefined;
  getScriptNameOrSourceURL(): string | null | undefined;
  isEval(): boolean;
  getEvalOrigin(): string | undefined;
  getFunctionName(): string | null;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
}

interface Settings {
  stackTraceLimit?: unknown;
  prepareStackTrace?: unknown;
}

const { getOwnPropertyDescriptor, defineProperty } = Object;
const { deleteProperty } = Reflect;
const { isArray } = Array;
const { captureStackTrace } = Error as unknown as { captureStackTrace: (holder: object, below: unknown) => void };
const keepCallSites = (_error: unknown, frames: CallSite[]): CallSite[] => frames;

/** Captures stacks. `Error`'s settings belong to the program: set and put back in one synchronous step. */
export class Stacks {
  private readonly settings = Error as unknown as Settings;
  /** `Error` cannot be set for a moment, as under --frozen-intrinsics. */
  blind = false;

  /** Up to `most` frames above `below`, nearest first; null when they cannot be had now. Never throws. */
  take(below: unknown, most: number): CallSite[] | null {
    const limit = getOwnPropertyDescriptor(Error, 'stackTraceLimit');
    const prepare = getOwnPropertyDescriptor(Error, 'prepareStackTrace');
    const holder: { stack?: unknown } = {};
    try {
      this.override('stackTraceLimit', limit, most);
      this.override('prepareStackTrace', prepare, keepCallSites);
      captureStackTrace(holder, below);
      // A text when V8 is formatting another stack just now: it does not do so within itself.
      return isArray(holder.stack) ? (holder.stack as CallSite[]) : null;
    } catch (error) {
      // A RangeError says that the program's stack is full, and is over with it.
      if (error instanceof TypeError) this.blind = true;
      return null;
    } finally {
      this.putBack('prepareStackTrace', prepare);
      this.putBack('stackTraceLimit', limit);
    }
  }

  /** A setter of the program's must not see our value: an accessor is replaced, not called. */
  private override(key: keyof Settings, before: PropertyDescriptor | undefined, value: unknown): void {
    if (!before || before.writable) this.settings[key] = value;
    else defineProperty(this.settings, key, { value, writable: true, configurable: true, enumerable: true });
  }

  private putBack(key: keyof Settings, before: PropertyDescriptor | undefined): void {
    try {
      if (!before) deleteProperty(Error, key);
      else if (before.writable) this.settings[key] = before.value;
      else defineProperty(this.settings, key, before);
    } catch {
      this.blind = true;
    }
  }
}
