import type { LoopFigures, Method, OpenCallback, PhaseFigures, Snapshot } from '../protocol/snapshot';
import { sumOf } from './figures';
import type { ThreadPart } from './summedTables';

/**
 * The loops of threads that turn, each in its last window: times, callbacks and turns are added, of the longest callback
 * and of the lateness of timers it is the worst. The window is the mean of theirs, so that `threads` times it is all.
 */
export function summedLoop(parts: readonly ThreadPart[]): Pick<Snapshot, 'windowMs' | 'threads' | 'loop' | 'phases'> {
  const threads = parts.length;
  const windowsMs = parts.reduce((sum, { snapshot }) => sum + snapshot.windowMs, 0);
  const phases = parts[0]?.snapshot.phases ?? [];
  return {
    windowMs: threads > 0 ? windowsMs / threads : 0,
    threads,
    loop: loopOf(
      parts.map(({ snapshot }) => snapshot.loop),
      windowsMs,
    ),
    phases: phases.map(({ phase }) => phaseOf(parts, phase)),
  };
}

/** Of the callbacks that go on, the one that does so for the longest time. */
export function longestOpen(parts: readonly ThreadPart[]): OpenCallback | null {
  let longest: OpenCallback | null = null;
  for (const { snapshot, siteOf } of parts) {
    const open = snapshot.openCallback;
    if (open && open.sinceMs > (longest?.sinceMs ?? -1)) longest = { ...open, site: siteOf(open.site) };
  }
  return longest;
}

function loopOf(loops: readonly LoopFigures[], windowsMs: number): LoopFigures {
  const activeMs = sumOf(loops.map((loop) => loop.activeMs));
  const methods = loops.map(({ method }) => method);
  return {
    utilization: activeMs !== null && windowsMs > 0 ? activeMs / windowsMs : null,
    turns: sumOf(loops.map((loop) => loop.turns)),
    activeMs,
    idleMs: sumOf(loops.map((loop) => loop.idleMs)),
    method: methods.includes(null) ? null : methods.includes('sampled') ? 'sampled' : 'counter',
    timerLateness: worstLateness(loops),
  };
}

function worstLateness(loops: readonly LoopFigures[]): LoopFigures['timerLateness'] {
  const known = loops.map((loop) => loop.timerLateness).filter((lateness) => lateness !== null);
  if (known.length === 0) return null;
  return {
    p50Ms: Math.max(...known.map(({ p50Ms }) => p50Ms)),
    p99Ms: Math.max(...known.map(({ p99Ms }) => p99Ms)),
    maxMs: Math.max(...known.map(({ maxMs }) => maxMs)),
    count: known.reduce((sum, { count }) => sum + count, 0),
  };
}

function phaseOf(parts: readonly ThreadPart[], phase: PhaseFigures['phase']): PhaseFigures {
  const all = parts.map(({ snapshot, siteOf }) => ({
    siteOf,
    figures: snapshot.phases.find((one) => one.phase === phase),
  }));
  const sum = (pick: (figures: PhaseFigures) => number | null): number | null =>
    sumOf(all.map(({ figures }) => (figures ? pick(figures) : null)));
  const callbacks = sum((figures) => figures.callbacks);
  let longestMs: number | null = null;
  let longestSite: PhaseFigures['longestSite'] = null;
  // Where callbacks are not counted in one of the threads, its longest may be the longest of all.
  for (const { figures, siteOf } of callbacks === null ? [] : all) {
    if ((figures?.longestMs ?? -1) <= (longestMs ?? -1)) continue;
    longestMs = figures?.longestMs ?? null;
    longestSite = siteOf(figures?.longestSite ?? null);
  }
  const method = methodOf(all.map(({ figures }) => figures?.method ?? 'notObservable'));
  return { phase, busyMs: sum((figures) => figures.busyMs), callbacks, longestMs, longestSite, method };
}

/** A sum is no better known than the worst of its parts. */
function methodOf(methods: readonly Method[]): Method {
  const order: readonly Method[] = ['notObservable', 'sampled', 'hooks', 'counter'];
  return order.find((method) => methods.includes(method)) ?? 'notObservable';
}
