import * as l10n from '@vscode/l10n';
import type { Attachment, AttachmentInfo } from './attachment';
import { DisposableStore, type Disposable } from './base/disposable';
import { HumanError } from './base/errors';
import { Emitter } from './base/event';
import { mergedCalls } from './model/calls';
import { gap, History, pointOf } from './model/history';
import { SiteTable } from './model/siteTable';
import { groupsOf, nameOf, partOf } from './model/summedTables';
import { sumOfThreads } from './model/sumOfThreads';
import {
  MOST_INSTANCES,
  type CallTree,
  type HistoryPoint,
  type PanelInstance,
  type ThreadChoice,
} from './protocol/panel';
import type { Level, SiteId, Snapshot, TargetState } from './protocol/snapshot';

/** More threads than this are not summed. */
const MOST_THREADS = 100;
/** A thread that could not be attached to is asked again after so long. */
const AGAIN_MS = 10_000;

interface Refused {
  sentence: string;
  atMs: number;
}

/**
 * The sum of all threads of a process, from when somebody asks for it until it is disposed: each worker gets a probe, also
 * those that come later; what has ended is not in it any more. It beats with the main thread. What was put into the
 * threads is for its owner to take out: see `Threads.keepOnly`.
 */
export class ThreadsSum implements Disposable {
  private readonly store = new DisposableStore();
  private readonly snapshots: Emitter<Snapshot>;
  private readonly states: Emitter<TargetState>;
  private readonly sites = new SiteTable();
  private readonly past: History;
  private readonly refused = new Map<number, Refused>();
  private latest: Snapshot | null = null;
  private point: HistoryPoint | null = null;

  readonly info: Omit<AttachmentInfo, 'threadId'> & { threadId: ThreadChoice };
  readonly onDidSnapshot;
  readonly onDidChangeState;

  constructor(
    private readonly main: Attachment,
    private readonly onError: (error: unknown) => void,
  ) {
    this.info = { ...main.info, id: `${main.info.id}-all`, threadId: 'all' };
    this.past = new History(main.options.beatMs);
    this.snapshots = this.store.add(new Emitter<Snapshot>(onError));
    this.states = this.store.add(new Emitter<TargetState>(onError));
    this.onDidSnapshot = this.snapshots.event;
    this.onDidChangeState = this.states.event;
    this.store.add(main.onDidSnapshot(() => this.beat()));
    this.store.add(main.onDidChangeState(() => this.mainChanged()));
    this.beat();
  }

  get options(): Attachment['options'] {
    return this.main.options;
  }

  /** That of the process where it cannot be told by the threads. */
  get state(): TargetState {
    return isOver(this.main.state) ? this.main.state : (this.latest?.state ?? this.main.state);
  }

  /** Host clock when the state began. */
  get stateSinceTimeMs(): number {
    if (isOver(this.main.state) || !this.latest) return this.main.stateSinceTimeMs;
    return this.latest.timeMs - this.latest.stateSinceMs;
  }

  get endedBecause(): string | null {
    return this.main.endedBecause;
  }

  get snapshot(): Snapshot | null {
    return this.latest;
  }

  /** Who called whom in all threads, by the latest samples of each; null when there are none. */
  get calls(): CallTree | null {
    const trees = this.threads().flatMap(({ attachment: { calls } }) => (calls ? inSum(calls, this.sites) : []));
    return trees.length > 0 ? mergedCalls(trees) : null;
  }

  /** The chart point of the latest beat. */
  get lastPoint(): HistoryPoint | null {
    return this.point;
  }

  /** Since it was asked for, up to ten minutes, oldest first. */
  history(): HistoryPoint[] {
    return this.past.points();
  }

  /** Members of a group of the latest snapshot, each with its thread. */
  async instances(key: string, limit: number): Promise<{ instances: PanelInstance[]; total: number }> {
    const total = this.latest?.pending.find((group) => group.key === key)?.count ?? 0;
    const instances: PanelInstance[] = [];
    for (const { attachment, snapshot } of this.threads()) {
      const part = partOf(snapshot, (site) => this.sites.intern(site));
      for (const group of groupsOf(part, key)) {
        const room = Math.min(limit, MOST_INSTANCES) - instances.length;
        if (room <= 0) break;
        const found = await attachment.instances(group.key, room);
        instances.push(...found.instances.map((one) => ({ ...one, thread: nameOf(snapshot) })));
      }
    }
    return { instances, total };
  }

  /** Switches all threads. */
  async setLevel(level: Level): Promise<void> {
    await Promise.all([this.main, ...this.main.threads.attachments].map((one) => one.setLevel(level)));
  }

  dispose(): void {
    this.store.dispose();
  }

  private beat(): void {
    this.join();
    const [main, ...workers] = this.threads().map(({ snapshot }) => snapshot);
    if (!main) return;
    const sequence = (this.latest?.sequence ?? 0) + 1;
    const before = this.latest?.state;
    if (before === 'notAnswering') this.keepSilence();
    this.latest = sumOfThreads({ snapshots: [main, ...workers], missing: this.missing(), sequence }, this.sites);
    this.keep(pointOf(this.latest));
    this.snapshots.fire(this.latest);
    if (this.latest.state !== before) this.states.fire(this.latest.state);
  }

  /** Everything is asked through the main thread: without it there is no beat. */
  private mainChanged(): void {
    const { state } = this.main;
    if (!isOver(state)) return;
    if (this.latest) this.latest = { ...this.latest, state, stateSinceMs: 0 };
    this.states.fire(state);
  }

  /** A gap in the charts of the main thread was one for all. */
  private keepSilence(): void {
    const sinceMs = this.point?.timeMs ?? Infinity;
    for (const { timeMs, state } of this.main.history()) {
      if (timeMs > sinceMs && state === 'notAnswering') this.keep(gap(timeMs, state));
    }
  }

  /** Attaches to the threads that are not in it yet. */
  private join(): void {
    const running = this.main.threads.running.slice(0, MOST_THREADS);
    for (const threadId of this.refused.keys()) {
      if (running.every((one) => one.threadId !== threadId)) this.refused.delete(threadId);
    }
    for (const { threadId } of running) {
      if (Date.now() - (this.refused.get(threadId)?.atMs ?? -Infinity) < AGAIN_MS) continue;
      this.main.threads.attach(threadId).then(
        () => this.refused.delete(threadId),
        (error: unknown) => this.refused.set(threadId, { sentence: this.sentenceOf(error), atMs: Date.now() }),
      );
    }
  }

  private sentenceOf(error: unknown): string {
    if (error instanceof HumanError) return error.message;
    this.onError(error);
    return l10n.t('The probe could not be put into it.');
  }

  /** In the order of their numbers, the main thread first. */
  private threads(): { attachment: Attachment; snapshot: Snapshot }[] {
    const all = [this.main, ...this.main.threads.attachments].sort((a, b) => a.info.threadId - b.info.threadId);
    return all.flatMap((attachment) => {
      const { snapshot } = attachment;
      return snapshot && snapshot.state !== 'detached' ? [{ attachment, snapshot }] : [];
    });
  }

  private missing(): Map<string, string> {
    const sentences = new Map<string, string>();
    for (const [threadId, { sentence }] of this.refused) {
      const missing = l10n.t('Worker {0} is not in the sum, and is tried again. {1}', threadId, sentence);
      sentences.set(`worker ${threadId}`, missing);
    }
    const count = this.main.threads.running.length;
    if (count > MOST_THREADS) {
      sentences.set('more', l10n.t('Of {0} worker threads the first {1} are in the sum.', count, MOST_THREADS));
    }
    return sentences;
  }

  private keep(point: HistoryPoint): void {
    this.point = point;
    this.past.push(point);
  }
}

/** Threads share the places of their code. */
function inSum(calls: CallTree, table: SiteTable): CallTree {
  const places: CallTree['places'] = {};
  const ids = new Map<SiteId, SiteId>();
  for (const [id, site] of Object.entries(calls.places)) {
    const own = table.intern(site);
    ids.set(Number(id), own);
    places[own] = site;
  }
  return { ...calls, places, sites: calls.sites.map((id) => (id === null ? null : (ids.get(id) ?? null))) };
}

function isOver(state: TargetState): boolean {
  return state === 'notAnswering' || state === 'detached';
}
