import type { NodeProcess } from '../target/processes';
import { parseWhere } from './address';
import type { Attachments } from './attachments';
import type { AttachmentView } from './attachmentView';
import type { Target } from './attaching';

/** The part of VS Code's `Memento` that is used. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const KEY = 'loopscope.attached';

/** Two readings of the same start may differ by rounding and by the time Node takes to boot. */
const SAME_START_MS = 3000;

interface Remembered {
  target: Target & { onlyPid: number };
  startedAtMs: number | null;
}

/** Remembers what is attached, so that it can be taken up again after "Reload Window"; a detached target is forgotten. */
export class RememberedTargets {
  private written = '';

  constructor(
    private readonly memory: Memory,
    private readonly attachments: Attachments,
  ) {
    attachments.onDidChange(() => this.write());
  }

  /** What was attached when the window was closed and still runs; the shown one last, so that it is shown again. */
  async stillRunning(listProcesses: () => Promise<NodeProcess[]>): Promise<Target[]> {
    const saved = this.memory.get(KEY);
    const remembered = (Array.isArray(saved) ? saved : []).map(parse).filter((one) => one !== null);
    if (remembered.length === 0) return [];
    const processes = await listProcesses();
    return remembered.filter((one) => runs(one, processes)).map(({ target }) => target);
  }

  /** Writes down what is attached now, also when nothing has changed. */
  save(): void {
    this.written = '';
    this.write();
  }

  private write(): void {
    const { live, shownTarget } = this.attachments;
    const shownLast = [...live.filter((view) => view !== shownTarget), ...live.filter((view) => view === shownTarget)];
    const value = shownLast.map(toMemory);
    const text = JSON.stringify(value.map(({ where, pid, startedAtMs }) => [where, pid, startedAtMs !== null]));
    if (text === this.written) return;
    this.written = text;
    void this.memory.update(KEY, value);
  }
}

function toMemory({ attachment: { info, snapshot } }: AttachmentView): {
  where: unknown;
  name: string;
  pid: number;
  startedAtMs: number | null;
} {
  const startedAtMs = snapshot && Math.round(snapshot.timeMs - snapshot.target.uptimeMs);
  return { where: info.where, name: info.name, pid: info.pid, startedAtMs };
}

function parse(saved: unknown): Remembered | null {
  const { where, name, pid, startedAtMs } = (saved ?? {}) as Record<string, unknown>;
  const parsed = parseWhere(where);
  if (!parsed || typeof pid !== 'number' || typeof name !== 'string') return null;
  return {
    target: { where: parsed, label: name, onlyPid: pid },
    startedAtMs: typeof startedAtMs === 'number' ? startedAtMs : null,
  };
}

/** A pid is used again by other processes: its start must be the same. An address is asked who answers there. */
function runs({ target, startedAtMs }: Remembered, processes: NodeProcess[]): boolean {
  const { where } = target;
  if (!('pid' in where)) return true;
  const process = processes.find(({ pid }) => pid === where.pid);
  if (!process) return false;
  if (startedAtMs === null || process.startedAtMs === null) return true;
  return Math.abs(process.startedAtMs - startedAtMs) < SAME_START_MS;
}
