import type { Attachment, AttachmentOptions, Predecessor } from '../attachment';
import type { Disposable } from '../base/disposable';
import { Emitter, type Event } from '../base/event';
import type { ConnectStep } from '../protocol/panel';
import { isLocal, portOf, type Where } from './address';
import { AttachmentView, type ThreadView } from './attachmentView';

/** What an attach may be given besides its target. */
export interface AttachHooks {
  onSteps?: (steps: ConnectStep[]) => void;
  signal?: AbortSignal;
}

/** What the list needs from outside; each can be stood in for. */
export interface AttachmentsEnvironment {
  attach(
    where: Where,
    options: AttachmentOptions,
    hooks: AttachHooks & { distortion: string | null; predecessor: Predecessor | undefined },
  ): Promise<Attachment>;
  /** How to reach a target, and with which options, as the settings and its debugger say; `pid` is null when unknown. */
  prepare(where: Where, pid: number | null): Promise<Prepared>;
  /** Local Node processes with the port of their inspector, to tell that an address is one of them. */
  listProcesses(): Promise<{ pid: number; inspector: { port: number } | null }[]>;
  /** A listener threw. */
  onError: (error: unknown) => void;
}

interface Prepared {
  where: Where;
  options: AttachmentOptions;
  /** A debugger is there already: what it does to the figures. */
  distortion: string | null;
}

/** What an attach asks for; `pid` is given when it is known although the target is named by an address. */
export interface AttachRequest {
  where: Where;
  pid?: number | undefined;
  options?: Partial<Pick<AttachmentOptions, 'level' | 'beatMs'>> | undefined;
  /** The ended attachment whose place it takes: its charts go on, and it leaves the list. */
  instead?: AttachmentView | undefined;
}

/** The attachments of this window: the live ones, and the shown one also after its end. One is shown. */
export class Attachments implements Disposable {
  private readonly views = new Map<string, AttachmentView>();
  private readonly pending = new Map<string, Promise<AttachmentView>>();
  private readonly change: Emitter<void>;
  private shownId: string | null = null;
  private closed = false;

  /** Attachments came or went, ended, changed their state, or another one is shown. */
  readonly onDidChange: Event<void>;

  constructor(private readonly environment: AttachmentsEnvironment) {
    this.change = new Emitter(environment.onError);
    this.onDidChange = this.change.event;
  }

  /** In the order they were attached. */
  get all(): AttachmentView[] {
    return [...this.views.values()];
  }

  get live(): AttachmentView[] {
    return this.all.filter((view) => view.live);
  }

  /** What is shown: a process by its main thread, one of its workers, or all of its threads together. */
  get shown(): ThreadView | null {
    return this.shownTarget?.shownThread ?? null;
  }

  /** The process of which something is shown. */
  get shownTarget(): AttachmentView | null {
    return (this.shownId === null ? null : this.views.get(this.shownId)) ?? null;
  }

  /** Attaches, or gives the live attachment to the same process; does not change what is shown unless nothing is. */
  async attach(request: AttachRequest, hooks: AttachHooks = {}): Promise<AttachmentView> {
    const existing = await this.find(request);
    if (existing) return existing;
    const key = JSON.stringify(request.pid ?? request.where);
    const running = this.pending.get(key);
    if (running) return running;
    const attaching = this.attachNew(request, hooks);
    this.pending.set(key, attaching);
    try {
      return await attaching;
    } finally {
      this.pending.delete(key);
    }
  }

  /** Shows an attachment of the list; ended ones that are not shown any more leave the list. */
  show(id: string): void {
    if (!this.views.has(id)) return;
    this.shownId = id;
    for (const view of this.all) if (!view.live && view.id !== id) this.remove(view);
    this.change.fire();
  }

  /** Takes an ended attachment off the page; nothing is shown then, or the latest live one. */
  dismiss(view: AttachmentView): void {
    if (view.live) return;
    this.remove(view);
    this.shownId = this.live.at(-1)?.id ?? null;
    this.change.fire();
  }

  /** Detaches all; nothing can be attached afterwards. */
  async close(): Promise<void> {
    this.closed = true;
    const views = this.all;
    this.dispose();
    await Promise.all(views.map((view) => view.attachment.detach()));
  }

  dispose(): void {
    this.closed = true;
    this.change.dispose();
    for (const view of this.all) this.remove(view);
  }

  private async attachNew(request: AttachRequest, hooks: AttachHooks): Promise<AttachmentView> {
    const { where: asked, pid = 'pid' in asked ? asked.pid : null } = request;
    const { where, options, distortion } = await this.environment.prepare(asked, pid);
    const wanted = { ...options, ...defined(request.options) };
    const { instead } = request;
    const predecessor = instead && {
      points: instead.attachment.history(),
      endedAtMs: instead.attachment.stateSinceTimeMs,
    };
    const attaching = this.environment.attach(where, wanted, { ...hooks, distortion, predecessor });
    const attachment = await orGivenUp(attaching, hooks.signal);
    if (this.closed) {
      await attachment.detach();
      throw new Error('The window closed while an attach was under way.');
    }
    const view = new AttachmentView(attachment, this.environment.onError);
    this.views.set(view.id, view);
    view.onDidChange(() => this.change.fire());
    instead?.succeededBy(view);
    if (instead && this.shownTarget !== instead) this.remove(instead);
    if (!this.shownTarget?.live) this.show(view.id);
    else this.change.fire();
    return view;
  }

  private async find({ where, pid }: AttachRequest): Promise<AttachmentView | null> {
    const { live } = this;
    if (live.length === 0) return null;
    const same = live.find(({ attachment }) => JSON.stringify(attachment.info.where) === JSON.stringify(where));
    if (same) return same;
    const local = live.filter(({ attachment }) => isLocal(attachment.info.where));
    const wanted = pid ?? (await this.pidOf(where));
    return local.find(({ attachment }) => attachment.info.pid === wanted) ?? null;
  }

  private async pidOf(where: Where): Promise<number | null> {
    if ('pid' in where) return where.pid;
    const port = portOf(where);
    if (port === null || !isLocal(where)) return null;
    // Without a list the target is taken for a new one.
    const processes = await this.environment.listProcesses().catch(() => []);
    return processes.find((one) => one.inspector?.port === port)?.pid ?? null;
  }

  private remove(view: AttachmentView): void {
    this.views.delete(view.id);
    view.dispose();
  }
}

/** Whoever gives up an attach need not wait until it has undone what it began; what is attached all the same is detached. */
async function orGivenUp(attaching: Promise<Attachment>, signal: AbortSignal | undefined): Promise<Attachment> {
  const givenUp = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  try {
    return await Promise.race([attaching, givenUp]);
  } catch (error) {
    attaching.then((late) => late.detach()).catch(() => undefined);
    throw error;
  }
}

function defined<T extends object>(options: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined)) as Partial<T>;
}
