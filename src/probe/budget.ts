/** Allows so many dear steps a second; what was not used is saved up to one burst. Reads no clock: each beat refills it. */
export class Budget {
  private left: number;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    private filledAtMs: number,
  ) {
    this.left = burst;
  }

  get isEmpty(): boolean {
    return this.left < 1;
  }

  take(): boolean {
    if (this.left < 1) return false;
    this.left--;
    return true;
  }

  /** Adds what the time since the last refill allows. */
  refill(nowMs: number): void {
    this.left = Math.min(this.burst, this.left + ((nowMs - this.filledAtMs) * this.perSecond) / 1000);
    this.filledAtMs = nowMs;
  }
}
