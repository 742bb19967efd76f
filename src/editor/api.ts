import * as l10n from '@vscode/l10n';
import { HumanError } from '../base/errors';
import type { Disposable } from '../base/disposable';
import { Emitter, type Event } from '../base/event';
import { BEAT_MS } from '../protocol/defaults';
import { LEVELS, type Level, type Snapshot, type TargetState } from '../protocol/snapshot';
import { parseWhere, type Where } from './address';
import type { Attachments } from './attachments';
import type { AttachmentView } from './attachmentView';
import type { Consent } from './consent';

/**
 * What `vscode.extensions.getExtension('loopscope.loopscope').activate()` resolves to. Other extensions copy these
 * types, with those of `snapshot.ts`. Members may be added; none changes its meaning without a new `version`.
 */
export interface LoopscopeApi {
  readonly version: 1;
  /**
   * Attaches to a process, or gives the live attachment to it when there is one. Rejects with an error whose message is
   * a sentence for people. Asks the user first when the host is not this machine or the workspace is not trusted.
   */
  attach(target: ApiTarget, options?: ApiAttachOptions): Promise<ApiAttachment>;
  /** The live attachments, whoever started them. */
  readonly attachments: readonly ApiAttachment[];
  /** An attachment came or ended; gives those that are live now. */
  readonly onDidChangeAttachments: Event<readonly ApiAttachment[]>;
}

/** A local process by its pid, the inspector at an address, or its websocket URL. */
export type ApiTarget = { pid: number } | { host: string; port: number } | { url: string };

/** What is not given is as the user's settings say. */
export interface ApiAttachOptions {
  level?: Level;
  /** 250 to 10 000 milliseconds between two snapshots. */
  beatMs?: number;
}

/** One attachment; it stays readable after its end. */
export interface ApiAttachment {
  readonly id: string;
  readonly info: {
    /** Name of the script. */
    readonly name: string;
    readonly pid: number;
    /** Without the leading "v". */
    readonly nodeVersion: string;
  };
  /** `detached` is the last state. */
  readonly state: TargetState;
  /** The latest snapshot; null before the first beat. Treat it as read-only. */
  snapshot(): Snapshot | null;
  /** A snapshot a beat, also while the user has paused the view. */
  readonly onDidSnapshot: Event<Snapshot>;
  readonly onDidChangeState: Event<TargetState>;
  /** Takes everything out of the target again; never rejects. */
  detach(): Promise<void>;
}

/** Makes the API over the attachments of this window. */
export function createApi(attachments: Attachments, consent: Consent): LoopscopeApi & Disposable {
  const handles = new WeakMap<AttachmentView, ApiAttachment>();
  const change = new Emitter<readonly ApiAttachment[]>();
  const live = (): ApiAttachment[] => attachments.live.map((view) => handleOf(view, handles));
  let known = '';
  const following = attachments.onDidChange(() => {
    const ids = JSON.stringify(attachments.live.map(({ id }) => id));
    if (ids === known) return;
    known = ids;
    change.fire(live());
  });
  return {
    version: 1,
    async attach(target, options = {}) {
      const where = checkedTarget(target);
      const checked = checkedOptions(options);
      if (!(await consent.ask(where)))
        throw new HumanError(l10n.t('The user did not allow Loopscope to attach to this target.'));
      return handleOf(await attachments.attach({ where, options: checked }), handles);
    },
    get attachments() {
      return live();
    },
    onDidChangeAttachments: change.event,
    dispose() {
      following.dispose();
      change.dispose();
    },
  };
}

function handleOf(view: AttachmentView, handles: WeakMap<AttachmentView, ApiAttachment>): ApiAttachment {
  const { attachment } = view;
  const { id, name, pid, nodeVersion } = attachment.info;
  const handle = handles.get(view) ?? {
    id,
    info: { name, pid, nodeVersion },
    get state() {
      return attachment.state;
    },
    snapshot: () => attachment.snapshot,
    onDidSnapshot: attachment.onDidSnapshot,
    onDidChangeState: attachment.onDidChangeState,
    detach: () => attachment.detach(),
  };
  handles.set(view, handle);
  return handle;
}

function checkedTarget(target: unknown): Where {
  const where = parseWhere(target);
  if (!where) throw new HumanError(l10n.t('attach() needs {pid}, {host, port} or {url} with a ws:// address.'));
  return where;
}

function checkedOptions({ level, beatMs }: ApiAttachOptions): ApiAttachOptions {
  if (level !== undefined && !LEVELS.includes(level))
    throw new HumanError(l10n.t('level must be one of {0}.', LEVELS.join(', ')));
  const { least, greatest } = BEAT_MS;
  if (beatMs !== undefined && !(Number.isFinite(beatMs) && beatMs >= least && beatMs <= greatest)) {
    throw new HumanError(l10n.t('beatMs must be a number from {0} to {1}.', least, greatest));
  }
  return { ...(level === undefined ? {} : { level }), ...(beatMs === undefined ? {} : { beatMs }) };
}
