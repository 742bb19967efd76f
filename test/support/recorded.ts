import { readFileSync } from 'node:fs';
import { Monitor, type MonitorOptions } from '../../src/model/monitor';
import { DEFAULTS } from '../../src/protocol/defaults';
import type { Batch, CpuSummary, ThreadShares } from '../../src/protocol/probe';
import type { Site, Snapshot } from '../../src/protocol/snapshot';
import { fixturePath } from './target';

/** One line of a recording: what the monitor of a real run was given. */
export type Step =
  | { batch: Batch; timeMs: number; sites: [number, Site][]; thread: ThreadShares | null }
  | { cpu: CpuSummary; functions: Site[]; callers: Site[] };

/** What batches and summaries have had only since some of the runs were recorded. */
const LATER_OWNERS: Batch['owners'] = { unheard: [], servers: [], pools: [], streams: [] };
const LATER: Pick<Batch, 'events'> = { events: [] };
const LATER_CPU: Partial<CpuSummary> = { calls: { callers: [], functions: [], selfMs: [] } };

/** The snapshots of a recorded run, as the rules see it now. */
export function* replay(name: string, options: Partial<MonitorOptions> = {}): Generator<Snapshot> {
  const lines = readFileSync(fixturePath(`recorded/runs/${name}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n');
  const { thresholds } = DEFAULTS;
  const monitor = new Monitor({ level: 'track', beatMs: 1000, sampling: true, thresholds, ...options });
  for (const line of lines) {
    const step = JSON.parse(line) as Step;
    if ('batch' in step) {
      const owners = { ...LATER_OWNERS, ...step.batch.owners };
      yield monitor.applyBatch({ ...LATER, ...step.batch, owners }, { ...step, sites: new Map(step.sites) });
    } else monitor.applyCpu({ ...LATER_CPU, ...step.cpu }, step.functions, step.callers);
  }
}
