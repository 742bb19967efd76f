import type { CpuSummary } from '../protocol/probe';

/**
 * Samples see the microtask queue, hooks see the rest: which part of the active time that hooks leave goes to
 * microtasks. Found over the windows of a stretch of samples, and used until the next one: the windows may be shorter.
 */
export class MicrotaskPart {
  private activeMs = 0;
  private leftMs = 0;
  private part = 0;

  /** Takes a window: its active time, what hooks leave of that, and the stretch that has ended with it, if one has. */
  window(activeMs: number, leftMs: number, stretch: CpuSummary | null): void {
    this.activeMs += activeMs;
    this.leftMs += leftMs;
    if (!stretch) return;
    const share = stretch.phaseShares.microtasks;
    const microtasksMs = share > 0 ? (share / (1 - stretch.idleShare)) * this.activeMs : 0;
    this.part = this.leftMs > 0 ? Math.min(1, microtasksMs / this.leftMs) : 0;
    this.activeMs = 0;
    this.leftMs = 0;
  }

  /** 0 to 1; 0 before the first stretch. */
  get value(): number {
    return this.part;
  }
}
