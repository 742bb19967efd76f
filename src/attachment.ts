import type { Disposable } from './base/disposable';
import type { Event } from './base/event';
import type { ConnectStep, HistoryPoint } from './protocol/panel';
import type { Instance } from './protocol/probe';
import type { Level, Snapshot, TargetState } from './protocol/snapshot';
import type { Where } from './target/inspector';

export const SAMPLINGS = ['off', '10ms', '1ms'] as const;
export type Sampling = (typeof SAMPLINGS)[number];

export interface AttachmentOptions {
  level: Level;
  /** 250 to 10 000. */
  beatMs: number;
  sampling: Sampling;
  /** Whether a site may be the first frame in node_modules. */
  includePackages: boolean;
  thresholds: Thresholds;
}

/** When a finding speaks; see the settings of the same names. */
export interface Thresholds {
  blockedLoopMs: number;
  /** Growth a second over the last minute that makes a group of timers or handles a finding. */
  growthPerSecond: number;
  /** Share of the heap limit. */
  heapShare: number;
}

export interface AttachmentInfo {
  id: string;
  /** Name of the script, or "pid 4321" when it has none. */
  name: string;
  pid: number;
  nodeVersion: string;
  /** How to attach to the same target again. */
  where: Where;
}

/** One live attachment: session, probe, sampler and monitor; it ends in the state `detached` and stays readable. */
export declare class Attachment implements Disposable {
  readonly info: AttachmentInfo;
  readonly options: Readonly<AttachmentOptions>;
  get state(): TargetState;
  /** Host clock when the state began. */
  get stateSinceTimeMs(): number;
  /** Sentence about the end, once detached. */
  get endedBecause(): string | null;
  /** The latest picture, null before the first beat. */
  get snapshot(): Snapshot | null;
  /** Up to ten minutes, oldest first. */
  history(): HistoryPoint[];
  readonly onDidSnapshot: Event<Snapshot>;
  /** State, level or options changed. */
  readonly onDidChangeState: Event<TargetState>;
  /** Members of a pending group of the latest snapshot; empty when it is gone. */
  instances(key: string, limit: number): Promise<{ instances: Instance[]; total: number }>;
  setLevel(level: Level): Promise<void>;
  /** The user's debugger stopped the target (true) or let it go on (false); known from a debug adapter tracker. */
  setPausedByDebugger(paused: boolean): void;
  /** Takes the probe out, closes what was opened, ends in `detached`. Never rejects. */
  detach(): Promise<void>;
  dispose(): void;
}

/** Attaches; reports its steps as they go; throws HumanError, and leaves nothing behind, when it fails or is aborted. */
export declare function attach(
  where: Where,
  options: AttachmentOptions,
  hooks?: { onSteps?: (steps: ConnectStep[]) => void; signal?: AbortSignal; log?: (line: string) => void },
): Promise<Attachment>;
