import type { Disposable } from '../base/disposable';
import type { NodeProcess } from '../target/processes';
import { isLocal } from './address';
import type { Attachments } from './attachments';
import type { AttachmentView } from './attachmentView';

/** A process that an attached one has started. */
export interface Child {
  process: NodeProcess;
  parent: AttachmentView;
}

/** What following children needs from outside; each can be stood in for. */
export interface ChildrenEnvironment {
  attachments: Attachments;
  /** Whether they are attached to without asking. */
  isFollowing: () => boolean;
  listProcesses: () => Promise<NodeProcess[]>;
  /** Asks a person once about children that have come; those that it answers are attached to. */
  offer: (children: readonly Child[]) => Promise<readonly Child[]>;
  log: (line: string) => void;
  /** Between two looks. */
  everyMs?: number;
}

const EVERY_MS = 3000;
/** Looks in which a process was seen until it counts. */
const MET = 2;
/** A listing may be dear (on Windows a PowerShell is started for it): it gets this share of the time at the most. */
const SHARE_OF_TIME = 0.05;

/**
 * Finds the Node processes with an inspector that attached ones have started (cluster, `child_process.fork`, pools of a
 * test runner), and attaches to them too: by itself when that is wanted, else after asking once. Looks for them only
 * while a process of this machine is attached.
 */
export class Children implements Disposable {
  /** By pid and start, since pids are used again: how often each was seen. */
  private seen: ReadonlyMap<string, number> = new Map();
  private readonly following: Disposable;
  private timer: NodeJS.Timeout | null = null;
  private disposed = false;

  constructor(private readonly environment: ChildrenEnvironment) {
    this.following = environment.attachments.onDidChange(() => this.schedule(0));
  }

  dispose(): void {
    this.disposed = true;
    this.following.dispose();
    if (this.timer) clearTimeout(this.timer);
  }

  private get parents(): AttachmentView[] {
    return this.environment.attachments.live.filter(({ attachment }) => isLocal(attachment.info.where));
  }

  private get parentsByPid(): ReadonlyMap<number, AttachmentView> {
    return new Map(this.parents.map((view) => [view.attachment.info.pid, view]));
  }

  private schedule(inMs: number): void {
    if (this.timer || this.disposed || this.parents.length === 0) return;
    this.timer = setTimeout(() => void this.look(), inMs);
  }

  private async look(): Promise<void> {
    const { listProcesses, isFollowing, offer, log, everyMs = EVERY_MS } = this.environment;
    const startMs = performance.now();
    try {
      const processes = await listProcesses();
      this.relate(processes);
      const found = this.newAmong(processes);
      if (found.length > 0 && !this.disposed) {
        // A question may stay open for long: meanwhile others are looked for.
        const wanted = isFollowing() ? Promise.resolve(found) : offer(found);
        void wanted.then((children) => this.attachTo(children)).catch((error: unknown) => log(String(error)));
      }
    } catch (error) {
      log(`looking for children: ${String(error)}`);
    } finally {
      this.timer = null;
      this.schedule(Math.max(everyMs, (performance.now() - startMs) / SHARE_OF_TIME));
    }
  }

  /** Tells those that are attached which of the others has started them. */
  private relate(processes: readonly NodeProcess[]): void {
    const parents = this.parentsByPid;
    for (const process of processes) {
      const view = parents.get(process.pid);
      if (view) view.parent = ancestorIn(parents, process);
    }
  }

  /**
   * Also children of children, whose parent may be a shell. Each when it is seen for the second time: Node 18
   * may hang for good when a client comes while it sets itself up.
   */
  private newAmong(processes: readonly NodeProcess[]): Child[] {
    const parents = this.parentsByPid;
    const found: Child[] = [];
    const seen = new Map<string, number>();
    for (const process of processes) {
      const parent = ancestorIn(parents, process);
      if (process.inspector === null || !parent) continue;
      const key = `${process.pid} ${process.startedAtMs}`;
      // One that is attached, and one that a person has detached, is met already.
      const times = parents.has(process.pid) ? MET : (this.seen.get(key) ?? 0) + 1;
      seen.set(key, times);
      if (times === MET && !parents.has(process.pid)) found.push({ process, parent });
    }
    this.seen = seen;
    return found;
  }

  private async attachTo(children: readonly Child[]): Promise<void> {
    const { attachments, log } = this.environment;
    for (const { process, parent } of children) {
      if (this.disposed || !parent.live) return;
      const { level, beatMs } = parent.attachment.options;
      try {
        const child = await attachments.attach({ where: { pid: process.pid }, options: { level, beatMs } });
        child.parent = parent;
      } catch (error) {
        log(`child ${process.pid}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}

function ancestorIn(parents: ReadonlyMap<number, AttachmentView>, { ancestors }: NodeProcess): AttachmentView | null {
  return ancestors.map((pid) => parents.get(pid)).find((view) => view !== undefined) ?? null;
}
