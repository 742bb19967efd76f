import * as l10n from '@vscode/l10n';
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { HumanError, messageOf } from '../base/errors';
import type { Moment } from '../model/chromeTrace';
import { gap, pointOf } from '../model/history';
import type { HistoryPoint } from '../protocol/panel';
import type { Snapshot, TargetState } from '../protocol/snapshot';
import { decode, Malformed, type Shape } from '../target/shapes';
import {
  headerShape,
  lineShape,
  MEMBER_HEAD,
  memberLength,
  RECORDING_VERSION,
  type RecordingHeader,
  type RecordingLine,
} from './format';

/** More than any honest line has. */
const MOST_BYTES = 32 * 2 ** 20;
/** More than two days of a beat a second; what follows is left out. */
const MOST_FRAMES = 200_000;
/** Others of the extension host get their turn so often while a long recording is read. */
const TURN_MS = 30;

/** One moment of a recording: a beat, or a change of state after one. */
export interface Frame {
  timeMs: number;
  state: TargetState;
  /** Sentence about the end, once `state` is `detached`. */
  because: string | null;
  /** What the charts keep of it. */
  point: HistoryPoint;
  /** Where the member with its beat begins. */
  at: number;
}

/** Why the end of a recording is missing. */
export type Cut = 'damaged' | 'unfinished' | 'tooLong';

/**
 * An opened recording. Nothing in it is trusted: each line is checked and bounded, and the first that is not whole ends
 * it. Beats stay on the disk; only what the charts need of each is kept.
 */
export class Recording {
  private constructor(
    private readonly handle: FileHandle,
    readonly header: RecordingHeader,
    /** Oldest first. */
    readonly frames: readonly Frame[],
    /** Null when it is whole. */
    readonly cut: Cut | null,
    /** Beats that the recorder left out because its disk was too slow. */
    readonly left: number,
  ) {}

  /** Reads a file through; throws HumanError when not even its beginning is that of a recording. */
  static async open(file: string, signal?: AbortSignal): Promise<Recording> {
    const name = basename(file);
    const handle = await open(file, 'r').catch((error: unknown) => {
      throw new HumanError(l10n.t('"{0}" cannot be read ({1}).', name, messageOf(error)));
    });
    try {
      const reader = new Reader(handle);
      const header = await headerOf(reader, name);
      const frames: Frame[] = [];
      let cut: Cut | null = 'unfinished';
      let left = 0;
      let turnedMs = performance.now();
      for (;;) {
        signal?.throwIfAborted();
        if (performance.now() - turnedMs > TURN_MS) {
          await nextTurn();
          turnedMs = performance.now();
        }
        const { at } = reader;
        const line = await reader.next(lineShape);
        if (line === 'end') break;
        if (line === null) cut = 'damaged';
        else if (line.end) {
          left = line.end.left;
          cut = null;
        } else if (frames.length >= MOST_FRAMES) cut = 'tooLong';
        else {
          const frame = frameOf(line, at, frames.at(-1));
          if (frame) frames.push(frame);
          continue;
        }
        break;
      }
      return new Recording(handle, header, frames, cut, left);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The picture of a frame, with the state as it was then; null when there is no such frame, or not any more. */
  async snapshotAt(index: number): Promise<Snapshot | null> {
    const frame = this.frames[index];
    if (!frame) return null;
    const line = await new Reader(this.handle, frame.at).next(lineShape);
    if (line === null || line === 'end' || !line.beat) return null;
    const { beat } = line;
    return beat.state === frame.state ? beat : { ...beat, state: frame.state, stateSinceMs: 0 };
  }

  /** What was recorded from one frame to another; only beats have a picture. */
  async *moments(from: number, to: number): AsyncGenerator<Moment> {
    for (let index = from; index <= to; index++) {
      const frame = this.frames[index];
      if (!frame) return;
      const isBeat = this.frames[index - 1]?.at !== frame.at;
      const { timeMs, state } = frame;
      yield { timeMs, state, snapshot: isBeat ? await this.snapshotAt(index) : null };
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

async function headerOf(reader: Reader, name: string): Promise<RecordingHeader> {
  const header = await reader.next(headerShape);
  if (header === null || header === 'end') {
    throw new HumanError(
      l10n.t('"{0}" is no recording of Loopscope, or its beginning is damaged: nothing in it can be shown.', name),
    );
  }
  if (header.version !== RECORDING_VERSION) {
    throw new HumanError(
      l10n.t(
        '"{0}" is a recording of version {1}; this Loopscope reads version {2}. Update the extension.',
        name,
        header.version,
        RECORDING_VERSION,
      ),
    );
  }
  return header;
}

/** Null for a line of a kind that is not known, or a state before the first beat. Time never goes back. */
function frameOf({ beat, state }: RecordingLine, at: number, before: Frame | undefined): Frame | null {
  const timeMs = Math.max(before?.timeMs ?? 0, beat?.timeMs ?? state?.timeMs ?? 0);
  if (beat) return { timeMs, state: beat.state, because: null, point: { ...pointOf(beat), timeMs }, at };
  if (!state || !before) return null;
  return { timeMs, state: state.state, because: state.because, point: gap(timeMs, state.state), at: before.at };
}

/** Reads members one after the other. */
class Reader {
  constructor(
    private readonly handle: FileHandle,
    /** Where the next member begins. */
    public at = 0,
  ) {}

  /** The next line; `end` where the file ends, null where it is not whole. */
  async next<T>(shape: Shape<T>): Promise<T | 'end' | null> {
    const head = await this.bytes(MEMBER_HEAD);
    if (head.length === 0) return 'end';
    const length = memberLength(head);
    if (length === null || length > MOST_BYTES) return null;
    const member = await this.bytes(length);
    if (member.length < length) return null;
    const line = unpacked(member, shape);
    if (line !== null) this.at += length;
    return line;
  }

  private async bytes(length: number): Promise<Buffer> {
    const { buffer, bytesRead } = await this.handle.read(Buffer.alloc(length), 0, length, this.at);
    return buffer.subarray(0, bytesRead);
  }
}

function unpacked<T>(member: Buffer, shape: Shape<T>): T | null {
  let json: string;
  try {
    json = gunzipSync(member, { maxOutputLength: MOST_BYTES }).toString();
  } catch {
    return null;
  }
  try {
    return decode('recording', shape, json);
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}
