import type { Disposable } from './base/disposable';
import { messageOf } from './base/errors';
import type { Monitor } from './model/monitor';
import type { BatchSite, CpuSummary, DrainOptions } from './protocol/probe';
import type { Site } from './protocol/snapshot';
import { jsonCalls } from './target/jsonCalls';
import { Sampler } from './target/sampler';
import type { Scripts } from './target/scripts';
import { ClosedError, type Session } from './target/session';
import { SourceLines } from './target/sourceLines';

/** What the CPU samples of one attachment need. */
export interface SamplesOf {
  session: Session;
  scripts: Scripts;
  monitor: Monitor;
  /** Microseconds between samples; null for none at all. */
  intervalUs: number | null;
  now: () => number;
  siteOf: (place: Omit<BatchSite, 'site'>) => Promise<Site>;
  log: (line: string) => void;
}

/** The CPU samples of one attachment, on or off, on their way into the monitor. */
export class CpuSamples implements Disposable {
  private sampler: Sampler | null = null;
  private wanted = false;
  private disposed = false;
  private change: Promise<void> = Promise.resolve();
  private lastApplied: Promise<void> = Promise.resolve();
  private readonly sourceLines = new SourceLines();

  constructor(private readonly of: SamplesOf) {}

  /** Switches them on or off; resolves when that is done, and logs what goes wrong. */
  set(on: boolean): Promise<void> {
    this.wanted = on;
    const change = (): Promise<void> => (this.wanted ? this.start() : this.stop());
    this.change = this.change.then(change).catch((error: unknown) => {
      if (!(error instanceof ClosedError)) this.of.log(`CPU samples: ${messageOf(error)}`);
    });
    return this.change;
  }

  /** Resolves when no change is under way. */
  get settled(): Promise<void> {
    return this.change;
  }

  /** Resolves when what has arrived is in the monitor. */
  get applied(): Promise<void> {
    return this.lastApplied;
  }

  /** What the next beat should start and end; null for nothing. */
  nextProfile(): DrainOptions['profile'] {
    return this.sampler?.nextProfile() ?? null;
  }

  /** Begins anew with a new probe. */
  async restart(): Promise<void> {
    await this.sampler?.restart();
  }

  dispose(): void {
    this.disposed = true;
    this.sampler?.dispose();
  }

  private async start(): Promise<void> {
    const { session, scripts, monitor, intervalUs, now, log } = this.of;
    if (intervalUs === null || this.sampler || this.disposed) return;
    const onError = (error: unknown): void => log(`CPU profile: ${messageOf(error)}`);
    this.sampler = await Sampler.start(session, scripts, intervalUs, now, onError);
    monitor.setSampling(true);
    this.sampler.onDidSummarize((summary) => {
      this.lastApplied = this.apply(summary).catch(onError);
    });
  }

  private async stop(): Promise<void> {
    const { sampler } = this;
    if (!sampler) return;
    this.sampler = null;
    sampler.dispose();
    this.of.monitor.setSampling(false);
    await this.of.session.send('Profiler.disable');
  }

  private async apply(summary: CpuSummary): Promise<void> {
    const sitesOf = (places: Omit<BatchSite, 'site'>[]): Promise<Site[]> =>
      Promise.all(places.map((place) => this.of.siteOf(place)));
    const sites = await sitesOf(summary.functions);
    const held = [...summary.held, ...(await jsonCalls(summary.lines, this.sourceLines))];
    const callers = await sitesOf(held);
    if (!this.disposed) this.of.monitor.applyCpu({ ...summary, held }, sites, callers);
  }
}
