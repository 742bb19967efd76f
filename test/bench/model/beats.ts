import { performance } from 'node:perf_hooks';
import { PageCopy } from '../../../src/editor/pageCopy';
import type { Batch } from '../../../src/protocol/probe';
import { BatchReader } from '../../../src/target/batch';
import { attachmentOf } from '../../support/samples';
import { Crowd, sourcesOf } from '../../support/crowd';
import { sentOf } from '../../support/sent';

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

/** What is fed with batches; the groups that it was told of. */
interface Host {
  crowd: Crowd;
  copy: PageCopy;
  reader: BatchReader;
  told: Set<number>;
}

/** Beats of two kinds in turn, after some that are not counted; `collect` collects young garbage. */
export function timeBeats(groups: number, rounds: number, collect: () => void): Times {
  const times: Times = new Map();
  const crowd = new Crowd(groups);
  const host = { crowd, copy: new PageCopy(), reader: new BatchReader(), told: new Set<number>() };
  host.reader.read(JSON.stringify(sentOf(crowd.full(), host.told)));
  crowd.apply(crowd.full());
  for (let round = -WARM_UP; round < rounds; round++) {
    if (round === 0) times.clear();
    timeBeat(times, `${CHANGED} groups changed`, host, crowd.changed(CHANGED, 5), collect);
    crowd.changed(CHANGED, 5);
    timeBeat(times, 'full batch', host, crowd.full(), collect);
  }
  return times;
}

/** No part pays for the garbage of what was before it, such as the bench itself. */
function timeBeat(times: Times, name: string, host: Host, made: Batch, collect: () => void): void {
  const { crowd, copy, reader, told } = host;
  const timed = <T>(what: string, act: () => T): T => {
    collect();
    const cpu = process.cpuUsage();
    const start = performance.now();
    const result = act();
    const wallMs = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    const label = `${what}, ${name}`;
    times.set(label, [...(times.get(label) ?? []), { wallMs, cpuMs: (user + system) / 1000 }]);
    return result;
  };
  const text = JSON.stringify(sentOf(made, told));
  const batch = timed('read the batch', () => reader.read(text));
  const sites = sourcesOf(batch);
  const snapshot = timed('model', () => crowd.apply(batch, sites));
  const changes = timed('cut for the page', () => copy.changes(snapshot));
  const point = crowd.feed.monitor.lastPoint;
  timed('write for the page', () => JSON.stringify({ type: 'beat', attachment: attachmentOf(), ...changes, point }));
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
