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
    const onAThread = new Map<string, boolean>();
    let requests = 0;
    let most: PendingGroup | null = null;
    for (const group of pendingRequests) {
      let counts = onAThread.get(group.type);
      if (counts === undefined) onAThread.set(group.type, (counts = ON_A_THREAD.test(group.type)));
      if (!counts) continue;
      most ??= group;
      requests += group.count;
    }
    if (!most || requests < size) {
      this.fullSinceMs = null;
      return null;
    }
    this.fullSinceMs ??= nowMs;
    return { size, requests, fullMs: nowMs - this.fullSinceMs, most };
  }
}
