import { readFileSync } from 'node:fs';
import type { ThreadShares } from '../protocol/probe';

interface Reading {
  atMs: number;
  ranMs: number;
  queuedMs: number;
}

/** Start of a process in /proc counts in hundredths of a second, on every architecture. */
const TICK_MS = 10;
/** Node counts its uptime from a little after the start. */
const SAME_START_MS = 2000;

/** How the main thread of a target on this machine spent its time, by /proc of Linux: looking costs the target nothing. */
export class ThreadTime {
  private before: Reading | null = null;
  private isHere: boolean | undefined;

  constructor(
    private readonly pid: number,
    private readonly now: () => number,
  ) {}

  /** Since the call before; null at first, and when it is not known: not Linux, or another machine or container. */
  take(uptimeMs: number): ThreadShares | null {
    const { before } = this;
    this.before = this.read(uptimeMs);
    if (!before || !this.before) return null;
    const ms = this.before.atMs - before.atMs;
    if (ms <= 0) return null;
    return { ran: (this.before.ranMs - before.ranMs) / ms, queued: (this.before.queuedMs - before.queuedMs) / ms };
  }

  private read(uptimeMs: number): Reading | null {
    if (process.platform !== 'linux' || this.isHere === false) return null;
    try {
      this.isHere ??= Math.abs(ageMs(this.pid) - uptimeMs) < SAME_START_MS;
      if (!this.isHere) return null;
      // A file of the kernel's: it is there at once, and later would be another time.
      const [ranNs, queuedNs] = readFileSync(`/proc/${this.pid}/task/${this.pid}/schedstat`, 'latin1').split(' ');
      return { atMs: this.now(), ranMs: Number(ranNs) / 1e6, queuedMs: Number(queuedNs) / 1e6 };
    } catch {
      this.isHere = false;
      return null;
    }
  }
}

/** How long a process of this machine has been running. */
function ageMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name in brackets before it may hold anything.
  const startTicks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  return Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]) * 1000 - startTicks * TICK_MS;
}
