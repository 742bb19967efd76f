import * as l10n from '@vscode/l10n';
import type { Finding, Snapshot, TargetState } from '../protocol/snapshot';
import { callbackOf, callee } from './words';

/** One moment of what was recorded: a beat with its picture, or a change of state without one. */
export interface Moment {
  /** Host clock. */
  timeMs: number;
  state: TargetState;
  snapshot: Snapshot | null;
}

/** An event of Chrome's trace format; `ts` and `dur` are microseconds since the begin of the stretch. */
export interface TraceEvent {
  name: string;
  /** Complete, counter, metadata, or begin and end of an asynchronous slice. */
  ph: 'X' | 'C' | 'M' | 'b' | 'e';
  ts: number;
  pid: number;
  tid: number;
  dur?: number;
  cat?: string;
  id?: string;
  args?: Record<string, unknown>;
}

/** Rows of the trace. */
const ROWS = { beats: 1, state: 2, callbacks: 3 } as const;
const NAMES = [l10n.t('Beats'), l10n.t('State'), l10n.t('Callbacks that a beat interrupted')];

/**
 * Makes of recorded moments a trace for Perfetto and `chrome://tracing`. A beat says how long callbacks took in its window
 * and not when in it they ran: so what beats say is drawn as counters, and as one slice a beat. Only the callbacks that a
 * beat interrupted, states and findings stand where they were.
 */
export class ChromeTrace {
  private readonly startMs: number;
  private beatEndMs = -Infinity;
  private state: { name: TargetState; sinceMs: number } | null = null;
  private open: { name: string; sinceMs: number; untilMs: number } | null = null;
  private findings = new Map<string, Finding>();

  constructor(
    private readonly target: { name: string; pid: number; nodeVersion: string },
    startMs: number,
  ) {
    this.startMs = startMs;
  }

  /** Names of the rows; comes first. */
  head(): TraceEvent[] {
    const { name, nodeVersion } = this.target;
    const row = (index: number): TraceEvent =>
      this.event('M', 'thread_name', 0, index + 1, { args: { name: NAMES[index] } });
    const process = this.event('M', 'process_name', 0, 0, {
      args: { name: l10n.t('{0}, Node {1}', name, nodeVersion) },
    });
    return [process, ...NAMES.map((_, index) => row(index))];
  }

  /** Events of the next moment; moments come in the order of time. */
  add({ timeMs, state, snapshot }: Moment): TraceEvent[] {
    const events = this.stateEvents(timeMs, state);
    if (!snapshot) return events;
    events.push(...this.openEvents(timeMs, snapshot), ...this.findingEvents(timeMs, snapshot.findings));
    events.push(this.beatEvent(timeMs, snapshot), ...this.counters(timeMs, snapshot));
    return events;
  }

  /** Ends what is still open; comes last. */
  end(timeMs: number): TraceEvent[] {
    const events = this.findingEvents(timeMs, []);
    if (this.state) events.push(this.slice(ROWS.state, this.state.name, this.state.sinceMs, timeMs));
    if (this.open) events.push(this.slice(ROWS.callbacks, this.open.name, this.open.sinceMs, this.open.untilMs));
    return events;
  }

  private stateEvents(timeMs: number, name: TargetState): TraceEvent[] {
    const before = this.state;
    if (before?.name === name) return [];
    this.state = { name, sinceMs: before ? timeMs : this.startMs };
    return before ? [this.slice(ROWS.state, before.name, before.sinceMs, timeMs)] : [];
  }

  /** One that several beats interrupt is one slice. */
  private openEvents(timeMs: number, { openCallback, sites }: Snapshot): TraceEvent[] {
    const before = this.open;
    const site = openCallback?.site == null ? undefined : sites[openCallback.site];
    const sinceMs = openCallback && timeMs - openCallback.sinceMs;
    const isSame = before !== null && sinceMs !== null && sinceMs < before.untilMs;
    if (openCallback && sinceMs !== null) {
      const callback = callbackOf(openCallback.phase);
      const name = site ? l10n.t('{0}, {1}', callback, callee(site)) : callback;
      this.open = { name, sinceMs: isSame ? before.sinceMs : sinceMs, untilMs: timeMs };
    } else this.open = null;
    return before && !isSame ? [this.slice(ROWS.callbacks, before.name, before.sinceMs, before.untilMs)] : [];
  }

  private findingEvents(timeMs: number, found: readonly Finding[]): TraceEvent[] {
    const now = new Map(found.map((finding) => [finding.id, finding]));
    const mark = (ph: 'b' | 'e', { id, rule, text }: Finding): TraceEvent =>
      this.event(ph, rule, timeMs, 0, { cat: 'finding', id, args: { text } });
    const events = [...this.findings.values()].filter(({ id }) => !now.has(id)).map((one) => mark('e', one));
    events.push(...[...now.values()].filter(({ id }) => !this.findings.has(id)).map((one) => mark('b', one)));
    this.findings = now;
    return events;
  }

  private beatEvent(timeMs: number, { sequence, windowMs, phases, sites, loop, findings }: Snapshot): TraceEvent {
    const longest = phases.flatMap(({ phase, longestMs, longestSite }) => {
      if (longestMs === null) return [];
      const site = longestSite === null ? undefined : sites[longestSite];
      const time = `${longestMs.toFixed(1)} ms`;
      return [[phase, site ? l10n.t('{0}, {1}', time, callee(site)) : time] as const];
    });
    // Slices of one row must not overlap; the window is the target's time, the beat ours.
    const sinceMs = Math.max(timeMs - windowMs, this.beatEndMs, this.startMs);
    this.beatEndMs = timeMs;
    const args = {
      turns: loop.turns,
      longest: Object.fromEntries(longest),
      findings: findings.map(({ text }) => text),
    };
    return { ...this.slice(ROWS.beats, l10n.t('beat {0}', sequence), sinceMs, timeMs), args };
  }

  /** What is not known has no value there. */
  private counters(timeMs: number, { loop, phases, cpu, memory, pendingTotals }: Snapshot): TraceEvent[] {
    const counter = (name: string, values: Record<string, number | null | undefined>): TraceEvent[] => {
      const known = Object.entries(values).filter(([, value]) => value != null);
      return known.length === 0 ? [] : [this.event('C', name, timeMs, 0, { args: Object.fromEntries(known) })];
    };
    const lateness = loop.timerLateness;
    return [
      ...counter(l10n.t('utilization, %'), { utilization: loop.utilization === null ? null : loop.utilization * 100 }),
      ...counter(l10n.t('busy ms by phase'), Object.fromEntries(phases.map(({ phase, busyMs }) => [phase, busyMs]))),
      ...counter(l10n.t('timer lateness, ms'), { p50: lateness?.p50Ms, p99: lateness?.p99Ms, max: lateness?.maxMs }),
      ...counter(l10n.t('CPU, %'), {
        user: cpu.userShare === null ? null : cpu.userShare * 100,
        system: cpu.systemShare === null ? null : cpu.systemShare * 100,
      }),
      ...counter(l10n.t('memory, MB'), { heapUsed: megabytes(memory.heapUsedBytes), rss: megabytes(memory.rssBytes) }),
      ...counter(l10n.t('GC, ms'), { gc: memory.gcMs }),
      ...counter(l10n.t('pending'), { ...pendingTotals }),
    ];
  }

  private slice(tid: number, name: string, sinceMs: number, untilMs: number): TraceEvent {
    const startMs = Math.max(sinceMs, this.startMs);
    return this.event('X', name, startMs, tid, { dur: microseconds(untilMs - startMs) });
  }

  private event(
    ph: TraceEvent['ph'],
    name: string,
    timeMs: number,
    tid: number,
    more: Pick<TraceEvent, 'dur' | 'cat' | 'id' | 'args'>,
  ): TraceEvent {
    return { name, ph, ts: microseconds(timeMs - this.startMs), pid: this.target.pid, tid, ...more };
  }
}

/** A recording from elsewhere may hold times that no clock has. */
function microseconds(ms: number): number {
  return Math.min(Math.max(0, Math.round(ms * 1000)), Number.MAX_SAFE_INTEGER);
}

function megabytes(bytes: number | null): number | null {
  return bytes === null ? null : bytes / 2 ** 20;
}
