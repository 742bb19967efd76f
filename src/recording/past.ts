import type { Disposable } from '../base/disposable';
import type { Event } from '../base/event';
import { mergedCalls } from '../model/calls';
import { keptBeat, sumOfBeats, type KeptBeat } from '../model/stretch';
import type { CallTree, FindingMark, PanelPast, TimeStretch } from '../protocol/panel';
import type { Snapshot } from '../protocol/snapshot';

/** As many as the charts show. */
const BEATS = 120;
/** So long a stretch hot functions are of. */
const LATELY_MS = 10_000;
/** Two beats may share their samples, which come with the second. */
const LATER_BEATS = 2;

/** What is followed: an attachment, or the sum of its threads. */
export interface Followed {
  readonly snapshot: Snapshot | null;
  /** Of the samples that came with the latest beat; null when none did. */
  readonly calls: CallTree | null;
  readonly onDidSnapshot: Event<Snapshot>;
}

/** The last beats of an attachment, bounded, so that one of them can be looked at while others come. */
export class Past implements Disposable {
  private readonly kept: KeptBeat[] = [];
  private readonly following: Disposable;

  constructor(of: Followed) {
    if (of.snapshot) this.keep(of.snapshot, of.calls);
    this.following = of.onDidSnapshot((snapshot) => this.keep(snapshot, of.calls));
  }

  /** What was kept of a stretch. */
  at(stretch: TimeStretch): PanelPast {
    const [from, to] = this.indexesOf(stretch);
    const [first, ...more] = this.kept.slice(from, to);
    if (!first) return { ...stretch, beats: 0, snapshot: null, pendingLeft: 0, listenersLeft: 0 };
    const { pendingLeft, listenersLeft } = more.at(-1) ?? first;
    const snapshot = sumOfBeats([first, ...more], this.treesOf(from, to));
    return { ...stretch, beats: more.length + 1, snapshot, pendingLeft, listenersLeft };
  }

  /** What ran in a stretch, or in the last ten seconds; null when there were no samples. */
  calls(stretch: TimeStretch | null): CallTree | null {
    const newestMs = this.kept.at(-1)?.snapshot.timeMs ?? 0;
    const [from, to] = this.indexesOf(stretch ?? { fromMs: newestMs - LATELY_MS + 1, toMs: newestMs });
    const trees = this.treesOf(from, to);
    return trees.length > 0 ? mergedCalls(trees) : null;
  }

  /** When the findings began that were not there in the beat before, oldest first. */
  marks(): FindingMark[] {
    return this.kept.flatMap(({ snapshot: { timeMs, findings } }, at) => {
      const before = this.kept[at - 1]?.snapshot.findings;
      // What was there at first may have begun at any time before.
      const began = before ? findings.filter(({ id }) => before.every((other) => other.id !== id)) : [];
      return began.map(({ severity, text }) => ({ timeMs, severity, text }));
    });
  }

  dispose(): void {
    this.following.dispose();
  }

  private keep(snapshot: Snapshot, calls: CallTree | null): void {
    this.kept.push(keptBeat(snapshot, calls));
    if (this.kept.length > BEATS) this.kept.shift();
  }

  /** The first one within, and the first one after it. */
  private indexesOf({ fromMs, toMs }: TimeStretch): [from: number, to: number] {
    const before = this.kept.filter(({ snapshot }) => snapshot.timeMs < fromMs).length;
    return [before, this.kept.filter(({ snapshot }) => snapshot.timeMs <= toMs).length];
  }

  private treesOf(from: number, to: number): CallTree[] {
    let end = to;
    if (to > from) while (end < this.kept.length && end < to + LATER_BEATS && !this.kept[end - 1]?.calls) end++;
    return this.kept.slice(from, end).flatMap(({ calls }) => calls ?? []);
  }
}
