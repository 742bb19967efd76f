import type { JSX } from 'preact';
import type { Snapshot } from '../src/protocol/snapshot';
import { age, clean, fixed, megabytes, NOT_KNOWN, percent, whole } from './format';
import { ABOUT } from './parts';
import type { Shown } from './reducer';

const inMegabytes = (bytes: number | null): string => (bytes === null ? NOT_KNOWN : `${megabytes(bytes)} MB`);

function garbage({ gcMs, gcCount }: Snapshot['memory']): string {
  if (gcMs === null) return NOT_KNOWN;
  const runs = gcCount === null ? '' : ` in ${whole(gcCount)} ${gcCount === 1 ? 'run' : 'runs'}`;
  return `${fixed(gcMs)} ms${runs}, last beat`;
}

function promises({ pendingTotals, promises: figures }: Snapshot): string {
  if (!figures) return `${NOT_KNOWN} (level deep counts them)`;
  const of = figures.method === 'sampled' && pendingTotals.promises ? ABOUT : '';
  const followed = figures.oneIn > 1 ? `, one in ${whole(figures.oneIn)} followed` : '';
  return `${of}${whole(pendingTotals.promises)}${followed}`;
}

function pairsOf({ attachment }: Shown, snapshot: Snapshot): [name: string, value: string][] {
  const { target, memory, cpu, loop, windowMs, pendingTotals, cost } = snapshot;
  const turns = loop.turns === null || windowMs <= 0 ? NOT_KNOWN : `${whole((loop.turns / windowMs) * 1000)} a second`;
  const share = (value: number | null): string => (value === null ? NOT_KNOWN : `${percent(value)} %`);
  return [
    ['Program', clean(target.program, 400) || '(no script)'],
    ['Title', clean(target.title, 200)],
    ['pid', String(target.pid)],
    ['Node', clean(attachment.nodeVersion, 30)],
    ['Up for', age(target.uptimeMs)],
    ['Resident set', inMegabytes(memory.rssBytes)],
    ['Heap used', inMegabytes(memory.heapUsedBytes)],
    ['Heap total', inMegabytes(memory.heapTotalBytes)],
    ['Heap limit', inMegabytes(memory.heapLimitBytes)],
    ['External', inMegabytes(memory.externalBytes)],
    ['Array buffers', inMegabytes(memory.arrayBuffersBytes)],
    ['Garbage collection', garbage(memory)],
    ['CPU', `user ${share(cpu.userShare)}, system ${share(cpu.systemShare)}`],
    ['Loop turns', turns],
    ['Pending timers', whole(pendingTotals.timers)],
    ['Pending immediates', whole(pendingTotals.immediates)],
    ['Pending requests', whole(pendingTotals.requests)],
    ['Open handles', whole(pendingTotals.handles)],
    ['Pending promises', promises(snapshot)],
    ['Cost of deep', cost.deepMs === null ? NOT_KNOWN : `${fixed(cost.deepMs)} ms, last beat`],
  ];
}

/** Figures of the process as a whole. */
export function Process({ shown, snapshot }: { shown: Shown; snapshot: Snapshot }): JSX.Element {
  return (
    <dl class="kv">
      {pairsOf(shown, snapshot).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="cut" data-tip={value.length > 40 ? value : ''}>
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}
