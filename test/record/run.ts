import { Monitor } from '../../src/model/monitor';
import type { CpuSummary } from '../../src/protocol/probe';
import type { Step } from '../support/recorded';
import { root } from '../support/paths.mjs';
import { Target, until, stopTargets } from '../support/target';

/** What is recorded: a fault of faults.cjs, how many beats, and how far apart. */
export interface Run {
  name: string;
  beats: number;
  beatMs?: number;
  nodeArgs?: string[];
}

/** The busiest function is enough to judge what is wrong. */
const FUNCTIONS = 1;
const steps = new WeakMap<Monitor, Step[]>();

/** Notes from now on what monitors are given. */
export function listen(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- each is called on the monitor that it was called on
  const { applyBatch, applyCpu } = Monitor.prototype;
  const note = (monitor: Monitor, step: Step): void => {
    steps.set(monitor, [...(steps.get(monitor) ?? []), step]);
  };
  Monitor.prototype.applyBatch = function (batch, at) {
    note(this, { batch, timeMs: at.timeMs, sites: [...at.sites], thread: at.thread ?? null });
    return applyBatch.call(this, batch, at);
  };
  Monitor.prototype.applyCpu = function (summary, functions, callers) {
    const calls = { callers: [], functions: [], selfMs: [] };
    const cpu: CpuSummary = { ...summary, functions: summary.functions.slice(0, FUNCTIONS), calls };
    note(this, { cpu, functions: functions.slice(0, FUNCTIONS), callers: [...(callers ?? [])] });
    applyCpu.call(this, summary, functions, callers);
  };
}

/** Runs a fault on a real Node and answers what its monitor was given, as lines of JSON. */
export async function record(major: number, { name, beats, beatMs = 1000, nodeArgs = [] }: Run): Promise<string> {
  try {
    const target = await Target.start(major, 'findings/faults.cjs', { args: [name], nodeArgs });
    const attachment = await target.attach({ beatMs });
    const { monitor } = attachment as unknown as { monitor: Monitor };
    const isEnough = (): boolean => (attachment.snapshot?.sequence ?? 0) >= beats;
    await until(isEnough, `${beats} beats of ${name}`, beats * beatMs * 3 + 60_000);
    return (steps.get(monitor) ?? []).map(lineOf).join('');
  } finally {
    await stopTargets();
  }
}

/** Without the machine's own paths, and not more exact than anybody needs. */
function lineOf(step: Step): string {
  const text = JSON.stringify(step, (_, value: unknown) =>
    typeof value === 'number' ? Math.round(value * 1000) / 1000 : value,
  );
  return `${text.replaceAll(root, '/srv')}\n`;
}
