import type { CallTree, HistoryPoint } from '../protocol/panel';
import type { Batch, BatchSite, CpuSummary, ScanStep, ThreadShares } from '../protocol/probe';
import {
  SNAPSHOT_VERSION,
  type Level,
  type Site,
  type SiteId,
  type Snapshot,
  type TargetState,
} from '../protocol/snapshot';
import {
  cpuOf,
  idleOf,
  isCountedShort,
  loopOf,
  memoryOf,
  promisesOf,
  restOf,
  siteIdsOf,
  targetOf,
  UNKNOWN_LOOP,
  waitedOf,
} from './figures';
import { callTreeOf } from './calls';
import { Findings } from './findings/findings';
import type { Thresholds } from './findings/rule';
import { rules } from './findings/rules';
import { gap, History, pointOf, type Predecessor } from './history';
import { CpuStretches } from './hot';
import { LastMinute } from './lastMinute';
import { ListenerTable } from './listeners';
import { MicrotaskPart } from './microtasks';
import { notesOf, type HeapScanned } from './notes';
import { Owners } from './owners';
import { PendingTable } from './pending';
import { phaseFigures } from './phases';
import { SiteTable } from './siteTable';
import { starvationOf } from './starvation';
import { StateTracker } from './state';

export interface MonitorOptions {
  level: Level;
  thresholds: Thresholds;
  beatMs: number;
  /** Whether CPU samples are to be expected; without it that is told from whether some came. */
  sampling?: boolean;
  /** Whose charts go on. */
  predecessor?: Predecessor | undefined;
}

export interface BeatAt {
  /** Host clock. */
  timeMs: number;
  /** Source places by the probe's site number: of all that are new. What is missing is taken as it runs. */
  sites: ReadonlyMap<number, Site>;
  /** Size of the batch on the wire, when it is known. */
  batchBytes?: number;
  /** What the kernel says of the loop's thread since the batch before, when it is known. */
  thread?: ThreadShares | null;
}

/** When no samples came for so long, and for so many beats, the sampler is off. */
const SAMPLES_VALID_MS = 10_000;
const SAMPLES_VALID_BEATS = 3;

type Turning = Pick<Snapshot, 'windowMs' | 'loop' | 'phases'>;

/** Makes of batches and samples one snapshot a beat, ten minutes of history, and findings. Has no clock of its own. */
export class Monitor {
  private level: Level;
  private thresholds: Thresholds;
  private readonly beatMs: number;
  private expectSamples: boolean | undefined;
  private readonly sites = new SiteTable();
  private readonly pending = new PendingTable(this.sites);
  private readonly listeners = new ListenerTable();
  private readonly owners = new Owners();
  private readonly stretches: CpuStretches;
  private readonly lastMinute = new LastMinute();
  private microtasks = new MicrotaskPart();
  private readonly findings = new Findings(rules);
  private readonly past: History;
  private readonly tracker = new StateTracker();
  /** Of the last window that holds no pause: what a paused target goes on showing. */
  private turning: Turning | null = null;
  private latest: Snapshot | null = null;
  private point: HistoryPoint | null = null;
  private sampledCalls: CallTree | null = null;
  private distortion: string | null = null;
  private scan: HeapScanned = { stoppedMs: 0, promises: false };
  private batchSequence: number | null = null;
  private timeMs = 0;

  constructor(options: MonitorOptions) {
    this.level = options.level;
    this.thresholds = options.thresholds;
    this.beatMs = options.beatMs;
    this.expectSamples = options.sampling;
    this.stretches = new CpuStretches(Math.max(SAMPLES_VALID_BEATS, SAMPLES_VALID_MS / options.beatMs));
    this.past = new History(options.beatMs);
    if (options.predecessor) this.past.goOnFrom(options.predecessor);
  }

  /** The latest picture, with the state as it is now; null before the first batch. */
  get snapshot(): Snapshot | null {
    return this.latest;
  }

  get state(): TargetState {
    return this.tracker.state;
  }

  /** Host clock when the state began. */
  get stateSinceTimeMs(): number {
    return this.tracker.sinceTimeMs;
  }

  /** The last of its points, ten minutes at the most, oldest first. */
  history(withinMs?: number): HistoryPoint[] {
    return this.past.points(withinMs);
  }

  /** The newest point of the history. */
  get lastPoint(): HistoryPoint | null {
    return this.point;
  }

  /** Who called whom, by the samples that came with the latest batch; null when none did. */
  get calls(): CallTree | null {
    return this.stretches.isFresh ? this.sampledCalls : null;
  }

  /** How many entries the tables and rings hold: bounded, whatever the target does. */
  get size(): number {
    const tables = this.sites.size + this.pending.size + this.listeners.size;
    return tables + this.stretches.size + this.lastMinute.size + this.past.length;
  }

  /** The probe's numbers of the groups behind a row of the latest snapshot, for `ProbeHandle.instances`. */
  groupNumbers(key: string): readonly number[] {
    return this.pending.numbersOf(key);
  }

  /** Applies one batch. A `full` one replaces all that was known of what is pending and of listeners. */
  applyBatch(batch: Batch, at: BeatAt): Snapshot {
    const lostBeats = this.countLost(batch.sequence);
    this.timeMs = at.timeMs;
    this.learnSites(batch, at.sites);
    const lostGroups = this.pending.apply(batch.pending, batch.full);
    this.listeners.apply(batch.listeners, batch.full);
    this.stretches.beat();
    const samples = this.stretches.latest();
    const sampled = samples && { samples, isOfWindow: this.stretches.isFresh };
    const thread = at.thread ?? null;
    const idleMs = idleOf(batch, sampled, thread);
    const waitedMs = waitedOf(batch, sampled, thread);
    const pauseInWindow = this.tracker.beat(batch, waitedMs, this.level, this.beatMs, at.timeMs);
    const siteOf = (probeSite: number | null): SiteId | null => this.sites.ofProbe(probeSite);

    const promises = promisesOf(batch);
    const sampling = this.expectSamples ?? samples !== null;
    const estimated = isCountedShort(batch) && (samples !== null || thread !== null);
    const loop = loopOf(batch, idleMs, estimated ? 'sampled' : 'counter');
    const activeMs = batch.windowMs - idleMs;
    if (!pauseInWindow) this.microtasks.window(activeMs, restOf(batch) - idleMs, sampled?.isOfWindow ? samples : null);
    const current: Turning = {
      windowMs: batch.windowMs,
      loop,
      phases: phaseFigures({
        level: this.level,
        nodeVersion: batch.process.nodeVersion,
        activeMs,
        microtaskPart: this.microtasks.value,
        phases: batch.phases,
        siteOf,
        cpu: samples,
        sampling,
      }),
    };
    const pending = this.pending.rows(batch.nowMs, promises?.oneIn);
    const listeners = this.listeners.rows(siteOf);
    const requests = this.pending.requests();
    this.lastMinute.follow(batch, listeners, requests);
    const memory = memoryOf(batch, samples);
    if (!pauseInWindow && this.scan.stoppedMs === 0) {
      this.lastMinute.followCallbacks(batch, current.phases, sampled?.isOfWindow ? memory.gcMs : null);
      this.turning = current;
    }

    const { state } = this.tracker;
    const openCallback = batch.openCallback && { ...batch.openCallback, site: siteOf(batch.openCallback.site) };
    const shared = { state, openCallback, promises, listeners, memory };
    const snapshot: Snapshot = {
      version: SNAPSHOT_VERSION,
      sequence: (this.latest?.sequence ?? 0) + 1,
      timeMs: at.timeMs,
      ...(state === 'paused' ? this.beforePause(current) : current),
      threads: 1,
      ...shared,
      pending,
      target: targetOf(batch),
      stateSinceMs: this.sinceMs(at.timeMs),
      level: this.level,
      pendingTotals: batch.totals,
      cpu: cpuOf(batch),
      hot: this.stretches.rows(),
      hotMs: this.stretches.durationMs,
      sites: {},
      findings: this.findings.check(
        {
          ...shared,
          starvation: starvationOf({
            ...current,
            gcMs: memory.gcMs,
            state,
            openCallback,
            stateSinceMs: this.sinceMs(at.timeMs),
            busiest: this.stretches.busiest(),
          }),
          windowMs: batch.windowMs,
          hasPause: pauseInWindow,
          growing: this.pending.growing(),
          requests,
          heldCalls: this.stretches.heldCalls(),
          owners: this.owners.follow(batch.nowMs, batch.owners, (group) => this.pending.rowOf(group), siteOf),
          distortion: this.distortion,
          ...this.lastMinute.view(batch.nowMs),
          thresholds: this.thresholds,
          site: (id) => this.sites.get(id),
        },
        batch.nowMs,
      ),
      rulesChecked: this.findings.rulesChecked,
      dropped: {
        resources: batch.dropped.resources + batch.dropped.emitters + lostGroups,
        sites: batch.dropped.sites,
        beats: lostBeats,
        promises: batch.dropped.promises,
      },
      cost: {
        drainMs: batch.drainMs || null,
        batchBytes: at.batchBytes ?? null,
        deepMs: batch.promises?.costMs ?? null,
      },
      notes: notesOf({
        batch,
        level: this.level,
        promises,
        state,
        sampling,
        sampled: samples !== null,
        pauseInWindow,
        distortion: this.distortion,
        scan: this.scan,
      }),
    };
    this.scan = { ...this.scan, stoppedMs: 0 };
    snapshot.sites = this.sites.pick(siteIdsOf(snapshot), batch.nowMs);
    this.latest = snapshot;
    this.keep(pointOf(snapshot));
    return snapshot;
  }

  /** Applies a stretch of the CPU profile, with the source places of its functions and of what held up the loop. */
  applyCpu(summary: CpuSummary, functions: readonly Site[], held: readonly Site[] = []): void {
    const ids = (sites: readonly Site[]): SiteId[] => sites.map((site) => this.sites.intern(site));
    const sites = ids(functions);
    this.stretches.add(summary, sites, ids(held));
    this.sampledCalls = callTreeOf(summary, sites, (id) => this.sites.get(id));
  }

  /** The target has not answered for `sinceMs`: the figures stay those of the last beat, the charts get a gap. */
  noAnswer(timeMs: number, sinceMs: number): void {
    if (this.state === 'detached') return;
    this.tracker.noAnswer(timeMs - sinceMs);
    this.keep(gap(timeMs, this.state));
    this.refreshState(timeMs);
  }

  /** The attachment has ended; the last picture stays. */
  detached(timeMs: number): void {
    this.tracker.enter('detached', timeMs);
    this.refreshState(timeMs);
  }

  /** The user's debugger stopped the target, or let it go on. Known at once, not only at the next beat. */
  setPausedByDebugger(paused: boolean, timeMs = this.timeMs): void {
    this.tracker.setPausedByDebugger(paused, timeMs);
    this.refreshState(timeMs);
  }

  /** Why a debugger distorts the timings, as a sentence for the notes; null when none does. */
  setDistortion(text: string | null): void {
    this.distortion = text;
  }

  /** A step of a heap scan stopped the target in the window under way. */
  heapScanned(step: ScanStep, stoppedMs: number): void {
    this.scan = {
      stoppedMs: this.scan.stoppedMs + stoppedMs,
      promises: this.scan.promises || step === 'promises',
    };
  }

  /** The probe starts anew with another level: tables begin again with its first full batch, history stays. */
  setLevel(level: Level): void {
    this.level = level;
    this.pending.clear();
    this.listeners.clear();
    this.lastMinute.clearCounts();
    this.microtasks = new MicrotaskPart();
    this.sites.keepBound(new Set());
    this.turning = null;
    this.scan = { stoppedMs: 0, promises: false };
    this.batchSequence = null;
  }

  /** Whether CPU samples will come from now on. */
  setSampling(sampling: boolean): void {
    this.expectSamples = sampling;
  }

  setThresholds(thresholds: Thresholds): void {
    this.thresholds = thresholds;
  }

  /** Beats that were drained in the target and never arrived. A probe that starts anew counts from 1 again. */
  private countLost(sequence: number): number {
    const before = this.batchSequence;
    this.batchSequence = sequence;
    return before === null || sequence <= before ? 0 : sequence - before - 1;
  }

  private learnSites(batch: Batch, sites: ReadonlyMap<number, Site>): void {
    const asTheyRun = new Map<number, Site>();
    for (const site of batch.sites) if (!sites.has(site.site)) asTheyRun.set(site.site, asItRuns(site));
    if (batch.full) this.sites.keepBound({ has: (number) => sites.has(number) || asTheyRun.has(number) });
    for (const [number, site] of sites) this.sites.bind(number, site);
    for (const [number, site] of asTheyRun) this.sites.bind(number, site);
  }

  private beforePause(current: Turning): Turning {
    if (this.turning) return this.turning;
    const phases = current.phases.map((phase) => ({
      ...phase,
      busyMs: null,
      callbacks: null,
      longestMs: null,
      longestSite: null,
    }));
    return { windowMs: current.windowMs, loop: UNKNOWN_LOOP, phases };
  }

  private sinceMs(timeMs: number): number {
    return Math.max(0, timeMs - this.tracker.sinceTimeMs);
  }

  private refreshState(timeMs: number): void {
    if (!this.latest) return;
    this.latest = { ...this.latest, state: this.state, stateSinceMs: this.sinceMs(timeMs) };
  }

  private keep(point: HistoryPoint): void {
    this.point = point;
    this.past.push(point);
  }
}

function asItRuns({ function: name, url, line, column }: BatchSite): Site {
  return { function: name, url, line, column, package: null, generated: null };
}
