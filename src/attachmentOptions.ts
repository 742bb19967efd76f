import * as l10n from '@vscode/l10n';
import type { Thresholds } from './model/findings/rule';
import type { Predecessor } from './model/history';
import type { ConnectStep } from './protocol/panel';
import type { Level } from './protocol/snapshot';
import type { Identity } from './target/connection';
import type { Where } from './target/inspector';

export type Sampling = 'off' | '10ms' | '1ms';

/** Microseconds between CPU samples. */
export const INTERVAL_US: Record<Sampling, number | null> = { off: null, '10ms': 10_000, '1ms': 1000 };

/** What can be set for one attachment. */
export interface AttachmentOptions {
  level: Level;
  /** 250 to 10 000. */
  beatMs: number;
  sampling: Sampling;
  /** Whether a site may be the first frame in node_modules. */
  includePackages: boolean;
  thresholds: Thresholds;
}

/** Who is attached to. */
export interface AttachmentInfo {
  id: string;
  /** Name of the script, or "pid 4321" when it has none. */
  name: string;
  pid: number;
  nodeVersion: string;
  /** 0 for the main thread, else that of a worker. */
  threadId: number;
  /** How to attach to the same target again. */
  where: Where;
}

let nextId = 1;

/** Of who answered; a worker thread is named after its process. */
export function infoOf(identity: Identity, where: Where, processName: string | undefined): AttachmentInfo {
  const { pid, nodeVersion, program, threadId } = identity;
  const file = program.split(/[\\/]/).pop() ?? '';
  const ofProcess = file === '' ? l10n.t('pid {0}', pid) : file;
  const name = processName === undefined ? ofProcess : l10n.t('worker {0} of {1}', threadId, processName);
  return { id: `${pid}-${nextId++}`, name, pid, nodeVersion, threadId, where };
}

/** What an attach may be given besides its target. */
export interface AttachHooks {
  onSteps?: (steps: ConnectStep[]) => void;
  signal?: AbortSignal;
  /** For what went wrong without ending anything. */
  log?: (line: string) => void;
  /** The bundled probe; by default beside the running bundle. */
  probePath?: string;
  /** How long the probe waits for a beat before it uninstalls itself; 30 s. */
  orphanAfterMs?: number;
  /** As for `Attachment.setDistortion`, when a debugger is there already. */
  distortion?: string | null;
  /** What was seen of the process that this one has taken the place of: its charts go on. */
  predecessor?: Predecessor | undefined;
}
