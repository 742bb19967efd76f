import { DisposableStore, type Disposable } from '../base/disposable';
import { Emitter, type Event } from '../base/event';
import type { CpuSummary, DrainOptions } from '../protocol/probe';
import { decodeProfile, summarize } from './cpuProfile';
import type { Scripts } from './scripts';
import { NO_TIMEOUT_MS, type Session } from './session';

/**
 * A profile shorter than this has too few samples to say anything. Longer ones would not be cheaper by more than a
 * thousandth of a core, and beats that come a second apart each want one of their own window, also when they are uneven.
 */
const STRETCH_MS = 500;

/**
 * The rolling CPU profile: while one named profile runs the next is started, so none is missed between two. That takes
 * the target 0.3 ms, and as much to hand the last one over; starting the first stops a loaded target for about 30 ms.
 * Starting and ending ride on the beat.
 */
export class Sampler implements Disposable {
  private readonly store = new DisposableStore();
  private readonly summaries: Emitter<CpuSummary>;
  private number = 0;
  private startedAtMs = 0;
  private readonly prefix = `loopscope-${Math.random().toString(36).slice(2, 8)}-`;

  private constructor(
    private readonly session: Session,
    scripts: Scripts,
    private readonly intervalUs: number,
    private readonly now: () => number,
    onError: (error: unknown) => void,
  ) {
    this.summaries = this.store.add(new Emitter<CpuSummary>(onError));
    this.store.add(
      session.on<{ profile?: unknown; title?: unknown }>('Profiler.consoleProfileFinished', (finished) => {
        // Sessions hear the profiles of other clients too.
        if (typeof finished.title !== 'string' || !finished.title.startsWith(this.prefix)) return;
        try {
          const profile = decodeProfile(finished.profile);
          for (const { callFrame } of profile.nodes) scripts.learn(callFrame.scriptId, callFrame.url);
          this.summaries.fire(summarize(profile));
        } catch (error) {
          onError(error);
        }
      }),
    );
  }

  /** Switches the profiler of this session on; `intervalUs` is the time between samples in microseconds. */
  static async start(
    session: Session,
    scripts: Scripts,
    intervalUs: number,
    now: () => number,
    onError: (error: unknown) => void,
  ): Promise<Sampler> {
    const sampler = new Sampler(session, scripts, intervalUs, now, onError);
    await sampler.enable();
    return sampler;
  }

  /** One stretch of samples: a beat, or two when they are short. */
  get onDidSummarize(): Event<CpuSummary> {
    return this.summaries.event;
  }

  /** What the next beat should start and end. */
  nextProfile(): DrainOptions['profile'] {
    const nowMs = this.now();
    if (this.number > 0 && nowMs - this.startedAtMs < STRETCH_MS * 0.9) return null;
    this.startedAtMs = nowMs;
    const end = this.number > 0 ? this.nameOf(this.number) : null;
    this.number++;
    return { start: this.nameOf(this.number), end };
  }

  /** Ends all profiles of the session and begins anew: what the last beats started was lost with their probe. */
  async restart(): Promise<void> {
    this.number = 0;
    await this.session.send('Profiler.disable', {}, NO_TIMEOUT_MS);
    await this.enable();
  }

  /** Few names, because each new text of an evaluation stays in the target. */
  private nameOf(number: number): string {
    return `${this.prefix}${number % 3}`;
  }

  private async enable(): Promise<void> {
    await this.session.send('Profiler.enable', {}, NO_TIMEOUT_MS);
    await this.session.send('Profiler.setSamplingInterval', { interval: this.intervalUs }, NO_TIMEOUT_MS);
  }

  dispose(): void {
    this.store.dispose();
  }
}
