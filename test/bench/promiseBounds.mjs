// A million promises that stay pending, at level `deep`: what it holds, what it says it dropped, and that the target
// goes on.
import { attachQuietly, nextSnapshot, startPending } from './pendingTarget.mjs';
import { LEVELS } from './modes.mjs';
import { median } from './statistics.mjs';

const COUNT = 1_000_000;
const BEATS = 12;

/** Rows: one line of figures for each level. */
export async function promiseBounds(major) {
  const rows = [
    ['level', 'time of the million', 'held by us', 'shown as pending', 'dropped', 'beat after it', 'answers'],
  ];
  const plain = await hold(major, null);
  for (const level of ['track', 'deep'].filter((name) => LEVELS.includes(name))) {
    const deep = await hold(major, level);
    rows.push([
      level,
      `x${(deep.usedNs / plain.usedNs).toFixed(2)}`,
      `${((deep.bytes - plain.bytes) / 1e6).toFixed(1)} MB`,
      deep.promises === null ? '–' : deep.promises.toLocaleString('en'),
      deep.dropped.toLocaleString('en'),
      `${deep.beatMs.toFixed(2)} ms`,
      deep.answers ? 'yes' : 'no',
    ]);
  }
  return rows;
}

async function hold(major, level) {
  const target = await startPending(major);
  const attachment = level && (await attachQuietly(target, level));
  try {
    let dropped = 0;
    attachment?.onDidSnapshot((snapshot) => (dropped += snapshot.dropped.promises ?? 0));
    if (attachment) await nextSnapshot(attachment);
    const before = Number(await target.tell('memory'));
    const { usedNs } = await target.costOf(() => target.tell(`promises ${COUNT}`));
    const beatsMs = [];
    for (let beat = 0; attachment && beat < BEATS; beat++) {
      beatsMs.push((await target.costOf(() => nextSnapshot(attachment))).usedNs / 1e6);
    }
    const bytes = Number(await target.tell('memory')) - before;
    const promises = attachment?.snapshot.pendingTotals.promises ?? null;
    return { usedNs, bytes, promises, dropped, beatMs: attachment ? median(beatsMs) : 0, answers: bytes > 0 };
  } finally {
    await attachment?.detach();
    await target.end();
  }
}
