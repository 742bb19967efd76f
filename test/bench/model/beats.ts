import { performance } from 'node:perf_hooks';
import { boundedSnapshot } from '../../../src/editor/bounds';
import type { Batch } from '../../../src/protocol/probe';
import { decodeBatch } from '../../../src/target/batch';
import { attachmentOf } from '../../support/samples';
import { Crowd } from '../../support/crowd';

const CHANGED = 100;
/** So many that the code is compiled and growth is looked for over its whole minute. */
const WARM_UP = 90;

/** What one call took. */
export interface Took {
  wallMs: number;
  /** Of all threads of the process: the collector's and the compiler's, too. */
  cpuMs: number;
}

/** What was measured, and what each round took. */
export type Times = Map<string, Took[]>;

/** Beats of three kinds in turn, each kind on a target of its own; `collect` collects young garbage. */
export function timeBeats(groups: number, rounds: number, collect: () => void): Times {
  const times: Times = new Map();
  const kinds: [name: string, crowd: Crowd, next: (crowd: Crowd) => Batch][] = [
    [`${CHANGED} groups changed`, new Crowd(groups), (crowd) => crowd.changed(CHANGED, 5)],
    ['full batch', new Crowd(groups), (crowd) => (crowd.changed(CHANGED, 5), crowd.full())],
    ['all groups changed', new Crowd(groups), (crowd) => crowd.changed(groups)],
  ];
  for (const [, crowd] of kinds) crowd.apply(crowd.full());
  for (let round = -WARM_UP; round < rounds; round++) {
    if (round === 0) times.clear();
    for (const [name, crowd, next] of kinds) timeBeat(times, name, crowd, next(crowd), collect);
  }
  return times;
}

/** Each part pays for what it leaves to collect, and for nothing that was there before. */
function timeBeat(times: Times, name: string, crowd: Crowd, made: Batch, collect: () => void): void {
  const timed = <T>(what: string, act: () => T): T => {
    collect();
    const cpu = process.cpuUsage();
    const start = performance.now();
    const result = act();
    collect();
    const wallMs = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    const label = `${what}, ${name}`;
    times.set(label, [...(times.get(label) ?? []), { wallMs, cpuMs: (user + system) / 1000 }]);
    return result;
  };
  const text = JSON.stringify(made);
  const batch = timed('read the batch', () => decodeBatch(text));
  const snapshot = timed('model', () => crowd.apply(batch));
  const bounded = timed('cut for the page', () => boundedSnapshot(snapshot));
  const point = crowd.feed.monitor.lastPoint;
  timed('write for the page', () =>
    JSON.stringify({ type: 'beat', attachment: attachmentOf(), snapshot: bounded, point }),
  );
}

/** What is held after so many minutes of beats: the most of each minute's end since the row before. */
export interface Held {
  minute: number;
  heapBytes: number;
  entries: number;
}

/** An hour of beats, one after the other; `collect` collects garbage. */
export function hourOfBeats(groups: number, collect: () => void): Held[] {
  const crowd = new Crowd(groups);
  const held: Held[] = [];
  let most = { heapBytes: 0, entries: 0 };
  crowd.apply(crowd.full());
  for (let second = 1; second <= 3600; second++) {
    crowd.apply(second % 300 === 0 ? crowd.full() : crowd.changed(CHANGED, 5));
    if (second % 60 !== 0) continue;
    collect();
    most = {
      heapBytes: Math.max(most.heapBytes, process.memoryUsage().heapUsed),
      entries: Math.max(most.entries, crowd.feed.monitor.size),
    };
    if (second % 600 !== 0) continue;
    held.push({ minute: second / 60, ...most });
    most = { heapBytes: 0, entries: 0 };
  }
  return held;
}
