import type { PendingGroup } from '../protocol/snapshot';

/** Requests that a thread of the pool works for, by type. Those of zlib cannot be told from its streams. */
const ON_A_THREAD = /^(FSREQ|FILEHANDLECLOSEREQ|GETADDRINFOREQ|GETNAMEINFOREQ)|REQUEST$/;

/** How much the pool has to do. */
export interface PoolLoad {
  /** Threads of the pool. */
  size: number;
  /** Requests under way or waiting. */
  requests: number;
  /** For how long every beat has seen at least as many as there are threads. */
  fullMs: number;
  /** The place with most of them. */
  most: PendingGroup;
}

/** Since when the thread pool of libuv has had no thread to spare. */
export class ThreadPool {
  private fullSinceMs: number | null = null;

  /** Takes the pending requests of one beat, most first; null while there are threads to spare. */
  follow(nowMs: number, pendingRequests: readonly PendingGroup[], size: number): PoolLoad | null {
    const groups = pendingRequests.filter(({ type }) => ON_A_THREAD.test(type));
    let requests = 0;
    for (const { count } of groups) requests += count;
    const [most] = groups;
    if (!most || requests < size) {
      this.fullSinceMs = null;
      return null;
    }
    this.fullSinceMs ??= nowMs;
    return { size, requests, fullMs: nowMs - this.fullSinceMs, most };
  }
}
