import * as l10n from '@vscode/l10n';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AttachHooks, AttachmentInfo, AttachmentOptions } from './attachmentOptions';
import { infoOf, INTERVAL_US } from './attachmentOptions';
import { AttachSteps } from './attachSteps';
import type { Disposable } from './base/disposable';
import { HumanError, messageOf } from './base/errors';
import { Emitter } from './base/event';
import { CpuSamples } from './cpuSamples';
import { detachedFrom, hasEnded, hasExited, staysOpen, staysWrapped } from './model/endReasons';
import type { Thresholds } from './model/findings/rule';
import { Monitor } from './model/monitor';
import { Places } from './places';
import { Profiles } from './profiles';
import { MOST_INSTANCES, type CallTree, type HistoryPoint } from './protocol/panel';
import type { Instance, ScanStep } from './protocol/probe';
import type { Level, Snapshot, TargetState } from './protocol/snapshot';
import { closeConnection, failureOf, openConnection, type Connection } from './target/connection';
import { hasSetUp } from './target/evaluate';
import { HeapScan, type ScanCost, type ScanFound } from './target/heapScan';
import { Injection, probeOptions, type Drained } from './target/injection';
import type { Where } from './target/inspector';
import { Scripts } from './target/scripts';
import { ClosedError, NO_TIMEOUT_MS } from './target/session';
import { ThreadTime } from './target/threadTime';
import { Workers, type Worker } from './target/workers';
import { Threads } from './threads';

export type { AttachHooks, AttachmentInfo, AttachmentOptions, Sampling } from './attachmentOptions';
export type { Thresholds } from './model/findings/rule';
export type { Predecessor } from './model/history';
export type { ScanFound } from './target/heapScan';

/** A busy target answers within milliseconds, so this is native code or a synchronous child process. */
const ANSWER_WITHIN_MS = 1000;

const monotonicMs = (): number => performance.now();

/**
 * One live attachment: session, probe, sampler and monitor. It asks once a beat, never twice at once, and goes on
 * waiting while the target cannot answer, so that no beat is lost. It ends in the state `detached` and stays readable.
 */
export class Attachment implements Disposable {
  private readonly monitor: Monitor;
  private readonly places: Places;
  private readonly snapshots = new Emitter<Snapshot>((error) => this.log(messageOf(error)));
  private readonly states = new Emitter<TargetState>((error) => this.log(messageOf(error)));
  private readonly stop = new AbortController();
  private readonly threadTime: ThreadTime | null;
  private currentOptions: AttachmentOptions;
  private latest: Snapshot | null = null;
  private reason: string | null = null;
  private distortion: string | null = null;
  private needsFull = true;
  private ending: Promise<void> | null = null;
  private hasEndedByItself = false;
  private shownState: TargetState = 'running';
  private turn: Promise<unknown> = Promise.resolve();
  private readonly heapScan: HeapScan;
  private readonly cpuSamples: CpuSamples;

  readonly onDidSnapshot = this.snapshots.event;
  /** State, level or options changed. */
  readonly onDidChangeState = this.states.event;
  /** The worker threads of the process, each with an attachment of its own; none for that of a worker itself. */
  readonly threads: Threads<Attachment>;
  /** Profiles that a person asks for. */
  readonly profiles: Profiles;

  private constructor(
    readonly info: AttachmentInfo,
    options: AttachmentOptions,
    private readonly connection: Connection,
    private readonly scripts: Scripts,
    private injection: Injection,
    private readonly source: string,
    private readonly hooks: AttachHooks,
    process: Attachment | null,
  ) {
    this.currentOptions = options;
    this.threadTime = process ? null : new ThreadTime(info.pid, monotonicMs);
    const { level, thresholds, beatMs } = options;
    this.monitor = new Monitor({ level, thresholds, beatMs, sampling: false, predecessor: hooks.predecessor });
    const { session } = connection;
    this.places = new Places(session);
    this.heapScan = new HeapScan(session);
    this.profiles = new Profiles(connection, this.places.siteOf);
    this.cpuSamples = new CpuSamples({
      session,
      scripts,
      monitor: this.monitor,
      intervalUs: INTERVAL_US[options.sampling],
      now: monotonicMs,
      siteOf: this.places.siteOf,
      log: (line) => this.log(line),
    });
    const workers = new Workers(session, (error) => this.log(messageOf(error)));
    this.threads = new Threads(workers, (worker) => this.attachWorker(worker));
    session.onDidClose(() => {
      // A worker may end alone.
      void this.end(hasEnded(info, process?.ending === null));
    });
    // Node waits for us at its exit: https://github.com/nodejs/node/issues/17353
    session.on('NodeRuntime.waitingForDisconnect', () => void this.end(hasExited(info)));
  }

  /** Puts the probe in and takes the first beat; whatever was done is undone when it throws. */
  static async start(
    connection: Connection,
    where: Where,
    options: AttachmentOptions,
    steps: AttachSteps,
    hooks: AttachHooks,
    process: Attachment | null = null,
  ): Promise<Attachment> {
    const { session, identity } = connection;
    const source = await readFile(hooks.probePath ?? join(__dirname, 'probe.js'), 'utf8');
    const scripts = new Scripts(session, monotonicMs);
    const given = probeOptions(options, connection, hooks);
    const { injection, first } = await Injection.install(session, scripts, source, given, hooks.signal);
    steps.done();
    const info = infoOf(identity, where, process?.info.name);
    const attachment = new Attachment(info, options, connection, scripts, injection, source, hooks, process);
    try {
      // A worker that is asked for this never ends: Node waits for its session, and nothing says so.
      const told = process ? null : session.send('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true });
      await Promise.all([attachment.apply(first), told]);
      steps.done();
      hooks.signal?.throwIfAborted();
    } catch (error) {
      await attachment.detach();
      throw error;
    }
    session.bePatient();
    void attachment.setDistortion(hooks.distortion ?? null);
    void attachment.run();
    return attachment;
  }

  /** A worker is reached through its process, and has a probe of its own. */
  private async attachWorker(worker: Worker): Promise<Attachment> {
    const session = worker.connect();
    const { located, identity } = this.connection;
    const connection: Connection = {
      session,
      located: { ...located, openedByUs: false },
      identity: { ...identity, threadId: worker.threadId },
    };
    const hooks = { ...this.hooks, signal: this.stop.signal, distortion: this.distortion };
    const steps = new AttachSteps(() => undefined, monotonicMs);
    try {
      await hasSetUp(session);
      return await Attachment.start(connection, this.info.where, this.currentOptions, steps, hooks, this);
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  get options(): Readonly<AttachmentOptions> {
    return this.currentOptions;
  }

  get state(): TargetState {
    return this.monitor.state;
  }

  /** Host clock when the state began. */
  get stateSinceTimeMs(): number {
    return this.monitor.stateSinceTimeMs;
  }

  /** Sentence about the end, once detached. */
  get endedBecause(): string | null {
    return this.reason;
  }

  /** Whether the target or the connection has ended, and nobody has detached. */
  get endedByItself(): boolean {
    return this.hasEndedByItself;
  }

  /** The latest picture. */
  get snapshot(): Snapshot | null {
    return this.latest;
  }

  /** The last of its chart points, ten minutes at the most, oldest first. */
  history(withinMs?: number): HistoryPoint[] {
    return this.monitor.history(withinMs);
  }

  /** Who called whom, by the samples that came with the latest beat; null when none did. */
  get calls(): CallTree | null {
    return this.monitor.calls;
  }

  /** The chart point of the latest beat. */
  get lastPoint(): HistoryPoint | null {
    return this.monitor.lastPoint;
  }

  /** Members of a pending group of the latest snapshot; empty when it is gone. */
  async instances(key: string, limit: number): Promise<{ instances: Instance[]; total: number }> {
    const total = this.latest?.pending.find((group) => group.key === key)?.count ?? 0;
    const instances: Instance[] = [];
    for (const group of this.monitor.groupNumbers(key)) {
      const room = Math.min(limit, MOST_INSTANCES) - instances.length;
      if (room > 0 && !this.ending) instances.push(...(await this.injection.instances(group, room)));
    }
    return { instances, total };
  }

  /** What a heap scan will cost the target; asks nothing of it. */
  get heapScanCost(): ScanCost {
    return this.heapScan.cost(this.injection, this.latest?.memory.heapUsedBytes ?? 0);
  }

  /**
   * Takes one step of a heap scan: it stops the target, and what was found is in the snapshots from now on. The signal is
   * obeyed where it can be; its reason is thrown then, else a HumanError.
   */
  async scanHeap(step: ScanStep, signal?: AbortSignal): Promise<ScanFound> {
    try {
      return await this.oneAtATime(async () => {
        const found = await this.heapScan.take(this.injection, step, signal);
        this.monitor.heapScanned(step, found.stoppedMs);
        return found;
      });
    } catch (error) {
      throw this.reason === null ? error : new HumanError(this.reason);
    }
  }

  /** Takes the probe out and puts it in again at another level, as soon as the target answers. Never rejects. */
  async setLevel(level: Level): Promise<void> {
    if (level === this.currentOptions.level || this.ending) return;
    this.currentOptions = { ...this.currentOptions, level };
    this.states.fire(this.state);
    try {
      await this.oneAtATime(() => this.asking(() => this.takeLevel()));
    } catch (error) {
      // The next beat finds no probe, and puts in one of this level.
      if (!this.stop.signal.aborted) this.log(`level of ${this.info.pid}: ${messageOf(error)}`);
    }
  }

  private async takeLevel(): Promise<void> {
    if (this.injection.level === this.currentOptions.level) return;
    await this.injection.uninstall(NO_TIMEOUT_MS);
    await this.install();
  }

  /** The user's debugger stopped the target (true) or let it go on (false); known from a debug adapter tracker. */
  setPausedByDebugger(paused: boolean): void {
    this.monitor.setPausedByDebugger(paused, Date.now());
    this.tellState();
  }

  /**
   * Why a debugger distorts the timings, as a sentence; null when none does. CPU samples are off meanwhile: VS Code's
   * debugger would write each of our profiles into the workspace.
   */
  setDistortion(sentence: string | null): Promise<void> {
    this.distortion = sentence;
    this.monitor.setDistortion(sentence);
    for (const one of this.threads.attachments) void one.setDistortion(sentence);
    return this.cpuSamples.set(sentence === null);
  }

  setThresholds(thresholds: Thresholds): void {
    this.currentOptions = { ...this.currentOptions, thresholds };
    this.monitor.setThresholds(thresholds);
    for (const one of this.threads.attachments) one.setThresholds(thresholds);
  }

  /** Takes the probe out, closes what was opened, ends in `detached`. Never rejects. */
  detach(): Promise<void> {
    return this.end(detachedFrom(this.info), true);
  }

  dispose(): void {
    void this.detach();
  }

  private end(reason: string, cleanUp = false): Promise<void> {
    if (!this.ending) this.hasEndedByItself = !cleanUp;
    return (this.ending ??= this.endOnce(reason, cleanUp));
  }

  private async endOnce(reason: string, cleanUp: boolean): Promise<void> {
    this.reason = reason;
    this.stop.abort();
    this.cpuSamples.dispose();
    const { session, located } = this.connection;
    // At once, as the rest: what is sent is carried out, also when nobody can answer now.
    const threads = cleanUp ? this.threads.end(ANSWER_WITHIN_MS) : null;
    const profiles = this.profiles.close();
    try {
      if (cleanUp) {
        const left = await this.injection.uninstall();
        if (left.length > 0) this.reason += ` ${staysWrapped(left)}`;
        await session.send('Profiler.disable', {}, ANSWER_WITHIN_MS);
      }
    } catch (error) {
      // It cannot answer now; what was sent is carried out when it can.
      if (!(error instanceof ClosedError)) this.log(`detaching from ${this.info.pid}: ${messageOf(error)}`);
    }
    await threads;
    await profiles;
    const openedByUs = cleanUp && located.openedByUs && this.distortion === null;
    if (cleanUp && located.openedByUs && !openedByUs) this.reason += ` ${staysOpen()}`;
    await closeConnection(session, { openedByUs }).catch(() => undefined);
    this.monitor.detached(Date.now());
    this.tellState();
  }

  /** The first beat was in a hurry: samples and places come with the next one, at once. */
  private async run(): Promise<void> {
    // Not before: of answers on one connection the second is 40 ms late, and the beats should begin.
    if (this.info.threadId === 0) {
      const started = this.cpuSamples.settled.then(() => this.threads.start());
      started.catch((error: unknown) => this.log(`workers: ${messageOf(error)}`));
    }
    let dueMs = monotonicMs() - this.currentOptions.beatMs;
    for (;;) {
      dueMs = Math.max(dueMs + this.currentOptions.beatMs, monotonicMs());
      if (!(await this.waitUntil(dueMs))) return;
      try {
        await this.oneAtATime(() => this.beat());
      } catch (error) {
        if (error instanceof ClosedError || this.ending) return;
        this.log(`beat of ${this.info.pid}: ${messageOf(error)}`);
        this.needsFull = true;
        // What it says is of no use: its picture is as old as the last one that was.
        this.noAnswer(Date.now() - (this.latest?.timeMs ?? Date.now()));
      }
    }
  }

  /** False when the attachment ends meanwhile. */
  private async waitUntil(dueMs: number): Promise<boolean> {
    const { signal } = this.stop;
    await delay(Math.max(0, dueMs - monotonicMs()), undefined, { signal }).catch(() => undefined);
    return !signal.aborted;
  }

  /** A beat and a change of the probe must not meet. */
  private oneAtATime<T>(act: () => Promise<T>): Promise<T> {
    const done = this.turn.then(act);
    this.turn = done.catch(() => undefined);
    return done;
  }

  /** Says that the target does not answer, for as long as it does not. */
  private async asking<T>(ask: () => Promise<T>): Promise<T> {
    const askedMs = monotonicMs();
    const silence = setInterval(() => this.noAnswer(monotonicMs() - askedMs), ANSWER_WITHIN_MS);
    try {
      return await ask();
    } finally {
      clearInterval(silence);
    }
  }

  private async beat(): Promise<void> {
    const answer = await this.asking(async () => {
      await this.cpuSamples.settled;
      const full = this.needsFull;
      const { bundled } = this.places;
      const profile = this.cpuSamples.nextProfile();
      const drained = await this.injection.drain({ full, profile, bundled });
      // It waited in vain while the target was stopped, and took itself out.
      if (!drained) await this.install();
      return drained;
    });
    if (answer) await this.apply(answer);
  }

  private async apply({ batch, bytes, isWhole }: Drained): Promise<void> {
    this.needsFull = !isWhole;
    const thread = this.threadTime?.take(batch.process.uptimeMs) ?? null;
    const sites = await this.places.sitesOf(batch);
    // The samples of this window came before the answer: the profile was ended by the same beat.
    await this.cpuSamples.applied;
    if (this.ending) return;
    this.latest = this.monitor.applyBatch(batch, { timeMs: Date.now(), sites, batchBytes: bytes, thread });
    this.snapshots.fire(this.latest);
    this.tellState();
  }

  private async install(): Promise<void> {
    const { connection, scripts, source, stop } = this;
    const options = probeOptions(this.currentOptions, connection, this.hooks);
    await this.injection.forget();
    const installed = await Injection.install(connection.session, scripts, source, options, stop.signal);
    this.injection = installed.injection;
    this.monitor.setLevel(options.level);
    // Its first beat spans next to nothing: the next one shows what it knows.
    this.needsFull = true;
    this.places.forget();
    await this.cpuSamples.restart();
  }

  private noAnswer(sinceMs: number): void {
    this.monitor.noAnswer(Date.now(), sinceMs);
    this.latest = this.monitor.snapshot;
    this.tellState();
  }

  private log(line: string): void {
    this.hooks.log?.(line);
  }

  private tellState(): void {
    if (this.state === this.shownState) return;
    this.shownState = this.state;
    this.latest = this.monitor.snapshot;
    this.states.fire(this.state);
  }
}

/** Attaches; reports its steps as they go; throws HumanError, and leaves nothing behind, when it fails or is aborted. */
export async function attach(where: Where, options: AttachmentOptions, hooks: AttachHooks = {}): Promise<Attachment> {
  const steps = new AttachSteps(hooks.onSteps ?? (() => undefined), monotonicMs);
  let connection: Connection | undefined;
  try {
    connection = await openConnection(
      where,
      {
        located: ({ host, port, openedByUs }) =>
          steps.done(openedByUs ? l10n.t('inspector opened') : `${host}:${port}`),
        connected: () => steps.done(),
        identified: ({ pid, nodeVersion }) => steps.done(l10n.t('pid {0}, Node {1}', pid, nodeVersion)),
      },
      hooks.signal,
    );
    return await Attachment.start(connection, where, options, steps, hooks);
  } catch (error) {
    steps.failed();
    if (connection) await closeConnection(connection.session, connection.located);
    if (!(error instanceof HumanError)) hooks.log?.(`attaching: ${messageOf(error)}`);
    throw failureOf(error);
  }
}
