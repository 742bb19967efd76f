import type { Batch } from '../protocol/probe';
import type { Level, TargetState } from '../protocol/snapshot';

/** A window shorter than this part of a beat says too little about the state. */
const MIN_WINDOW = 0.5;
/** A paused target answers at once; a window longer than this many beats was held up by something else. */
const MAX_PAUSED_WINDOW = 1.5;
const ALL_ACTIVE = 0.01;
const CPU_FLAT = 0.05;
const BLOCKED_MS = 1000;

/** What one batch says about the target's state. `same`: too little to tell, as before. */
export interface Judgement {
  state: 'running' | 'paused' | 'blocked' | 'same';
  /** For how long already; null when it is not known better than "since this window began". */
  sinceMs: number | null;
}

/**
 * Tells running, blocked and paused apart. Blocked and paused look alike, the loop stands still in both; but a paused
 * target uses no CPU, and neither does one that waits in `Atomics.wait`. `waitedMs` is how long the loop waited, as well
 * as it is known: see `waitedOf`. A drain adds one loop turn when the loop is idle, none when it interrupts JavaScript.
 */
export function judge(batch: Batch, waitedMs: number, level: Level, beatMs: number): Judgement {
  const open = batch.openCallback;
  const cpuMs = cpuMsOf(batch);
  if (batch.windowMs < beatMs * MIN_WINDOW) {
    return { state: turned(batch) ? 'running' : 'same', sinceMs: null };
  }
  // Where turns are counted, Node's own idle time is enough.
  const allActive = (batch.loop.turns === null ? waitedMs : batch.loop.idleMs) < batch.windowMs * ALL_ACTIVE;
  if (allActive && !turned(batch)) {
    if (cpuMs !== null && cpuMs < batch.windowMs * CPU_FLAT && !batch.inAtomicsWait) {
      // Native waiting, such as execSync, uses no CPU either; but while it lasts there is no answer.
      const answered = batch.windowMs < beatMs * MAX_PAUSED_WINDOW;
      return { state: answered ? 'paused' : 'same', sinceMs: null };
    }
    if (standsStill(batch, level)) {
      // Many callbacks of nextTick hold up the loop together.
      return { state: 'blocked', sinceMs: open && open.phase !== 'nextTick' ? open.sinceMs : null };
    }
    return { state: 'running', sinceMs: null };
  }
  // A long beat: it turned, then stuck. Only CPU that this callback itself can have used tells it from a pause.
  if (open && open.sinceMs >= BLOCKED_MS && (batch.inAtomicsWait || cpuMs === null || cpuMs >= open.sinceMs / 2)) {
    return { state: 'blocked', sinceMs: open.sinceMs };
  }
  return { state: 'running', sinceMs: null };
}

/** Null where Node does not tell that of a worker. */
function cpuMsOf({ process }: Batch): number | null {
  if (process.cpuUserMs === null || process.cpuSystemMs === null) return null;
  return process.cpuUserMs + process.cpuSystemMs;
}

function turned(batch: Batch): boolean {
  return batch.loop.turns !== null && batch.loop.turns > 0;
}

/** Without a count of turns a busy loop never waits either: only hooks can tell that no callback has come to an end. */
function standsStill(batch: Batch, level: Level): boolean {
  const { openCallback: open, phases } = batch;
  if (batch.loop.turns !== null) return true;
  if (open && open.sinceMs >= Math.min(batch.windowMs * 0.95, BLOCKED_MS)) return true;
  if (open && open.phase !== 'nextTick') return false;
  // The nextTick queue runs within a turn: it may hold up the loop by itself.
  const turning = [phases.poll, phases.check, phases.close, phases.timers];
  return level !== 'observe' && turning.every((phase) => (phase?.callbacks ?? 0) === 0);
}

/** The state of a target and since when, on the host's clock. */
export class StateTracker {
  state: TargetState = 'running';
  sinceTimeMs = 0;
  private pausedByDebugger = false;
  /** Part of the window under way may lie in a pause. */
  private pauseInWindow = false;
  private started = false;

  /** Applies a batch; returns whether its window holds a pause, so that its times say nothing about the program. */
  beat(batch: Batch, waitedMs: number, level: Level, beatMs: number, timeMs: number): boolean {
    if (!this.started) this.sinceTimeMs = timeMs;
    this.started = true;
    const pausedBefore = this.state === 'paused' || this.pauseInWindow;
    this.pauseInWindow = false;
    if (this.pausedByDebugger) {
      this.enter('paused', timeMs - batch.windowMs);
      return true;
    }
    const { state, sinceMs } = judge(batch, waitedMs, level, beatMs);
    if (state === 'same') {
      if (this.state === 'notAnswering') this.enter('running', timeMs);
    } else if (state === 'blocked' && sinceMs !== null) {
      this.enter('blocked', timeMs - sinceMs);
      // Another callback may have blocked right after the first one.
      if (this.state === 'blocked') this.sinceTimeMs = timeMs - sinceMs;
    } else {
      this.enter(state, state === 'running' ? timeMs : timeMs - batch.windowMs);
    }
    return pausedBefore || state === 'paused';
  }

  setPausedByDebugger(paused: boolean, timeMs: number): void {
    if (paused === this.pausedByDebugger) return;
    this.pausedByDebugger = paused;
    this.pauseInWindow = true;
    if (paused) this.enter('paused', timeMs);
    else if (this.state === 'paused') this.enter('running', timeMs);
  }

  /** No answer since then. A debugger may stop the target in our own call: then it is still known to be paused. */
  noAnswer(sinceTimeMs: number): void {
    if (!this.pausedByDebugger) this.enter('notAnswering', sinceTimeMs);
  }

  /** Takes a state on; `detached` is the last one. */
  enter(state: TargetState, sinceTimeMs: number): void {
    if (state === this.state || this.state === 'detached') return;
    this.state = state;
    this.sinceTimeMs = sinceTimeMs;
  }
}
