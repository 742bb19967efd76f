import type { Attachment } from '../attachment';
import { Emitter, type Event } from '../base/event';
import { DisposableStore, type Disposable } from '../base/disposable';
import type { HistoryPoint, PanelAttachment, PanelTarget, PanelThread } from '../protocol/panel';
import type { Snapshot } from '../protocol/snapshot';
import { short } from './bounds';

const NAME = 300;
/** The most threads that the page lists. */
const THREADS = 200;

/**
 * How one attachment is looked at: live, or paused with the picture of that moment while beats go on. That of a process
 * has a view for each worker thread that was looked at.
 */
export class AttachmentView implements Disposable {
  private readonly store = new DisposableStore();
  private readonly beat: Emitter<Snapshot>;
  private readonly change: Emitter<void>;
  private frozen: { atMs: number; snapshot: Snapshot | null; beats: number } | null = null;
  private distortedBy: string | null = null;
  private isAwaited = false;
  private successor: AttachmentView | null = null;
  private readonly workers = new Map<number, AttachmentView>();
  /** The worker that is shown; 0 for the main thread. */
  private shownWorker = 0;
  private wantedWorker = 0;

  /** The view of the process: this one, or the one that a worker belongs to. */
  readonly process: AttachmentView;

  /** A snapshot that is to be shown; none while the view is paused. */
  readonly onDidSnapshot: Event<Snapshot>;
  /** State, level, pause, distortion or threads changed, or a beat was collected while paused. */
  readonly onDidChange: Event<void>;

  constructor(
    readonly attachment: Attachment,
    private readonly onError: (error: unknown) => void,
    process?: AttachmentView,
  ) {
    this.process = process ?? this;
    this.beat = this.store.add(new Emitter<Snapshot>(onError));
    this.change = this.store.add(new Emitter<void>(onError));
    this.onDidSnapshot = this.beat.event;
    this.onDidChange = this.change.event;
    this.store.add(
      attachment.onDidSnapshot((snapshot) => {
        if (this.frozen) {
          this.frozen.beats++;
          this.change.fire();
        } else this.beat.fire(snapshot);
      }),
    );
    this.store.add(attachment.onDidChangeState(() => this.change.fire()));
    this.store.add(attachment.threads.onDidChange(() => this.change.fire()));
  }

  get id(): string {
    return this.attachment.info.id;
  }

  get live(): boolean {
    return this.attachment.state !== 'detached';
  }

  /** Which of its threads is shown: this view, or that of a worker. */
  get shownThread(): AttachmentView {
    return this.workers.get(this.shownWorker) ?? this;
  }

  /** Shows a worker, after attaching to it where that was not done yet; 0 for the main thread. Throws HumanError. */
  async showThread(threadId: number): Promise<void> {
    this.wantedWorker = threadId;
    if (threadId !== 0) {
      const attachment = await this.attachment.threads.attach(threadId);
      // Somebody has chosen another one meanwhile.
      if (this.wantedWorker !== threadId) return;
      if (!this.workers.has(threadId)) this.addWorker(threadId, attachment);
    }
    this.shownWorker = threadId;
    for (const [id, view] of this.workers) if (!view.live && id !== threadId) this.removeWorker(id, view);
    this.change.fire();
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

  /** Why a debugger distorts the timings, as a sentence; null when none does. */
  setDistortion(sentence: string | null): void {
    if (sentence === this.distortedBy) return;
    this.distortedBy = sentence;
    void this.attachment.setDistortion(sentence);
    this.change.fire();
  }

  /** Whether it has ended and its process is expected to start again. */
  get awaited(): boolean {
    return this.isAwaited;
  }

  setAwaited(awaited: boolean): void {
    if (awaited === this.isAwaited) return;
    this.isAwaited = awaited;
    this.change.fire();
  }

  /** The view of the process as it was started last: this one until a restart. */
  get latest(): AttachmentView {
    return this.successor?.latest ?? this;
  }

  succeededBy(view: AttachmentView): void {
    this.successor = view;
  }

  /** The view as the panel's messages carry it. */
  toPanel(): PanelAttachment {
    const { info, options } = this.attachment;
    return {
      attachmentId: info.id,
      targetId: this.process.id,
      threadId: info.threadId,
      threads: this.process.threads(),
      threadCount: this.process.attachment.threads.running.length + 1,
      name: short(this.process.attachment.info.name, NAME),
      pid: info.pid,
      nodeVersion: short(info.nodeVersion, NAME),
      state: this.attachment.state,
      stateSinceTimeMs: this.attachment.stateSinceTimeMs,
      endedBecause: this.attachment.endedBecause,
      awaited: this.isAwaited,
      level: options.level,
      beatMs: options.beatMs,
      viewPausedAtMs: this.frozen?.atMs ?? null,
      beatsWhilePaused: this.frozen?.beats ?? 0,
      distortion: this.process.distortedBy,
    };
  }

  /** The view as an entry of the switch between targets. */
  toTarget(): PanelTarget {
    const { info, state } = this.attachment;
    return { attachmentId: info.id, label: `${short(info.name, NAME)} (${info.pid})`, state };
  }

  dispose(): void {
    for (const [id, view] of this.workers) this.removeWorker(id, view);
    this.store.dispose();
  }

  /** Main thread and workers as the page lists them; one that is shown also after its end. */
  private threads(): PanelThread[] {
    if (!this.live) return [];
    const listed = this.attachment.threads.running.slice(0, THREADS).map(({ threadId, name, url }): PanelThread => ({
      threadId,
      name: short(name || (url.split('/').pop() ?? ''), NAME),
      ended: false,
    }));
    const { shownWorker } = this;
    if (shownWorker !== 0 && listed.every(({ threadId }) => threadId !== shownWorker)) {
      listed.push({ threadId: shownWorker, name: '', ended: !this.shownThread.live });
    }
    return [{ threadId: 0, name: '', ended: false }, ...listed];
  }

  private addWorker(threadId: number, attachment: Attachment): void {
    const view = new AttachmentView(attachment, this.onError, this);
    view.onDidChange(() => this.change.fire());
    this.workers.set(threadId, view);
  }

  private removeWorker(threadId: number, view: AttachmentView): void {
    this.workers.delete(threadId);
    view.dispose();
  }
}
