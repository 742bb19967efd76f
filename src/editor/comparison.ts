import type { ComparedProcess } from '../protocol/panel';
import type { AttachmentView } from './attachmentView';
import { short } from './bounds';

/** The most processes that are compared. */
const PROCESSES = 200;
const LATEST_MS = 10_000;
const NAME = 300;

/** The attached processes with their latest figures, also while the view of one is paused; each below the one that started it. */
export function comparedProcesses(views: readonly AttachmentView[]): ComparedProcess[] {
  const rows = new Map<AttachmentView, ComparedProcess>();
  const add = (view: AttachmentView, depth: number): void => {
    if (rows.has(view)) return;
    rows.set(view, comparedProcess(view, depth));
    for (const child of views) if (child.parent?.latest === view) add(child, depth + 1);
  };
  const isListed = ({ parent }: AttachmentView): boolean => parent !== null && views.includes(parent.latest);
  for (const view of views) if (!isListed(view)) add(view, 0);
  // Pids are used again, so that two may be said to have started each other.
  for (const view of views) add(view, 0);
  return [...rows.values()].slice(0, PROCESSES);
}

function comparedProcess({ attachment }: AttachmentView, depth: number): ComparedProcess {
  const { info, state, snapshot } = attachment;
  const lateness = attachment.history(LATEST_MS).flatMap(({ latenessMaxMs }) => latenessMaxMs ?? []);
  return {
    attachmentId: info.id,
    name: short(info.name, NAME),
    pid: info.pid,
    depth,
    state,
    utilization: snapshot?.loop.utilization ?? null,
    utilizationMethod: snapshot?.loop.method ?? null,
    latenessMaxMs: lateness.length > 0 ? Math.max(...lateness) : null,
    heapUsedBytes: snapshot?.memory.heapUsedBytes ?? null,
    pending: snapshot?.pendingTotals ?? null,
  };
}
