/** What is read of Node's streams, and of those of the package readable-stream. */
interface Stream {
  _readableState?: { destroyed?: unknown; endEmitted?: unknown } | null;
  _writableState?: { destroyed?: unknown; finished?: unknown } | null;
  onSocket?: unknown;
  destroyed?: unknown;
  fd?: unknown;
}

/** The program may replace it while it is watched. */
const { hasOwn } = Object;

/** These have nothing of their own that could fail. */
const HARMLESS = ['PassThrough', 'ReadableWorkerStdio', 'WritableWorkerStdio'];

/**
 * Whether an emitter is a stream that may still fail, or a request of a client of node:http. Not sockets, which stand
 * behind handles, standard streams, and messages that came in: without a listener these swallow their errors. A proxy
 * may throw through it.
 */
export function mayFail(emitter: object, name: string): boolean {
  const stream = emitter as Stream;
  // A hash becomes a stream when its state is read: there is a getter for it.
  const readable = hasOwn(emitter, '_readableState') ? stream._readableState : undefined;
  const writable = hasOwn(emitter, '_writableState') ? stream._writableState : undefined;
  if (!readable && !writable) {
    return hasOwn(emitter, 'agent') && typeof stream.onSocket === 'function' && stream.destroyed !== true;
  }
  if (HARMLESS.includes(name) || hasOwn(emitter, 'connecting') || 'rawHeaders' in emitter) return false;
  if (typeof stream.fd === 'number' && stream.fd <= 2) return false;
  const reads = readable && readable.destroyed !== true && readable.endEmitted !== true;
  const writes = writable && writable.destroyed !== true && writable.finished !== true;
  return reads === true || writes === true;
}
