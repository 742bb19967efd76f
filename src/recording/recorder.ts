import * as l10n from '@vscode/l10n';
import { open, type FileHandle } from 'node:fs/promises';
import type { Attachment } from '../attachment';
import type { Disposable } from '../base/disposable';
import { HumanError, messageOf } from '../base/errors';
import { Emitter } from '../base/event';
import type { Snapshot, TargetState } from '../protocol/snapshot';
import { packed, RECORDING_VERSION, type RecordingHeader, type RecordingLine } from './format';

/** What a recorder needs of an attachment. */
export type Recorded = Pick<
  Attachment,
  'info' | 'options' | 'snapshot' | 'state' | 'endedBecause' | 'onDidSnapshot' | 'onDidChangeState'
>;

/** How a recording ended. */
export interface Ended {
  file: string;
  beats: number;
  bytes: number;
  /** Beats that were left out because the disk was too slow. */
  left: number;
  /** What went wrong with the file, as a sentence; null when nothing did. */
  trouble: string | null;
}

/** The most beats that wait for the disk; what comes meanwhile is left out, and counted. */
const MOST_WAITING = 50;

/** Writes what an attachment shows to a file as it comes, until `stop`, or the end of the attachment. */
export class Recorder {
  private readonly following: Disposable[];
  private readonly change = new Emitter<void>();
  private turn: Promise<void> = Promise.resolve();
  private ending: Promise<Ended> | null = null;
  private tellEnded: (ended: Ended) => void = () => undefined;
  private lastState: TargetState;
  private waiting = 0;
  private beats = 0;
  private bytes = 0;
  private left = 0;
  private trouble: string | null = null;

  /** Resolves when nothing more is written, whoever stopped it. */
  readonly ended: Promise<Ended>;
  /** A beat was written. */
  readonly onDidChange = this.change.event;

  private constructor(
    readonly file: string,
    private readonly of: Recorded,
    private readonly handle: FileHandle,
    header: RecordingHeader,
  ) {
    this.ended = new Promise((resolve) => (this.tellEnded = resolve));
    this.lastState = of.state;
    this.write(header);
    if (of.snapshot) this.beat(of.snapshot);
    this.following = [
      of.onDidSnapshot((snapshot) => this.beat(snapshot)),
      of.onDidChangeState((state) => this.state(state)),
    ];
  }

  /** Replaces the file, and begins. Throws HumanError when the file cannot be written. */
  static async start(file: string, of: Recorded, nowMs: number): Promise<Recorder> {
    const handle = await open(file, 'w').catch((error: unknown) => {
      throw new HumanError(l10n.t('"{0}" cannot be written ({1}). Choose another place.', file, messageOf(error)));
    });
    const { name, pid, nodeVersion, threadId } = of.info;
    const { beatMs } = of.options;
    return new Recorder(file, of, handle, {
      format: 'loopscope',
      version: RECORDING_VERSION,
      startedAtMs: nowMs,
      name,
      pid,
      nodeVersion,
      threadId,
      beatMs,
    });
  }

  /** How many beats are in the file. */
  get written(): number {
    return this.beats;
  }

  /** Resolves when all that was seen is in the file. Never rejects. */
  stop(): Promise<Ended> {
    return (this.ending ??= this.stopOnce());
  }

  private async stopOnce(): Promise<Ended> {
    for (const one of this.following) one.dispose();
    this.write({ end: { left: this.left } } satisfies Partial<RecordingLine>);
    await this.turn;
    await this.handle.close().catch(() => undefined);
    this.change.dispose();
    const { file, beats, bytes, left, trouble } = this;
    const ended = { file, beats, bytes, left, trouble };
    this.tellEnded(ended);
    return ended;
  }

  private beat(snapshot: Snapshot): void {
    this.lastState = snapshot.state;
    if (this.waiting >= MOST_WAITING) {
      this.left++;
      return;
    }
    this.waiting++;
    this.write({ beat: snapshot } satisfies Partial<RecordingLine>, () => {
      this.waiting--;
      this.beats++;
    });
  }

  private state(state: TargetState): void {
    // A change of level or options is told the same way.
    if (state !== this.lastState) {
      this.lastState = state;
      const because = state === 'detached' ? this.of.endedBecause : null;
      this.write({ state: { timeMs: Date.now(), state, because } } satisfies Partial<RecordingLine>);
    }
    if (state === 'detached') void this.stop();
  }

  /** One after the other; after the first failure nothing more is written, so that the file stays whole. */
  private write(line: object, written = (): void => undefined): void {
    this.turn = this.turn.then(async () => {
      if (this.trouble !== null) return;
      try {
        const bytes = await packed(line);
        await this.handle.appendFile(bytes);
        this.bytes += bytes.length;
        written();
        this.change.fire();
      } catch (error) {
        this.trouble = l10n.t(
          'Recording stopped: "{0}" could not be written any more ({1}). What was recorded until then can be opened.',
          this.file,
          messageOf(error),
        );
        void this.stop();
      }
    });
  }
}
