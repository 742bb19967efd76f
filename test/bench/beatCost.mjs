// What one beat costs the target, by how much is pending and how much of it changed since the beat before.
import { setTimeout as delay } from 'node:timers/promises';
import { attachQuietly, nextSnapshot, startPending } from './pendingTarget.mjs';
import { median } from './statistics.mjs';

const BEATS = 30;
const CASES = [
  { kind: 'timers', pending: 1000, groups: 10, changes: 0 },
  { kind: 'timers', pending: 100_000, groups: 1000, changes: 0 },
  { kind: 'timers', pending: 100_000, groups: 1000, changes: 100 },
  { kind: 'timers', pending: 100_000, groups: 1000, changes: 1000 },
  { kind: 'timers', pending: 100_000, groups: 1000, changes: 10_000 },
  // A function of its own for each timer: their places are looked up, some a beat.
  { kind: 'closures', pending: 100_000, groups: 1000, changes: 0 },
];
/** Places of callbacks are looked up once the timers have been pending for a while. */
const LEARNING_MS = 6000;

/** Rows: pending, groups, changes a beat, the probe's own time of a drain, CPU time of the target a beat, bytes sent. */
export async function beatCost(major) {
  const rows = [['pending', 'groups', 'changes', 'drain', 'CPU time of the target', 'batch']];
  for (const { kind, pending, groups, changes } of CASES) {
    const target = await startPending(major);
    const attachment = await attachQuietly(target, 'track');
    try {
      await target.tell(`${kind} ${pending} ${groups}`);
      await delay(LEARNING_MS);
      const { drainMs, usedMs, batchBytes } = await beats(target, attachment, changes);
      rows.push([
        `${pending.toLocaleString('en')} ${kind}`,
        ...[groups, changes].map((count) => count.toLocaleString('en')),
        `${drainMs.toFixed(2)} ms`,
        `${usedMs.toFixed(2)} ms`,
        `${(batchBytes / 1000).toFixed(1)} KB`,
      ]);
    } finally {
      await attachment.detach();
      await target.end();
    }
  }
  return rows;
}

/** Medians over the beats; a snapshot tells what the drain before it took, so the first one is left out. */
async function beats(target, attachment, changes) {
  const found = [];
  for (let beat = 0; beat <= BEATS; beat++) {
    if (changes > 0) await target.tell(`change ${changes}`);
    let snapshot;
    const { usedNs } = await target.costOf(async () => (snapshot = await nextSnapshot(attachment)));
    if (beat > 0) found.push({ usedMs: usedNs / 1e6, ...snapshot.cost });
  }
  const middle = (key) => median(found.map((each) => each[key]));
  return { drainMs: middle('drainMs'), usedMs: middle('usedMs'), batchBytes: middle('batchBytes') };
}
