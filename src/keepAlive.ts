import { setTimeout as delay } from 'node:timers/promises';
import type { Attachment } from './attachment';
import { aliveReport, holdersIn } from './model/aliveReport';
import { MOST_INSTANCES } from './protocol/panel';
import type { Instance } from './protocol/probe';
import type { Snapshot } from './protocol/snapshot';
import { SourceLines } from './target/sourceLines';

/** Places of what existed before come with the beats after the first. */
const SETTLED_AFTER_BEATS = 3;
const BEAT_WITHIN_MS = 3000;
const ANSWER_WITHIN_MS = 2000;

type ReportOf = Pick<
  Attachment,
  'snapshot' | 'instances' | 'state' | 'options' | 'threads' | 'onDidSnapshot' | 'onDidChangeState'
>;

/**
 * What keeps the process of an attachment alive, as a Markdown document; null when there has been no beat. Waits for the
 * first beats of a new attachment, but not for a target that cannot answer.
 */
export async function keepAliveReport(attachment: ReportOf): Promise<string | null> {
  await settled(attachment);
  const { snapshot } = attachment;
  if (!snapshot) return null;
  const groups = holdersIn(snapshot);
  const members = new Map<string, readonly Instance[]>();
  // At level observe the probe has no members.
  if (snapshot.level !== 'observe' && attachment.state !== 'detached') {
    const asked = Promise.all(
      groups.map(async ({ key }) => members.set(key, (await attachment.instances(key, MOST_INSTANCES)).instances)),
    );
    await within(ANSWER_WITHIN_MS, asked);
  }
  const lines = new SourceLines();
  const ids = [...new Set(groups.map(({ site }) => site))];
  const places = new Map<number, Awaited<ReturnType<SourceLines['at']>>>();
  for (const id of ids) {
    const site = id === null ? undefined : snapshot.sites[id];
    if (id !== null && site) places.set(id, await lines.at(site));
  }
  // Only now: of one that has just started the target may have told after the beat.
  const workers = attachment.threads.running.length;
  return aliveReport({ snapshot, members: new Map(members), places, workers });
}

async function settled(attachment: ReportOf): Promise<void> {
  const isSettled = (snapshot: Snapshot | null): boolean => (snapshot?.sequence ?? 0) >= SETTLED_AFTER_BEATS;
  if (isSettled(attachment.snapshot) || attachment.state === 'detached') return;
  let done: () => void = () => undefined;
  const came = new Promise<void>((resolve) => (done = resolve));
  const following = [
    attachment.onDidSnapshot((snapshot) => isSettled(snapshot) && done()),
    attachment.onDidChangeState((state) => state === 'detached' && done()),
  ];
  await within(attachment.options.beatMs * SETTLED_AFTER_BEATS + BEAT_WITHIN_MS, came);
  for (const one of following) one.dispose();
}

/** Waits for it, but not longer; that it failed is the same as that it took too long. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const late = new AbortController();
  const lateness = delay(ms, null, { signal: late.signal }).catch(() => null);
  await Promise.race([work.catch(() => null), lateness]);
  late.abort();
}
