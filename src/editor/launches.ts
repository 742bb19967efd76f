import { setTimeout as delay } from 'node:timers/promises';
import { isLocal, type Where } from './address';
import type { Attaching, Target } from './attaching';
import type { Attachments } from './attachments';
import type { AttachmentView } from './attachmentView';
import { launchOptions, launchTarget, type LaunchDefinition } from './launchDefinition';

/** What attaches that are started by a debug configuration or a task work with. */
export interface LaunchesContext {
  attachments: Attachments;
  attaching: Attaching;
  /** Lets a person choose; null when nothing was chosen. */
  pick: () => Promise<Target | null>;
  openPanel: () => void;
  /** Whether an inspector answers at an address. */
  answers: (where: Where) => Promise<boolean>;
}

/** An attachment for as long as the debug session or the task that asked for it: either ends with the other. */
export interface Launched {
  readonly name: string;
  readonly pid: number;
  /** Resolves with the sentence about the end; a process that starts again goes on. */
  readonly over: Promise<string>;
  /** Takes everything out again, and waits for no restart. */
  detach(): Promise<void>;
}

/** A program that is started together with us opens its inspector soon. */
const PATIENCE_MS = 10_000;
const LOOK_AGAIN_MS = 250;
/** Node 18 may hang for good when a client comes while it sets itself up. */
const SETTLED_MS = 1000;

/** Attaches as debug configurations and tasks say. */
export class Launches {
  constructor(private readonly context: LaunchesContext) {}

  /** Null when it failed, was refused or cancelled, which has been said. Throws HumanError for a wrong definition. */
  async attach(definition: LaunchDefinition, signal: AbortSignal): Promise<Launched | null> {
    const { attaching, pick, openPanel } = this.context;
    const options = launchOptions(definition);
    const target = launchTarget(definition) ?? (await pick());
    if (!target) return null;
    await this.opened(target.where, signal);
    if (signal.aborted) return null;
    openPanel();
    const view = await attaching.startInTurn({ ...target, options }, signal);
    return view && this.launched(view);
  }

  /** Waits for an inspector that is about to open. */
  private async opened(where: Where, signal: AbortSignal): Promise<void> {
    // Another machine is asked nothing before the person has agreed.
    if (!('port' in where) || !isLocal(where) || (await this.context.answers(where))) return;
    const untilMs = performance.now() + PATIENCE_MS;
    while (!signal.aborted && performance.now() < untilMs) {
      const answers = await this.context.answers(where);
      await delay(answers ? SETTLED_MS : LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
      if (answers) return;
    }
  }

  private launched(first: AttachmentView): Launched {
    const { attachments } = this.context;
    const { name, pid } = first.attachment.info;
    const over = new Promise<string>((resolve) => {
      const look = (): void => {
        const view = first.latest;
        if (view.live || (view.isAwaited && attachments.all.includes(view))) return;
        following.dispose();
        resolve(view.attachment.endedBecause ?? '');
      };
      const following = attachments.onDidChange(look);
      look();
    });
    const detach = async (): Promise<void> => {
      const view = first.latest;
      await view.attachment.detach();
      if (view.isAwaited) attachments.dismiss(view);
    };
    return { name, pid, over, detach };
  }
}
