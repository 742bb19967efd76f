import * as l10n from '@vscode/l10n';
import {
  PHASES,
  type Finding,
  type PendingGroup,
  type PhaseName,
  type Severity,
  type Site,
  type Snapshot,
} from '../protocol/snapshot';
import type { Moment } from './chromeTrace';
import { escaped } from './markdown';
import { bytes, callee, duration, listed, stateInWords } from './words';

const MOST_ROWS = 20;
/** More different findings than a page can hold; the first ones are kept. */
const MOST_FINDINGS = 200;

const SEVERITIES: Record<Severity, string> = {
  error: l10n.t('error'),
  warning: l10n.t('warning'),
  info: l10n.t('info'),
};

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
    const title = `# ${l10n.t('{0} (pid {1}), recorded by Loopscope', escaped(name), pid)}`;
    if (startMs === null || !before || !first || !last) {
      return `${title}\n\n${l10n.t('No beat is in this stretch.')}\n`;
    }
    const time = [when(startMs), when(before.timeMs), duration(before.timeMs - startMs)];
    const stretch =
      this.beats === 1
        ? l10n.t('Node {0}, level {1}, 1 beat from {2} to {3} ({4}).', escaped(nodeVersion), last.level, ...time)
        : l10n.t(
            'Node {0}, level {1}, {2} beats from {3} to {4} ({5}).',
            escaped(nodeVersion),
            last.level,
            this.beats,
            ...time,
          );
    const blocks = [
      title,
      stretch,
      ...this.statesLine(),
      `## ${l10n.t('Findings')}`,
      ...this.findingLines(),
      `## ${l10n.t('Figures')}`,
      this.figures(),
      `## ${l10n.t('Phases')}`,
      this.phases(),
      `## ${l10n.t('Pending at the end')}`,
      this.pending(first, last),
      `## ${l10n.t('Hot functions at the end')}`,
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
    if (other.length === 0) return [];
    const times = other.map(([state, ms]) => {
      const name = state === 'detached' ? l10n.t('ended') : stateInWords(state);
      return l10n.t({ message: '{0} for {1}', args: [name, duration(ms)], comment: 'a state for a time' });
    });
    return [l10n.t('Of that it was {0}.', listed(times))];
  }

  private findingLines(): string[] {
    if (this.findings.size === 0) return [l10n.t('None.')];
    return [...this.findings.values()].map(({ finding, site, firstMs, lastMs, beats }) => {
      const severity = SEVERITIES[finding.severity];
      const at = site && !finding.text.includes(callee(site)) ? ` ${l10n.t('{0}.', escaped(callee(site)))}` : '';
      const text = escaped(finding.text) + at;
      return beats === 1
        ? `- ${l10n.t('**{0}**, at {1}, 1 beat: {2}', severity, clock(firstMs), text)}`
        : `- ${l10n.t('**{0}**, from {1} to {2}, {3} beats: {4}', severity, clock(firstMs), clock(lastMs), beats, text)}`;
    });
  }

  private figures(): string {
    const share = (value: number): string => `${(value * 100).toFixed(1)} %`;
    const whole = (value: number): string => String(Math.round(value));
    const { spreads: of } = this;
    const rows = [
      [l10n.t('utilization'), of.utilization.cells(share)],
      [l10n.t('latest timer'), of.lateness.cells(duration)],
      [l10n.t('user CPU'), of.user.cells(share)],
      [l10n.t('system CPU'), of.system.cells(share)],
      [l10n.t('heap used'), of.heap.cells(bytes)],
      [l10n.t('resident set'), of.rss.cells(bytes)],
      [l10n.t('GC a beat'), of.gc.cells(duration)],
      [l10n.t('timers'), of.timers.cells(whole)],
      [l10n.t('handles'), of.handles.cells(whole)],
      [l10n.t('requests'), of.requests.cells(whole)],
    ].map(([name, cells]) => `| ${name} | ${cells} |`);
    return table([l10n.t('figure'), l10n.t('least'), l10n.t('mean'), l10n.t('greatest')], rows);
  }

  private phases(): string {
    const rows = PHASES.flatMap((phase) => {
      const busy = this.busyMs.get(phase);
      if (busy === undefined) return [];
      const share = this.windowMs > 0 ? `${((busy / this.windowMs) * 100).toFixed(1)} %` : '–';
      const longest = this.longest.get(phase);
      const at = longest ? l10n.t('{0} at {1}', duration(longest.ms), clock(longest.timeMs)) : '–';
      return [`| ${phase} | ${duration(busy)} | ${share} | ${at} | ${longest ? placed(longest.site) : '–'} |`];
    });
    if (rows.length === 0) return l10n.t('Not known.');
    const head = [
      l10n.t('phase'),
      l10n.t('busy'),
      l10n.t('share of the time'),
      l10n.t('longest callback'),
      l10n.t('where'),
    ];
    return table(head, rows);
  }

  private pending(first: Snapshot, last: Snapshot): string {
    if (last.pending.length === 0) return l10n.t('Nothing was pending.');
    const before = new Map(first.pending.map((group) => [group.key, group.count]));
    const rows = last.pending.slice(0, MOST_ROWS).map((group: PendingGroup) => {
      const change = group.count - (before.get(group.key) ?? 0);
      const age = group.oldestMs === null ? '–' : duration(group.oldestMs);
      const at =
        group.origin === 'beforeAttach' && group.site === null
          ? l10n.t('before attach')
          : placed(siteOf(last, group.site));
      return `| ${escaped(group.type)} | ${group.count} | ${change > 0 ? '+' : ''}${change} | ${age} | ${at} |`;
    });
    const head = [l10n.t('type'), l10n.t('count'), l10n.t('change'), l10n.t('oldest'), l10n.t('created at')];
    const more = last.pending.length - rows.length;
    if (more === 0) return table(head, rows);
    const left = more === 1 ? l10n.t('1 more group not shown.') : l10n.t('{0} more groups not shown.', more);
    return `${table(head, rows)}\n\n${left}`;
  }
}

function hot(last: Snapshot): string {
  if (!last.hot) return l10n.t('The CPU was not sampled.');
  const rows = last.hot.slice(0, MOST_ROWS).map(({ site, selfMs, totalMs }) => {
    return `| ${duration(selfMs)} | ${duration(totalMs)} | ${placed(siteOf(last, site))} |`;
  });
  if (rows.length === 0) return l10n.t('No function was sampled.');
  return table([l10n.t('self'), l10n.t('total'), l10n.t('function')], rows);
}

function table(head: readonly string[], rows: readonly string[]): string {
  return [`| ${head.join(' | ')} |`, `| ${head.map(() => '---').join(' | ')} |`, ...rows].join('\n');
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
