import type { Batch, BatchGroup, BatchListeners, BatchSite, CpuSummary } from '../../src/protocol/probe';
import type { Site, Snapshot } from '../../src/protocol/snapshot';
import { Feed, group, site, summary } from '../unit/monitorBatches';

const TYPES = [
  ['Timeout', 'timers'],
  ['PROMISE', 'microtasks'],
  ['TCPWRAP', 'poll'],
  ['Timeout', 'timers'],
  ['FSREQCALLBACK', 'poll'],
] as const;
/** Rows of listeners a group. */
const LISTENERS = 0.06;
const HOT = 200;

/** A target with very many places at which something is pending, that change, end and begin; always the same. */
export class Crowd {
  readonly feed = new Feed({ level: 'deep', sampling: true });
  private readonly groups: BatchGroup[] = [];
  private readonly listeners: BatchListeners[];
  private readonly hotSites = Array.from({ length: HOT }, (_, at) => site(`hot${at % 20}.js`, at + 1, `hot${at}`));
  private readonly samples: CpuSummary;
  private lastGroup = 0;
  private seed = 7;

  constructor(size: number) {
    for (let at = 0; at < size; at++) this.groups.push(this.fresh());
    this.listeners = Array.from({ length: Math.ceil(size * LISTENERS) }, (_, at) => ({
      emitterId: at + 1,
      emitter: `Emitter${at % 40}`,
      event: 'data',
      count: 12 + (at % 30),
      limit: 0,
      emitters: 1,
      sites: [1, 2, 3].map((step): [number, number] => [((at * step) % size) + 1, 4]),
    }));
    const functions = this.hotSites.map(({ function: name, url, line, column }) => {
      return { function: name, url, line, column, selfMs: 2, totalMs: 5 };
    });
    this.samples = summary({ functions, idleShare: 0.5 });
  }

  /** A beat with everything in it. */
  full(): Batch {
    const batch = this.feed.batch({ full: true, pending: this.groups, listeners: this.listeners, ...this.figures() });
    const numbers = this.groups.map(({ group: number }) => number);
    return { ...batch, sites: numbers.map(siteOf) };
  }

  /** A beat in which so many groups changed, and so many of these ended while others began at places not seen before. */
  changed(count: number, replaced = 0): Batch {
    const pending: BatchGroup[] = [];
    const begun: number[] = [];
    for (let n = 0; n < count; n++) {
      const at = Math.floor(this.random() * this.groups.length);
      const before = this.groups[at]!;
      const next =
        n < replaced
          ? this.fresh()
          : { ...before, count: Math.max(1, before.count + Math.floor(this.random() * 7) - 3) };
      if (n < replaced) {
        begun.push(next.group);
        pending.push({ ...before, count: 0 });
      }
      this.groups[at] = next;
      pending.push(next);
    }
    const listeners = this.listeners.slice(0, 10);
    const batch = this.feed.batch({ full: false, pending, listeners, ...this.figures() });
    return { ...batch, sites: begun.map(siteOf) };
  }

  /** Hands a beat and a stretch of the CPU profile to the monitor. */
  apply(batch: Batch, sites = sourcesOf(batch)): Snapshot {
    const { monitor } = this.feed;
    monitor.applyCpu(this.samples, this.hotSites);
    return monitor.applyBatch(batch, { timeMs: this.feed.timeMs, sites });
  }

  private figures(): Pick<Batch, 'promises' | 'phases' | 'lateness' | 'totals'> {
    const phase = { busyMs: 40, callbacks: 100, longestMs: 10 + this.random() * 10, longestSite: 1 };
    return {
      promises: { followed: 1000, oneIn: 16, costMs: 2 },
      phases: { timers: phase, poll: phase, microtasks: phase },
      lateness: { buckets: Array.from({ length: 40 }, (_, at): [number, number] => [at, 5]), maxMs: 80 },
      totals: { timers: 40_000, immediates: 0, requests: 20_000, handles: 20_000, promises: 20_000 },
    };
  }

  /** Few groups have very many members; every one has enough to be judged by the rules. */
  private fresh(): BatchGroup {
    const number = ++this.lastGroup;
    const [type, phase] = TYPES[number % TYPES.length]!;
    const isPromise = type === 'PROMISE';
    return group({
      group: number,
      type,
      phase,
      site: number,
      count: Math.ceil(10 / (this.random() + 0.001)),
      referenced: isPromise ? null : 1,
      oldestMs: this.feed.nowMs,
      parents: isPromise ? [1, 2, 3, 4].map((step) => Math.max(1, number - step)) : [],
    });
  }

  private random(): number {
    this.seed = (this.seed * 16_807) % 2_147_483_647;
    return this.seed / 2_147_483_647;
  }
}

function siteOf(number: number): BatchSite {
  const url = `file:///srv/dist/file${number % 300}.js`;
  return { site: number, function: `made${number}`, url, line: number, column: 5 };
}

/** The places in the source by their numbers; what runs is the source. */
export function sourcesOf({ sites }: Batch): Map<number, Site> {
  return new Map(
    sites.map(({ site: number, function: name, url, line, column }) => {
      return [number, { function: name, url, line, column, package: null, generated: null }];
    }),
  );
}
