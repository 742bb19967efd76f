import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { Snapshot } from '../src/protocol/snapshot';
import { age, clean, fixed, megabytes, NOT_KNOWN, percent, whole } from './format';
import { ABOUT } from './parts';
import type { Shown } from './reducer';

const inMegabytes = (bytes: number | null): string => (bytes === null ? NOT_KNOWN : `${megabytes(bytes)} MB`);

function garbage({ gcMs, gcCount }: Snapshot['memory']): string {
  if (gcMs === null) return NOT_KNOWN;
  const took = `${fixed(gcMs)} ms`;
  if (gcCount === null) return l10n.t('{0}, last beat', took);
  return gcCount === 1
    ? l10n.t('{0} in 1 run, last beat', took)
    : l10n.t('{0} in {1} runs, last beat', took, whole(gcCount));
}

function promises({ pendingTotals, promises: figures }: Snapshot): string {
  if (!figures) return l10n.t('{0} (level deep counts them)', NOT_KNOWN);
  const of = figures.method === 'sampled' && pendingTotals.promises ? ABOUT : '';
  const count = of + whole(pendingTotals.promises);
  return figures.oneIn > 1 ? l10n.t('{0}, one in {1} followed', count, whole(figures.oneIn)) : count;
}

function pairsOf({ attachment }: Shown, snapshot: Snapshot): [name: string, value: string][] {
  const { target, memory, cpu, loop, windowMs, pendingTotals, cost } = snapshot;
  const turns =
    loop.turns === null || windowMs <= 0
      ? NOT_KNOWN
      : l10n.t({
          message: '{0} a second',
          args: [whole((loop.turns / windowMs) * 1000)],
          comment: 'Loop turns',
        });
  const share = (value: number | null): string => (value === null ? NOT_KNOWN : `${percent(value)} %`);
  return [
    [l10n.t('Program'), clean(target.program, 400) || l10n.t('(no script)')],
    [l10n.t('Title'), clean(target.title, 200)],
    ['pid', String(target.pid)],
    ['Node', clean(attachment.nodeVersion, 30)],
    [l10n.t('Up for'), age(target.uptimeMs)],
    [l10n.t('Resident set'), inMegabytes(memory.rssBytes)],
    [l10n.t('Heap used'), inMegabytes(memory.heapUsedBytes)],
    [l10n.t('Heap total'), inMegabytes(memory.heapTotalBytes)],
    [l10n.t('Heap limit'), inMegabytes(memory.heapLimitBytes)],
    [l10n.t('External'), inMegabytes(memory.externalBytes)],
    [l10n.t('Array buffers'), inMegabytes(memory.arrayBuffersBytes)],
    [l10n.t('Garbage collection'), garbage(memory)],
    ['CPU', l10n.t('user {0}, system {1}', share(cpu.userShare), share(cpu.systemShare))],
    [l10n.t('Loop turns'), turns],
    [l10n.t('Pending timers'), whole(pendingTotals.timers)],
    [l10n.t('Pending immediates'), whole(pendingTotals.immediates)],
    [l10n.t('Pending requests'), whole(pendingTotals.requests)],
    [l10n.t('Open handles'), whole(pendingTotals.handles)],
    [l10n.t('Pending promises'), promises(snapshot)],
    [l10n.t('Cost of deep'), cost.deepMs === null ? NOT_KNOWN : l10n.t('{0}, last beat', `${fixed(cost.deepMs)} ms`)],
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
