import type { Attachment } from '../attachment';
import { Emitter, type Event } from '../base/event';
import { DisposableStore, type Disposable } from '../base/disposable';
import type { HistoryPoint, PanelAttachment, PanelTarget, PanelThread, ThreadChoice } from '../protocol/panel';
import type { Snapshot } from '../protocol/snapshot';
import { Past } from '../recording/past';
import { ThreadsSum } from '../threadsSum';
import { short } from './bounds';

const NAME = 300;
/** The most threads that the page lists. */
const THREADS = 200;

/**
 * How one thread is looked at, or the sum of all: live, or paused with the picture of that moment while beats go on.
 */
export abstract class ThreadView implements Disposable {
  protected readonly store = new DisposableStore();
  private readonly beat: Emitter<Snapshot>;
  protected readonly change: Emitter<void>;
  private frozen: { atMs: number; snapshot: Snapshot | null; beats: number } | null = null;

  /** The view of the process: this one, or the one that it belongs to. */
  abstract readonly process: AttachmentView;

  /** The attached process that has started this one, once that is known. */
  parent: AttachmentView | null = null;

  /** Its last beats. */
  readonly past: Past;

  /** A snapshot that is to be shown; none while the view is paused. */
  readonly onDidSnapshot: Event<Snapshot>;
  /** State, level, pause, distortion or threads changed, or a beat was collected while paused. */
  readonly onDidChange: Event<void>;

  constructor(
    readonly attachment: Attachment | ThreadsSum,
    protected readonly onError: (error: unknown) => void,
  ) {
    this.beat = this.store.add(new Emitter<Snapshot>(onError));
    this.change = this.store.add(new Emitter<void>(onError));
    this.onDidSnapshot = this.beat.event;
    this.onDidChange = this.change.event;
    this.past = this.store.add(new Past(attachment));
    this.store.add(
      attachment.onDidSnapshot((snapshot) => {
        if (this.frozen) {
          this.frozen.beats++;
          this.change.fire();
        } else this.beat.fire(snapshot);
      }),
    );
    this.store.add(attachment.onDidChangeState(() => this.change.fire()));
  }

  get id(): string {
    return this.attachment.info.id;
  }

  get live(): boolean {
    return this.attachment.state !== 'detached';
  }

  get paused(): boolean {
    return this.frozen !== null;
  }

  /** What is shown: the latest snapshot, or that of the pause. */
  get snapshot(): Snapshot | null {
    return this.frozen ? this.frozen.snapshot : this.attachment.snapshot;
  }

  /** Up to ten minutes, oldest first; up to the pause while the view is paused. */
  history(): HistoryPoint[] {
    const points = this.attachment.history();
    const until = this.frozen?.snapshot?.timeMs;
    return until === undefined ? points : points.filter((point) => point.timeMs <= until);
  }

  /** Stops or continues what is shown; the attachment itself goes on. */
  pause(paused: boolean): void {
    if (paused === this.paused || (paused && !this.live)) return;
    this.frozen = paused ? { atMs: Date.now(), snapshot: this.attachment.snapshot, beats: 0 } : null;
    this.change.fire();
  }

  /** The view as the panel's messages carry it. */
  toPanel(): PanelAttachment {
    const { info, options } = this.attachment;
    return {
      attachmentId: info.id,
      targetId: this.process.id,
      threadId: info.threadId,
      threads: this.process.listThreads(),
      threadCount: this.process.attachment.threads.running.length + 1,
      name: short(this.process.attachment.info.name, NAME),
      pid: info.pid,
      nodeVersion: short(info.nodeVersion, NAME),
      state: this.attachment.state,
      stateSinceTimeMs: this.attachment.stateSinceTimeMs,
      endedBecause: this.attachment.endedBecause,
      awaited: this.process.isAwaited,
      level: options.level,
      beatMs: options.beatMs,
      viewPausedAtMs: this.frozen?.atMs ?? null,
      beatsWhilePaused: this.frozen?.beats ?? 0,
      distortion: this.process.distortion,
      thresholds: options.thresholds,
    };
  }

  dispose(): void {
    this.store.dispose();
  }
}

/** The view of a worker thread, or of the sum of all threads. */
class PartView extends ThreadView {
  constructor(
    attachment: Attachment | ThreadsSum,
    onError: (error: unknown) => void,
    readonly process: AttachmentView,
  ) {
    super(attachment, onError);
  }
}

/** The view of a process by its main thread, with those of what else was chosen of it. */
export class AttachmentView extends ThreadView {
  readonly process = this;
  private distortedBy: string | null = null;
  private awaited = false;
  private successor: AttachmentView | null = null;
  private readonly parts = new Map<ThreadChoice, PartView>();
  private shown: ThreadChoice = 0;
  private choices = 0;

  constructor(
    override readonly attachment: Attachment,
    onError: (error: unknown) => void,
  ) {
    super(attachment, onError);
    this.store.add(attachment.threads.onDidChange(() => this.change.fire()));
  }

  /** Why a debugger distorts the timings, as a sentence; null when none does. */
  get distortion(): string | null {
    return this.distortedBy;
  }

  /** Whether it has ended and its process is expected to start again. */
  get isAwaited(): boolean {
    return this.awaited;
  }

  /** What of it is shown: this view, or that of a worker or of the sum. */
  get shownThread(): ThreadView {
    return this.parts.get(this.shown) ?? this;
  }

  /**
   * Shows a worker, after attaching to it, 0 for the main thread, or the sum, for which all workers are attached to as they
   * come. What is not shown any more is let go of: nothing stays in a thread that nobody looks at. Throws HumanError.
   */
  async showThread(chosen: ThreadChoice): Promise<void> {
    const choice = ++this.choices;
    if (chosen !== 0 && !this.parts.has(chosen)) {
      const part =
        chosen === 'all' ? new ThreadsSum(this.attachment, this.onError) : await this.attachment.threads.attach(chosen);
      // Somebody has chosen another one meanwhile.
      if (this.choices !== choice) return;
      this.addPart(chosen, part);
    }
    this.shown = chosen;
    for (const [id, view] of this.parts) if (id !== chosen) this.removePart(id, view);
    if (chosen !== 'all') this.attachment.threads.keepOnly(chosen);
    this.change.fire();
  }

  setDistortion(sentence: string | null): void {
    if (sentence === this.distortedBy) return;
    this.distortedBy = sentence;
    void this.attachment.setDistortion(sentence);
    this.change.fire();
  }

  setAwaited(awaited: boolean): void {
    if (awaited === this.awaited) return;
    this.awaited = awaited;
    this.change.fire();
  }

  /** The view of the process as it was started last: this one until a restart. */
  get latest(): AttachmentView {
    return this.successor?.latest ?? this;
  }

  succeededBy(view: AttachmentView): void {
    this.successor = view;
  }

  /** The view as an entry of the switch between targets. */
  toTarget(): PanelTarget {
    const { info, state } = this.attachment;
    return { attachmentId: info.id, label: `${short(info.name, NAME)} (${info.pid})`, state };
  }

  /** Main thread and workers as the page lists them; one that is shown also after its end. */
  listThreads(): PanelThread[] {
    if (!this.live) return [];
    const listed = this.attachment.threads.running.slice(0, THREADS).map(({ threadId, name, url }): PanelThread => ({
      threadId,
      name: short(name || (url.split('/').pop() ?? ''), NAME),
      ended: false,
    }));
    const { shown } = this;
    if (shown !== 0 && shown !== 'all' && listed.every(({ threadId }) => threadId !== shown)) {
      listed.push({ threadId: shown, name: '', ended: !this.shownThread.live });
    }
    return [{ threadId: 0, name: '', ended: false }, ...listed];
  }

  override dispose(): void {
    for (const [id, view] of this.parts) this.removePart(id, view);
    super.dispose();
  }

  private addPart(chosen: ThreadChoice, attachment: Attachment | ThreadsSum): void {
    const view = new PartView(attachment, this.onError, this);
    view.onDidChange(() => this.change.fire());
    this.parts.set(chosen, view);
  }

  private removePart(chosen: ThreadChoice, view: PartView): void {
    this.parts.delete(chosen);
    view.dispose();
    if (view.attachment instanceof ThreadsSum) view.attachment.dispose();
  }
}
