import type { Attachment, AttachmentOptions } from '../../../src/attachment';
import type { Snapshot } from '../../../src/protocol/snapshot';
import { snapshotWhere, Target } from '../../support/target';

/** A program of test/fixtures/truth that can be held still, attached. */
export interface Watched {
  target: Target;
  attachment: Attachment;
}

/** Samples interrupt the wait of the loop and would falsify Node's own counters; short beats keep the programs short. */
const OPTIONS: Partial<AttachmentOptions> = { sampling: 'off', beatMs: 50 };

/** Runs `act` on a program that is attached; ends both. */
export async function watching<T>(
  major: number,
  fixture: string,
  act: (watched: Watched) => Promise<T>,
  options: Partial<AttachmentOptions> = {},
): Promise<T> {
  const target = await Target.start(major, `truth/${fixture}`);
  try {
    return await act({ target, attachment: await target.attach({ ...OPTIONS, ...options }) });
  } finally {
    await target.stop();
  }
}

/** A program that is not attached to yet. */
export interface Unwatched {
  target: Target;
  /** Holds it; answers what the expression was at that moment. */
  hold: <T>(act: string) => Promise<T>;
  /** Attaches; `first` is the first picture. */
  attach: () => Promise<Watched & { first: Snapshot }>;
}

/** Runs `act` on a program that has evaluated the promise `prepare`; ends it. */
export async function beforeAttach<T>(
  major: number,
  fixture: string,
  prepare: string,
  act: (unwatched: Unwatched) => Promise<T>,
): Promise<T> {
  const target = await Target.start(major, `truth/${fixture}`);
  try {
    await target.evaluate(prepare, true);
    return await act({ target, hold: (expression) => hold(target, expression), attach: () => attach(target) });
  } finally {
    await target.stop();
  }
}

async function attach(target: Target): Promise<Watched & { first: Snapshot }> {
  const attachment = await target.attach(OPTIONS);
  const first = attachment.snapshot;
  if (!first) throw new Error('there is no first snapshot');
  return { target, attachment, first };
}

async function hold<T>(target: Target, act: string, by = 'hold'): Promise<T> {
  await target.evaluate(`void ${by}(() => (${act}))`);
  await target.until('held !== null');
  return target.evaluate<T>('held');
}

/** Something that is true in the target, and a snapshot that was taken while it was. */
export interface Held<T> {
  truth: T;
  snapshot: Snapshot;
}

/**
 * Holds the program still; `act`, an expression that it evaluates in the same callback, answers the truth. The program
 * goes on afterwards. `by` is the function of the fixture that holds.
 */
export async function whileHeld<T>({ target, attachment }: Watched, act: string, by = 'hold'): Promise<Held<T>> {
  const truth = await hold<T>(target, act, by);
  const snapshot = await nextBeat(attachment, 2);
  await target.evaluate('letGo()');
  return { truth, snapshot };
}

/** The first snapshot that was asked for after now: the next one may have been on its way. */
export function nextBeat(attachment: Attachment, beats = 2): Promise<Snapshot> {
  const from = attachment.snapshot?.sequence ?? 0;
  return snapshotWhere(attachment, ({ sequence }) => sequence >= from + beats);
}
