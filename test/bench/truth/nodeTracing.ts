import type { Session } from '../../../src/target/session';

/** What Node's own tracing measures of the loop, in ms of a window. */
export interface Traced {
  RunTimers: number;
  CheckImmediate: number;
}

/** Times in microseconds of `process.hrtime`. */
interface TraceEvent {
  name: string;
  ts: number;
  dur?: number;
}

/** Traces while something else is done; `sums` adds up a window on the clock of the target's uptime. */
export async function traced<T>(
  session: Session,
  act: () => Promise<T>,
): Promise<{ result: T; sums: (fromMs: number, untilMs: number) => Traced }> {
  const events: TraceEvent[] = [];
  session.on<{ value: TraceEvent[] }>('NodeTracing.dataCollected', ({ value }) => events.push(...value));
  const complete = new Promise<void>((resolve) => session.on('NodeTracing.tracingComplete', () => resolve()));
  const { result: offset } = await session.send<{ result: { value: number } }>('Runtime.evaluate', {
    expression: 'Number(process.hrtime.bigint()) / 1e6 - process.uptime() * 1000',
  });
  await session.send('NodeTracing.start', { traceConfig: { includedCategories: ['node.environment'] } });
  const result = await act();
  await session.send('NodeTracing.stop');
  await complete;
  const sums = (fromMs: number, untilMs: number): Traced => {
    const sumOf = (wanted: string): number =>
      events.reduce((sum, { name, ts, dur = 0 }) => {
        const startMs = ts / 1000 - offset.value;
        const ms = Math.min(startMs + dur / 1000, untilMs) - Math.max(startMs, fromMs);
        return name === wanted && ms > 0 ? sum + ms : sum;
      }, 0);
    return { RunTimers: sumOf('RunTimers'), CheckImmediate: sumOf('CheckImmediate') };
  };
  return { result, sums };
}
