import * as l10n from '@vscode/l10n';
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { HumanError, messageOf } from '../base/errors';
import { check, fail, list, number, object, position, text, type Shape } from './shapes';
import { ProtocolError, type Session } from './session';

/** A sampling allocation profile, as the inspector sends it and viewers read it; lines and columns from 0. */
export interface HeapProfile {
  head: HeapNode;
  samples: { size: number; nodeId: number; ordinal: number }[];
}

export interface HeapNode {
  callFrame: { functionName: string; scriptId: string; url: string; lineNumber: number; columnNumber: number };
  selfSize: number;
  id: number;
  children: HeapNode[];
}

/** V8's own default: one sample in so many bytes. */
const SAMPLING_BYTES = 32_768;
/** V8 keeps 128 frames. */
const DEEPEST = 400;
/** A target that cannot answer now does so later. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;
/** No honest snapshot is larger. */
const MOST_BYTES = 64 * 2 ** 30;

const nodeFields = {
  callFrame: object<HeapNode['callFrame']>({
    functionName: text,
    scriptId: text,
    url: text,
    lineNumber: position,
    columnNumber: position,
  }),
  selfSize: number,
  id: number,
};

const nodeAt = (depth: number): Shape<HeapNode> =>
  object<HeapNode>({
    ...nodeFields,
    children: (value) => (depth < DEEPEST ? list(nodeAt(depth + 1))(value) : fail('a tree of stacks')),
  });

const profileShape = object<HeapProfile>({
  head: nodeAt(0),
  samples: list(object<HeapProfile['samples'][number]>({ size: number, nodeId: number, ordinal: number })),
});

/** A profile as the target sent it. Throws Malformed. */
export function decodeHeapProfile(value: unknown): HeapProfile {
  return check('profile', profileShape, value);
}

/**
 * Samples where memory is allocated until `until` resolves: what is still held then. V8 has one such sampler a thread,
 * and whoever stops it stops it for all: throws HumanError while somebody else samples.
 */
export async function sampleAllocations(session: Session, until: () => Promise<unknown>): Promise<HeapProfile> {
  await session.send('HeapProfiler.enable', {}, NO_TIMEOUT_MS);
  if (await isSampled(session)) {
    throw new HumanError(
      l10n.t(
        'Somebody samples the allocations of this process already: another profiler, or the program itself. Two would end each other: stop that one first.',
      ),
    );
  }
  await session.send('HeapProfiler.startSampling', { samplingInterval: SAMPLING_BYTES }, NO_TIMEOUT_MS);
  await until();
  try {
    const { profile } = await session.send<{ profile?: unknown }>('HeapProfiler.stopSampling', {}, NO_TIMEOUT_MS);
    return decodeHeapProfile(profile);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new HumanError(
      l10n.t('Somebody else has begun, and ended, the sampling of allocations meanwhile. Try again.'),
    );
  }
}

async function isSampled(session: Session): Promise<boolean> {
  try {
    await session.send('HeapProfiler.getSamplingProfile', {}, NO_TIMEOUT_MS);
    return true;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

/**
 * Writes a heap snapshot to a file, which is there when it is whole. The target stands still meanwhile. `onProgress` gets
 * the share of the heap that was looked at, then the bytes that were written. Throws HumanError when the file cannot be written.
 */
export async function takeHeapSnapshot(
  session: Session,
  file: string,
  onProgress: (progress: { share: number; bytes: number }) => void,
  signal: AbortSignal,
): Promise<number> {
  const part = `${file}.part`;
  const out = written(file, () => openSync(part, 'w'));
  let bytes = 0;
  let trouble: unknown = null;
  let share = 0;
  const following = [
    session.on<{ chunk?: unknown }>('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => {
      if (trouble || signal.aborted || typeof chunk !== 'string') return;
      try {
        // At once: so the socket is read no faster than the disk writes, and nothing piles up here.
        bytes += written(file, () => writeSync(out, chunk));
        if (bytes > MOST_BYTES)
          throw new HumanError(l10n.t('The heap snapshot is larger than any can be: it was given up.'));
        onProgress({ share, bytes });
      } catch (error) {
        trouble = error;
      }
    }),
    session.on<{ done?: unknown; total?: unknown }>('HeapProfiler.reportHeapSnapshotProgress', ({ done, total }) => {
      if (typeof done !== 'number' || typeof total !== 'number' || !(total > 0)) return;
      share = Math.min(1, Math.max(share, done / total));
      onProgress({ share, bytes });
    }),
  ];
  let isWhole = false;
  try {
    await session.send('HeapProfiler.enable', {}, NO_TIMEOUT_MS);
    await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: true }, NO_TIMEOUT_MS);
    // What had left the target already may arrive after it was given up.
    signal.throwIfAborted();
    isWhole = trouble === null;
  } finally {
    for (const one of following) one.dispose();
    closeSync(out);
    if (isWhole) written(file, () => renameSync(part, file));
    else rmSync(part, { force: true });
  }
  if (trouble) throw trouble as Error;
  return bytes;
}

function written<T>(file: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new HumanError(l10n.t('"{0}" cannot be written ({1}). Choose another place.', file, messageOf(error)));
  }
}
