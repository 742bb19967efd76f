import type { ProcessEvent } from '../protocol/probe';

const KEEP_MS = 60_000;

/** A kind of event of the process, how often it happened in the last minute, and how long ago for the last time. */
export interface LoggedEvent extends ProcessEvent {
  agoMs: number;
}

/** What reached the process in the last minute. */
export class ProcessLog {
  private beats: { timeMs: number; events: readonly ProcessEvent[] }[] = [];

  add(timeMs: number, events: readonly ProcessEvent[]): void {
    if (events.length > 0) this.beats.push({ timeMs, events });
    this.beats = this.beats.filter((beat) => timeMs - beat.timeMs < KEEP_MS);
  }

  /** Latest first. */
  events(nowMs: number): LoggedEvent[] {
    const logged = new Map<string, LoggedEvent>();
    for (const { timeMs, events } of this.beats) {
      for (const event of events) {
        const key = `${event.kind} ${event.name} ${event.message}`;
        const count = event.count + (logged.get(key)?.count ?? 0);
        logged.set(key, { ...event, count, agoMs: nowMs - timeMs });
      }
    }
    return [...logged.values()].sort((a, b) => a.agoMs - b.agoMs);
  }
}
