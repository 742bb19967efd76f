/** Allows so many dear steps a second; what was not used is saved up to one burst. */
export class Budget {
  private left: number;
  private filledAtMs: number;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    private readonly now: () => number,
  ) {
    this.left = burst;
    this.filledAtMs = now();
  }

  take(): boolean {
    if (this.left < 1) {
      const nowMs = this.now();
      this.left = Math.min(this.burst, this.left + ((nowMs - this.filledAtMs) * this.perSecond) / 1000);
      this.filledAtMs = nowMs;
      if (this.left < 1) return false;
    }
    this.left--;
    return true;
  }
}
