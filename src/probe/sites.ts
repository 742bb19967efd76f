import { PROBE_URL, type BatchSite } from '../protocol/probe';
import type { Budget } from './budget';

/** What V8 hands to `Error.prepareStackTrace`: https://v8.dev/docs/stack-trace-api */
interface CallSite {
  getFileName(): string | null;
  getScriptNameOrSourceURL(): string | null;
  getFunctionName(): string | null;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
}

interface ErrorWithStackApi {
  captureStackTrace(target: object, below: unknown): void;
}

/** Frames of Node's own between a user's call and the hook: `listen` and `fs.promises` are the deepest. */
const FRAMES = 16;
const MAX_SITES = 20_000;
const MAX_TEXT = 1000;

const keepCallSites = (_error: Error, frames: CallSite[]): CallSite[] => frames;

/** Where things were created: captures the first frame in the user's code, keeps each place once, numbered from 1. */
export class Sites {
  private readonly numbers = new Map<string, number>();
  private readonly list: BatchSite[] = [];
  private sent = 0;
  private dropped = 0;
  private readonly ErrorClass = Error as unknown as ErrorWithStackApi;
  /** `Error` cannot be set for a moment, as under --frozen-intrinsics: places are not known then. */
  blind = false;

  constructor(private readonly includePackages: boolean) {}

  /**
   * Number of the place that called into `below`; 0 when no frame is the user's, -1 when the budget is used up. Never
   * throws.
   */
  capture(below: unknown, budget: Budget): number {
    if (this.blind) return 0;
    if (!budget.take()) {
      this.dropped++;
      return -1;
    }
    const frame = this.pick(this.stack(below));
    return frame ? this.internFrame(frame) : 0;
  }

  /** Numbers of up to `most` places of the user's that led into `below`, nearest first; async frames count. */
  captureAll(below: unknown, most: number): number[] {
    if (this.blind) return [];
    const isUsers = (frame: CallSite): boolean => this.pick([frame]) !== undefined;
    return this.stack(below)
      .filter(isUsers)
      .slice(0, most)
      .map((frame) => this.internFrame(frame));
  }

  /** Number of a place; 0 when there are too many. Lines and columns count from 1. */
  intern(functionName: string, url: string, line: number, column: number): number {
    const key = `${line}:${column}:${url}`;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    if (this.list.length >= MAX_SITES) {
      this.dropped++;
      return 0;
    }
    const site = this.list.length + 1;
    this.list.push({
      site,
      function: functionName.slice(0, MAX_TEXT),
      url: url.slice(0, MAX_TEXT),
      line,
      column,
    });
    this.numbers.set(key, site);
    return site;
  }

  /** Sites that were not sent yet, or all. */
  take(full: boolean): BatchSite[] {
    const from = full ? 0 : this.sent;
    this.sent = this.list.length;
    return this.list.slice(from);
  }

  takeDropped(): number {
    const { dropped } = this;
    this.dropped = 0;
    return dropped;
  }

  /** `Error`'s settings belong to the program: set, captured and put back in one synchronous step. */
  private stack(below: unknown): CallSite[] {
    const E = this.ErrorClass;
    const limit = Object.getOwnPropertyDescriptor(E, 'stackTraceLimit');
    const prepare = Object.getOwnPropertyDescriptor(E, 'prepareStackTrace');
    const holder: { stack?: CallSite[] } = {};
    try {
      override('stackTraceLimit', limit, FRAMES);
      override('prepareStackTrace', prepare, keepCallSites);
      E.captureStackTrace(holder, below);
      return Array.isArray(holder.stack) ? holder.stack : [];
    } catch {
      this.blind = true;
      return [];
    } finally {
      this.putBack('prepareStackTrace', prepare);
      this.putBack('stackTraceLimit', limit);
    }
  }

  private putBack(key: string, before: PropertyDescriptor | undefined): void {
    try {
      if (!before) Reflect.deleteProperty(Error, key);
      else if (before.writable) Reflect.set(Error, key, before.value);
      else Object.defineProperty(Error, key, before);
    } catch {
      this.blind = true;
    }
  }

  private internFrame(frame: CallSite): number {
    return this.intern(
      frame.getFunctionName() ?? '',
      urlOf(frame),
      frame.getLineNumber() ?? 1,
      frame.getColumnNumber() ?? 1,
    );
  }

  private pick(frames: CallSite[]): CallSite | undefined {
    let inPackage: CallSite | undefined;
    for (const frame of frames) {
      const url = urlOf(frame);
      if (!url || url === PROBE_URL || /^(node|wasm):/.test(url)) continue;
      if (this.includePackages || !url.includes('/node_modules/')) return frame;
      inPackage ??= frame;
    }
    return inPackage;
  }
}

function urlOf(frame: CallSite): string {
  return frame.getFileName() ?? frame.getScriptNameOrSourceURL() ?? '';
}

/** A setter of the program's must not see our value: an accessor is replaced, not called. */
function override(key: string, before: PropertyDescriptor | undefined, value: unknown): void {
  if (!before || before.writable) {
    if (!Reflect.set(Error, key, value)) throw new TypeError(`Error.${key} is read-only`);
  } else Object.defineProperty(Error, key, { value, writable: true, configurable: true, enumerable: true });
}
