import type { ListenerGroup, PendingGroup, SiteId, Snapshot } from '../protocol/snapshot';
import { fileOf } from './sourceFile';

/** What one line of a file has in a snapshot: what is pending, listeners that it added, functions that begin there. */
export interface LineFigures {
  /** Counts from 1. */
  line: number;
  /** Most first. */
  pending: PendingGroup[];
  /** How many more are pending a second than a while ago; null when they do not grow. */
  growthPerSecond: number | null;
  /** `count` of the listeners of the group come from this line. */
  listeners: { group: ListenerGroup; count: number }[];
  hot: { function: string; share: number }[];
  /** Sentences. */
  findings: string[];
}

/** The most lines of a file that have figures: those with the most to say. */
export const MOST_LINES = 200;
/** The most groups, emitters, functions and findings of one line each. */
export const MOST_OF_A_LINE = 5;

/** One listener is what is expected of a line that adds one. */
const LISTENERS_FROM = 2;
const STAYS_MS = 1000;
const PASSING_FROM = 10;
/** A share of the loop; a few samples say nothing. */
const SHARE_FROM = 0.05;

/** The figures of the lines of these files (paths as VS Code has them), in the order of the lines. */
export function figuresOf(
  snapshot: Snapshot,
  files: Pick<ReadonlySet<string>, 'has'>,
  growth: Growth,
  platform: NodeJS.Platform = process.platform,
): Map<string, LineFigures[]> {
  const found = new Map<string, Map<number, LineFigures>>();
  const paths = new Map<string, string | null>();
  const at = (id: SiteId | null): LineFigures | null => {
    const site = id === null ? undefined : snapshot.sites[id];
    if (!site) return null;
    let path = paths.get(site.url);
    if (path === undefined) paths.set(site.url, (path = pathIn(files, site.url, platform)));
    if (path === null) return null;
    const lines = entry(found, path, () => new Map<number, LineFigures>());
    const { line } = site;
    return entry(lines, line, () => ({
      line,
      pending: [],
      growthPerSecond: null,
      listeners: [],
      hot: [],
      findings: [],
    }));
  };
  for (const group of snapshot.pending) if (stays(group)) at(group.site)?.pending.push(group);
  for (const group of snapshot.listeners) {
    for (const { site, count } of group.sites) at(site)?.listeners.push({ group, count });
  }
  for (const { site, totalMs } of snapshot.hot ?? []) {
    const share = snapshot.hotMs ? Math.min(1, totalMs / snapshot.hotMs) : 0;
    if (share >= SHARE_FROM) at(site)?.hot.push({ function: snapshot.sites[site]?.function ?? '', share });
  }
  for (const { site, text } of snapshot.findings) at(site)?.findings.push(text);
  growth.take(
    snapshot.timeMs,
    [...found.values()].flatMap((lines) => [...lines.values()].flatMap((one) => one.pending)),
  );
  return new Map([...found].map(([path, lines]) => [path, bounded([...lines.values()], growth)]));
}

/** How many listeners a line added; below a number that is worth a word it is 0. */
export function listenersAt({ listeners }: LineFigures): number {
  const sum = listeners.reduce((all, { count }) => all + count, 0);
  return sum < LISTENERS_FROM ? 0 : sum;
}

export function pendingAt({ pending }: LineFigures): number {
  return pending.reduce((all, { count }) => all + count, 0);
}

/** What comes and goes within a beat would only flicker, unless there is a lot of it all the time. */
function stays({ count, delta, oldestMs }: PendingGroup): boolean {
  return (oldestMs ?? Infinity) >= STAYS_MS || Math.min(count, count - delta) >= PASSING_FROM;
}

function bounded(lines: LineFigures[], growth: Growth): LineFigures[] {
  const weights = new Map(lines.map((one) => [one, pendingAt(one) + listenersAt(one) + one.hot.length * 1000]));
  const weight = (one: LineFigures): number => weights.get(one) ?? 0;
  return lines
    .filter((one) => weight(one) > 0)
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, MOST_LINES)
    .sort((a, b) => a.line - b.line)
    .map((one) => ({ ...one, growthPerSecond: growth.perSecond(one.pending) }));
}

/** Drive letters are small in VS Code. */
function pathIn(files: Pick<ReadonlySet<string>, 'has'>, url: string, platform: NodeJS.Platform): string | null {
  const path = fileOf(url, platform);
  const known = platform === 'win32' && path ? path.charAt(0).toLowerCase() + path.slice(1) : path;
  return known !== null && files.has(known) ? known : null;
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

const WINDOW_MS = 10_000;
const LEAST_SAMPLES = 4;
const LEAST_PER_SECOND = 0.05;

/** Counts of the last ten seconds, which tell growth from what goes up and down. */
export class Growth {
  private samples: { timeMs: number; counts: Map<string, number> }[] = [];

  /** Takes the counts of a snapshot; the same one again changes nothing. */
  take(timeMs: number, groups: readonly PendingGroup[]): void {
    const { samples } = this;
    const counts = new Map(groups.map(({ key, count }) => [key, count]));
    if (samples.at(-1)?.timeMs === timeMs) samples.pop();
    samples.push({ timeMs, counts });
    while (samples.length > LEAST_SAMPLES && timeMs - (samples[0]?.timeMs ?? 0) > WINDOW_MS) samples.shift();
  }

  /** Of these groups together; null while they are not known for long enough, or do not grow all the time. */
  perSecond(groups: readonly PendingGroup[]): number | null {
    const sums = this.samples
      .filter(({ counts }) => groups.every(({ key }) => counts.has(key)))
      .map(({ timeMs, counts }) => ({ timeMs, sum: groups.reduce((all, { key }) => all + (counts.get(key) ?? 0), 0) }));
    const [first] = sums;
    const last = sums.at(-1);
    if (!first || !last || sums.length < LEAST_SAMPLES) return null;
    const half = sums.length >> 1;
    const most = Math.max(...sums.slice(0, half).map(({ sum }) => sum));
    const least = Math.min(...sums.slice(half).map(({ sum }) => sum));
    const perSecond = ((last.sum - first.sum) / (last.timeMs - first.timeMs)) * 1000;
    return least >= most && perSecond >= LEAST_PER_SECOND ? perSecond : null;
  }
}
