// What the probe holds for each resource that is pending: growth of the target's heap and of its external memory, with
// the probe less without.
import { setTimeout as delay } from 'node:timers/promises';
import { attachQuietly, nextSnapshot, startPending } from './pendingTarget.mjs';
import { median } from './statistics.mjs';

const CASES = [
  { kind: 'timers', count: 1_000_000, groups: 1000 },
  { kind: 'requests', count: 100_000 },
  { kind: 'handles', count: 20_000 },
];
/** A few beats: what the probe puts off until the next one is done then. */
const BEATS_MS = 2000;
/** Readings after them: one may find garbage that a beat holds until its turn of the loop is over. */
const READINGS = 3;

/** Rows: kind, how many, bytes each at once and after some beats, how many the probe could not record. */
export async function memoryCost(major) {
  const rows = [['kind', 'count', 'bytes each, at once', 'bytes each, after beats', 'dropped']];
  for (const { kind, count, groups } of CASES) {
    const order = [kind, count, groups].filter(Boolean).join(' ');
    const plain = await grown(major, order, null);
    const tracked = await grown(major, order, 'track');
    const each = (key) => ((tracked[key] - plain[key]) / count).toFixed(1);
    // A request is over with the next turn of the loop.
    const later = kind === 'requests' ? '–' : each('laterBytes');
    rows.push([kind, count.toLocaleString('en'), each('atOnceBytes'), later, String(tracked.dropped)]);
  }
  return rows;
}

/** Bytes that the order took in a new target, with the probe at a level or without. */
async function grown(major, order, level) {
  const target = await startPending(major);
  const attachment = level && (await attachQuietly(target, level));
  let dropped = 0;
  attachment?.onDidSnapshot((snapshot) => (dropped += snapshot.dropped.resources));
  try {
    if (attachment) await nextSnapshot(attachment);
    const before = Number(await target.tell('memory'));
    const atOnceBytes = Number(await target.tell(order));
    const later = [];
    while (later.length < READINGS) {
      await delay(BEATS_MS);
      later.push(Number(await target.tell('memory')) - before);
    }
    return { atOnceBytes, laterBytes: median(later), dropped };
  } finally {
    await attachment?.detach();
    await target.end();
  }
}
