import type { Thresholds } from './model/findings/rule';
import type { Predecessor } from './model/history';
import type { ConnectStep } from './protocol/panel';
import type { Level } from './protocol/snapshot';
import type { Where } from './target/inspector';

export type Sampling = 'off' | '10ms' | '1ms';

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
