import * as l10n from '@vscode/l10n';
import { setTimeout as delay } from 'node:timers/promises';
import { HumanError } from './base/errors';
import type { BatchSite } from './protocol/probe';
import type { Site } from './protocol/snapshot';
import type { Connection } from './target/connection';
import { decodeProfile, type CpuProfile } from './target/cpuProfile';
import { sampleAllocations, takeHeapSnapshot, type HeapNode, type HeapProfile } from './target/heapProfiles';
import { ClosedError, connect, ProtocolError, type Session } from './target/session';
import { Workers, type Worker } from './target/workers';

/** Finer than the rolling samples: it is short, and looked at closely. */
const CPU_INTERVAL_US = 1000;
/** A target that cannot answer now does so later. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/** Node tells of the threads at once. */
const LISTED_WITHIN_MS = 5000;

/** What a profile waits for before it ends; the signal is that of the profile. */
export type Until = (signal: AbortSignal) => Promise<unknown>;

type SiteOf = (place: Omit<BatchSite, 'site'>) => Promise<Site>;

interface CallFrame {
  functionName: string;
  url: string;
  lineNumber: number;
  columnNumber: number;
}

/**
 * Profiles of one thread that a person asks for. Each has a session of its own: V8 keeps the profiles of sessions apart,
 * so that neither our rolling samples nor those of another client are touched, and whatever a session began ends with
 * it. Each throws HumanError, or the reason of the signal, after which nothing is left in the target.
 */
export class Profiles {
  private readonly stop = new AbortController();
  private readonly running = new Set<Promise<unknown>>();

  constructor(
    private readonly connection: Connection,
    private readonly siteOf: SiteOf,
  ) {}

  /** What the thread does until then, by places in the source. */
  cpu(until: Until, signal: AbortSignal): Promise<CpuProfile> {
    return this.use(signal, async (session, either) => {
      // First: as soon as it is enabled, the profiles that are begun by console.profile(), as the rolling ones are, run here too.
      await session.send('Profiler.setSamplingInterval', { interval: CPU_INTERVAL_US }, NO_TIMEOUT_MS);
      await session.send('Profiler.enable', {}, NO_TIMEOUT_MS);
      await session.send('Profiler.start', {}, NO_TIMEOUT_MS);
      await until(either);
      const { profile } = await session.send<{ profile?: unknown }>('Profiler.stop', {}, NO_TIMEOUT_MS);
      const decoded = decodeProfile(profile);
      for (const { callFrame } of decoded.nodes) await this.locate(callFrame);
      return decoded;
    });
  }

  /** Where memory is allocated until then, of what is still held, by places in the source. */
  allocations(until: Until, signal: AbortSignal): Promise<HeapProfile> {
    return this.use(signal, async (session, either) => {
      const profile = await sampleAllocations(session, () => until(either));
      const locateAll = async ({ callFrame, children }: HeapNode): Promise<void> => {
        await this.locate(callFrame);
        for (const child of children) await locateAll(child);
      };
      await locateAll(profile.head);
      return profile;
    });
  }

  /** A heap snapshot, written to a file; gives its size. The target stands still meanwhile. */
  heapSnapshot(
    file: string,
    onProgress: (progress: { share: number; bytes: number }) => void,
    signal: AbortSignal,
  ): Promise<number> {
    return this.use(signal, (session, either) => takeHeapSnapshot(session, file, onProgress, either));
  }

  /** Gives up what is under way; resolves when its connections are closed. Never rejects. */
  async close(): Promise<void> {
    this.stop.abort(
      new HumanError(l10n.t('The process has ended, or was detached, before the profile was. Attach again.')),
    );
    await Promise.allSettled(this.running);
  }

  private async use<T>(signal: AbortSignal, act: (session: Session, signal: AbortSignal) => Promise<T>): Promise<T> {
    const either = AbortSignal.any([signal, this.stop.signal]);
    const used = this.useOnce(either, act);
    this.running.add(used);
    try {
      return await used;
    } finally {
      this.running.delete(used);
    }
  }

  private async useOnce<T>(
    signal: AbortSignal,
    act: (session: Session, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    const carrier = await connect(this.connection.located.webSocketUrl);
    const close = (): void => void carrier.close();
    signal.addEventListener('abort', close);
    try {
      return await act(await this.threadOf(carrier), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ClosedError) throw new HumanError(l10n.t('The process has ended before the profile was.'));
      if (error instanceof ProtocolError)
        throw new HumanError(l10n.t('The process cannot be profiled now ({0}).', error.message));
      throw error;
    } finally {
      signal.removeEventListener('abort', close);
      await carrier.close();
    }
  }

  /** A worker is reached through its process. */
  private async threadOf(carrier: Session): Promise<Session> {
    const { threadId } = this.connection.identity;
    if (threadId === 0) return carrier;
    const workers = new Workers(carrier, () => undefined);
    const found = new Promise<Worker>((resolve) => {
      workers.onDidChange(() => {
        const worker = workers.all.find((one) => one.threadId === threadId);
        if (worker) resolve(worker);
      });
    });
    await workers.start();
    const worker = await Promise.race([found, delay(LISTED_WITHIN_MS, null, { ref: false })]);
    if (!worker) throw new HumanError(l10n.t('Worker {0} has ended. Choose another thread of the process.', threadId));
    return worker.connect();
  }

  private async locate(callFrame: CallFrame): Promise<void> {
    const { functionName, url, lineNumber, columnNumber } = callFrame;
    if (url === '' || lineNumber < 0) return;
    const site = await this.siteOf({ function: functionName, url, line: lineNumber + 1, column: columnNumber + 1 });
    callFrame.url = site.url;
    callFrame.lineNumber = site.line - 1;
    callFrame.columnNumber = site.column - 1;
  }
}
