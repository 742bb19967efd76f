import { setTimeout as delay } from 'node:timers/promises';
import type { Disposable } from '../base/disposable';
import type { NodeProcess } from '../target/processes';
import { hostOf, portOf, type Where } from './address';
import type { Attachments } from './attachments';
import type { AttachmentView } from './attachmentView';

/** What following a restart needs from outside; each can be stood in for. */
export interface RestartsEnvironment {
  attachments: Attachments;
  /** Whether restarts are to be followed now. */
  isOn(): boolean;
  listProcesses(): Promise<NodeProcess[]>;
  /** Whether an inspector answers at an address. */
  answers(where: Where): Promise<boolean>;
  log: (line: string) => void;
  /** Between two looks for the successor. */
  everyMs?: number;
  /** How long a process that has just started is left alone. */
  settledMs?: number;
  /** How long it is waited for. */
  patienceMs?: number;
}

const EVERY_MS = 500;
const PATIENCE_MS = 60_000;
/** Node that is only starting is left alone: Node 18 may hang for good when a client comes while it sets itself up. */
const SETTLED_MS = 1000;

/**
 * Goes on after a restart (nodemon, `node --watch`, a supervisor): when a process has ended by itself, waits for the one
 * that takes its place, at the same port or with the same script and arguments, and attaches to that instead.
 */
export class Restarts implements Disposable {
  /** The process of each attachment by pid, as it was listed while it ran; without one only its port can tell. */
  private readonly programs = new WeakMap<AttachmentView, Promise<NodeProcess | undefined>>();
  private readonly stop = new AbortController();
  private readonly following: Disposable;

  constructor(private readonly environment: RestartsEnvironment) {
    this.following = environment.attachments.onDidChange(() => this.look());
  }

  dispose(): void {
    this.stop.abort();
    this.following.dispose();
  }

  private look(): void {
    const { attachments } = this.environment;
    for (const view of attachments.all) {
      const known = this.programs.get(view);
      if (view.live && !known) this.programs.set(view, this.programOf(view));
      if (view.live || !known) continue;
      this.programs.delete(view);
      if (view.attachment.endedByItself && this.environment.isOn()) void this.follow(view, known);
    }
  }

  private async programOf({ attachment: { info } }: AttachmentView): Promise<NodeProcess | undefined> {
    if (!('pid' in info.where) || !this.environment.isOn()) return undefined;
    const processes = await this.environment.listProcesses().catch(() => []);
    return processes.find(({ pid }) => pid === info.pid);
  }

  private async follow(ended: AttachmentView, known: Promise<NodeProcess | undefined>): Promise<void> {
    const { attachments, everyMs = EVERY_MS, settledMs = SETTLED_MS, patienceMs = PATIENCE_MS, log } = this.environment;
    const { info, options } = ended.attachment;
    const untilMs = performance.now() + patienceMs;
    const waits = (): boolean =>
      !this.stop.signal.aborted && attachments.all.includes(ended) && performance.now() < untilMs;
    ended.setAwaited(true);
    try {
      const before = await known;
      while (waits()) {
        const where = await this.successorOf(ended, before);
        await delay(where ? settledMs : everyMs, undefined, { signal: this.stop.signal });
        if (!where || !waits()) continue;
        try {
          await attachments.attach({
            where,
            options: { level: options.level, beatMs: options.beatMs },
            instead: ended,
          });
          return;
        } catch (error) {
          log(`after the restart of ${info.name}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    } catch (error) {
      if (!this.stop.signal.aborted) log(String(error));
    } finally {
      ended.setAwaited(false);
    }
  }

  /** How to reach what has taken the place of an ended process; null while nothing has. */
  private async successorOf(ended: AttachmentView, before: NodeProcess | undefined): Promise<Where | null> {
    const { where, pid } = ended.attachment.info;
    const port = portOf(where);
    const host = hostOf(where);
    if (port !== null && host !== null) {
      return (await this.environment.answers({ host, port })) ? { host, port } : null;
    }
    if (!before?.script) return null;
    const attached = new Set(this.environment.attachments.live.map(({ attachment }) => attachment.info.pid));
    const processes = await this.environment.listProcesses().catch(() => []);
    const [next] = processes
      .filter((one) => one.pid !== pid && !attached.has(one.pid) && isSameProgram(one, before))
      .filter(({ startedAtMs }) => (startedAtMs ?? 0) > (before.startedAtMs ?? Infinity))
      .sort((a, b) => (a.startedAtMs ?? 0) - (b.startedAtMs ?? 0));
    return next ? { pid: next.pid } : null;
  }
}

function isSameProgram(one: NodeProcess, other: NodeProcess): boolean {
  return one.script === other.script && one.args.join('\0') === other.args.join('\0') && one.user === other.user;
}
