import { gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { fail, nullable, number, object, text, type Shape } from '../target/shapes';
import { snapshotShape, state, time } from './snapshotShape';
import type { Snapshot, TargetState } from '../protocol/snapshot';

/**
 * The format of a recording (`.loopscope`), version 1.
 *
 * A file is a chain of gzip members (RFC 1952), each with one line of JSON: `zcat` prints it as lines. The first line is
 * a {@link RecordingHeader}, the others are {@link RecordingLine}s: `{"beat": Snapshot}` for each snapshot in full,
 * `{"state": …}` when the target's state changed between two beats, and `{"end": …}` when the recording was stopped.
 *
 * A member carries its own length, header and all, in the extra field `LS` (four bytes, little-endian), so that a beat is
 * found without unpacking those before it; the checksum of gzip says whether it is whole. A file is only ever appended
 * to: whatever ended the recorder, what it wrote until then opens. Fields may be added; none changes its meaning without
 * a new version.
 */
export const RECORDING_VERSION = 1;

/** Ending of the files. */
export const RECORDING_ENDING = '.loopscope';

/** What a file begins with. */
export interface RecordingHeader {
  format: 'loopscope';
  version: number;
  /** Host clock. */
  startedAtMs: number;
  name: string;
  pid: number;
  nodeVersion: string;
  /** 0 for the main thread, else that of a worker. */
  threadId: number;
  beatMs: number;
}

/** Each line but the first; has one of the fields. Lines of later kinds are passed over. */
export interface RecordingLine {
  beat: Snapshot | null;
  /** The target's state changed, `because` of which it was left if it was. */
  state: { timeMs: number; state: TargetState; because: string | null } | null;
  /** The recording was stopped; `left` is how many beats were left out because the disk was too slow. */
  end: { left: number } | null;
}

/** What a header of any version has. */
export const headerShape = object<RecordingHeader>({
  format: (value) => (value === 'loopscope' ? value : fail('loopscope')),
  version: number,
  startedAtMs: time,
  name: text,
  pid: number,
  nodeVersion: text,
  threadId: number,
  beatMs: (value) => Math.min(Math.max(number(value), 1), 3_600_000),
});

/** One line, checked. */
export const lineShape: Shape<RecordingLine> = object<RecordingLine>({
  beat: nullable(snapshotShape),
  state: nullable(object<NonNullable<RecordingLine['state']>>({ timeMs: time, state, because: nullable(text) })),
  end: nullable(object<NonNullable<RecordingLine['end']>>({ left: number })),
});

const compress = promisify(gzip);

/** Fixed part of a gzip header, then the extra field: its length, `LS`, 4, and the length of the member. */
const FIXED = 10;
const EXTRA = 10;
export const MEMBER_HEAD = FIXED + EXTRA;
const HAS_EXTRA = 4;

/** One line as a member of the file. */
export async function packed(line: object): Promise<Buffer> {
  const member = await compress(`${JSON.stringify(line)}\n`);
  const extra = Buffer.from([8, 0, 0x4c, 0x53, 4, 0, 0, 0, 0, 0]);
  extra.writeUInt32LE(member.length + EXTRA, 6);
  const head = Buffer.from(member.subarray(0, FIXED));
  head[3] = (head[3] ?? 0) | HAS_EXTRA;
  return Buffer.concat([head, extra, member.subarray(FIXED)]);
}

/** Length of the member that begins with these {@link MEMBER_HEAD} bytes; null when they are not the head of one. */
export function memberLength(head: Buffer): number | null {
  const isHead =
    head.length >= MEMBER_HEAD &&
    head.readUInt32BE(0) >>> 0 === 0x1f8b0804 &&
    head.readUInt32BE(FIXED) === 0x08004c53 &&
    head.readUInt16LE(FIXED + 4) === 4;
  return isHead ? head.readUInt32LE(FIXED + 6) : null;
}
