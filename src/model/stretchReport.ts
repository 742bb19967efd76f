import {
  PHASES,
  type Finding,
  type PendingGroup,
  type PhaseName,
  type Site,
  type Snapshot,
} from '../protocol/snapshot';
import type { Moment } from './chromeTrace';
import { escaped } from './markdown';
import { bytes, callee, duration, plural } from './words';

const MOST_ROWS = 20;
/** More different findings than a page can hold; the first ones are kept. */
const MOST_FINDINGS = 200;

/** Least, mean and greatest of what was known. */
class Spread {
  private least = Infinity;
  private greatest = -Infinity;
  private sum = 0;
  private count = 0;
  first: number | null = null;
  last: number | null = null;

  add(value: number | null | undefined): void {
    if (value == null) return;
    this.first ??= value;
    this.last = value;
    this.least = Math.min(this.least, value);
    this.greatest = Math.max(this.greatest, value);
    this.sum += value;
    this.count++;
  }

  cells(words: (value: number) => string): string {
    if (this.count === 0) return '– | – | –';
    return [this.least, this.sum / this.count, this.greatest].map(words).join(' | ');
  }
}

interface Seen {
  finding: Finding;
  site: Site | null;
  firstMs: number;
  lastMs: number;
  beats: number;
}

interface Longest {
  ms: number;
  timeMs: number;
  site: Site | null;
}

/** Sums up what was recorded, moment by moment, as a Markdown document. Whatever the target has named is escaped. */
export class StretchReport {
  private readonly spreads = {
    utilization: new Spread(),
    lateness: new Spread(),
    user: new Spread(),
    system: new Spread(),
    heap: new Spread(),
    rss: new Spread(),
    gc: new Spread(),
    timers: new Spread(),
    handles: new Spread(),
    requests: new Spread(),
  };
  private readonly busyMs = new Map<PhaseName, number>();
  private readonly longest = new Map<PhaseName, Longest>();
  private readonly findings = new Map<string, Seen>();
  private readonly states = new Map<Moment['state'], number>();
  private windowMs = 0;
  private beats = 0;
  private first: Snapshot | null = null;
  private last: Snapshot | null = null;
  private before: Moment | null = null;
  private startMs: number | null = null;

  constructor(private readonly target: { name: string; pid: number; nodeVersion: string }) {}

  /** Takes the next moment; moments come in the order of time. */
  add(moment: Moment): void {
    const { timeMs, snapshot } = moment;
    this.startMs ??= timeMs;
    if (this.before) {
      const { state } = this.before;
      this.states.set(state, (this.states.get(state) ?? 0) + timeMs - this.before.timeMs);
    }
    this.before = moment;
    if (!snapshot) return;
    this.first ??= snapshot;
    this.last = snapshot;
    this.beats++;
    this.windowMs += snapshot.windowMs;
    this.addFigures(snapshot);
    for (const { phase, busyMs, longestMs, longestSite } of snapshot.phases) {
      if (busyMs !== null) this.busyMs.set(phase, (this.busyMs.get(phase) ?? 0) + busyMs);
      if (longestMs !== null && longestMs > (this.longest.get(phase)?.ms ?? 0)) {
        this.longest.set(phase, { ms: longestMs, timeMs, site: siteOf(snapshot, longestSite) });
      }
    }
    for (const finding of snapshot.findings) this.addFinding(finding, snapshot, timeMs);
  }

  /** The document. */
  text(): string {
    const { name, pid, nodeVersion } = this.target;
    const { startMs, before, first, last } = this;
    const title = `# ${escaped(name)} (pid ${pid}), recorded by Loopscope`;
    if (startMs === null || !before || !first || !last) return `${title}\n\nNo beat is in this stretch.\n`;
    const stretch = `Node ${escaped(nodeVersion)}, level ${last.level}, ${plural(this.beats, 'beat')} from ${when(startMs)} to ${when(before.timeMs)} (${duration(before.timeMs - startMs)}).`;
    const blocks = [
      title,
      stretch,
      ...this.statesLine(),
      '## Findings',
      ...this.findingLines(),
      '## Figures',
      this.figures(),
      '## Phases',
      this.phases(),
      '## Pending at the end',
      this.pending(first, last),
      '## Hot functions at the end',
      hot(last),
    ];
    return `${blocks.join('\n\n')}\n`;
  }

  private addFigures({ loop, cpu, memory, pendingTotals: totals, state }: Snapshot): void {
    const { spreads } = this;
    // A target that is paused goes on showing what was before.
    if (state !== 'paused') {
      spreads.utilization.add(loop.utilization);
      spreads.lateness.add(loop.timerLateness?.maxMs);
    }
    spreads.user.add(cpu.userShare);
    spreads.system.add(cpu.systemShare);
    spreads.heap.add(memory.heapUsedBytes);
    spreads.rss.add(memory.rssBytes);
    spreads.gc.add(memory.gcMs);
    spreads.timers.add(totals.timers);
    spreads.handles.add(totals.handles);
    spreads.requests.add(totals.requests);
  }

  private addFinding(finding: Finding, snapshot: Snapshot, timeMs: number): void {
    const seen = this.findings.get(finding.id);
    if (seen) {
      seen.finding = finding;
      seen.lastMs = timeMs;
      seen.beats++;
    } else if (this.findings.size < MOST_FINDINGS) {
      const site = siteOf(snapshot, finding.site);
      this.findings.set(finding.id, { finding, site, firstMs: timeMs, lastMs: timeMs, beats: 1 });
    }
  }

  private statesLine(): string[] {
    const other = [...this.states].filter(([state, ms]) => state !== 'running' && ms > 0);
    const words = {
      paused: 'paused',
      blocked: 'blocked',
      notAnswering: 'not answering',
      detached: 'ended',
      running: '',
    };
    if (other.length === 0) return [];
    return [`Of that it was ${other.map(([state, ms]) => `${words[state]} for ${duration(ms)}`).join(', ')}.`];
  }

  private findingLines(): string[] {
    if (this.findings.size === 0) return ['None.'];
    return [...this.findings.values()].map(({ finding, site, firstMs, lastMs, beats }) => {
      const stretch = beats === 1 ? `at ${clock(firstMs)}` : `from ${clock(firstMs)} to ${clock(lastMs)}`;
      const at = site && !finding.text.includes(callee(site)) ? ` ${escaped(callee(site))}.` : '';
      return `- **${finding.severity}**, ${stretch}, ${plural(beats, 'beat')}: ${escaped(finding.text)}${at}`;
    });
  }

  private figures(): string {
    const share = (value: number): string => `${(value * 100).toFixed(1)} %`;
    const whole = (value: number): string => String(Math.round(value));
    const { spreads: of } = this;
    const rows = [
      ['utilization', of.utilization.cells(share)],
      ['latest timer', of.lateness.cells(duration)],
      ['user CPU', of.user.cells(share)],
      ['system CPU', of.system.cells(share)],
      ['heap used', of.heap.cells(bytes)],
      ['resident set', of.rss.cells(bytes)],
      ['GC a beat', of.gc.cells(duration)],
      ['timers', of.timers.cells(whole)],
      ['handles', of.handles.cells(whole)],
      ['requests', of.requests.cells(whole)],
    ].map(([name, cells]) => `| ${name} | ${cells} |`);
    return ['| figure | least | mean | greatest |', '| --- | --- | --- | --- |', ...rows].join('\n');
  }

  private phases(): string {
    const rows = PHASES.flatMap((phase) => {
      const busy = this.busyMs.get(phase);
      if (busy === undefined) return [];
      const share = this.windowMs > 0 ? `${((busy / this.windowMs) * 100).toFixed(1)} %` : '–';
      const longest = this.longest.get(phase);
      const at = longest ? `${duration(longest.ms)} at ${clock(longest.timeMs)}` : '–';
      return [`| ${phase} | ${duration(busy)} | ${share} | ${at} | ${longest ? placed(longest.site) : '–'} |`];
    });
    if (rows.length === 0) return 'Not known.';
    const head = ['| phase | busy | share of the time | longest callback | where |', '| --- | --- | --- | --- | --- |'];
    return [...head, ...rows].join('\n');
  }

  private pending(first: Snapshot, last: Snapshot): string {
    if (last.pending.length === 0) return 'Nothing was pending.';
    const before = new Map(first.pending.map((group) => [group.key, group.count]));
    const rows = last.pending.slice(0, MOST_ROWS).map((group: PendingGroup) => {
      const change = group.count - (before.get(group.key) ?? 0);
      const age = group.oldestMs === null ? '–' : duration(group.oldestMs);
      const at =
        group.origin === 'beforeAttach' && group.site === null ? 'before attach' : placed(siteOf(last, group.site));
      return `| ${escaped(group.type)} | ${group.count} | ${change > 0 ? '+' : ''}${change} | ${age} | ${at} |`;
    });
    const head = ['| type | count | change | oldest | created at |', '| --- | --- | --- | --- | --- |'];
    const more = last.pending.length - rows.length;
    return [...head, ...rows].join('\n') + (more > 0 ? `\n\n${plural(more, 'more group')} not shown.` : '');
  }
}

function hot(last: Snapshot): string {
  if (!last.hot) return 'The CPU was not sampled.';
  const rows = last.hot.slice(0, MOST_ROWS).map(({ site, selfMs, totalMs }) => {
    return `| ${duration(selfMs)} | ${duration(totalMs)} | ${placed(siteOf(last, site))} |`;
  });
  if (rows.length === 0) return 'No function was sampled.';
  return ['| self | total | function |', '| --- | --- | --- |', ...rows].join('\n');
}

function siteOf({ sites }: Snapshot, id: number | null): Site | null {
  return (id === null ? null : sites[id]) ?? null;
}

function placed(site: Site | null): string {
  return site ? escaped(callee(site)) : '–';
}

function when(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('T', ' ').replace(/\..*$/, ' UTC');
}

function clock(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(11, 19);
}
