import type { AttachmentOptions, Sampling } from '../attachment';
import { BEAT_MS, DEFAULTS } from '../protocol/defaults';
import { LEVELS } from '../protocol/snapshot';

/** The part of VS Code's `WorkspaceConfiguration` that is read; keys are relative to `loopscope`. */
export interface Configuration {
  get(key: string): unknown;
}

/** How the figures of lines are shown in the code. */
export const INLINE_FIGURES = ['off', 'decorations', 'codeLens'] as const;
export type InlineFigures = (typeof INLINE_FIGURES)[number];

const SAMPLINGS: readonly Sampling[] = ['off', '10ms', '1ms'];

/** The options of the next attach, and what the editor does by itself. */
export interface Settings extends AttachmentOptions {
  /** Whether an attachment goes on with what takes the place of an ended process. */
  followRestarts: boolean;
  /** Whether processes that an attached one starts are attached to without asking. */
  followChildren: boolean;
  /** Whether findings are shown in the Problems view. */
  problems: boolean;
  inlineFigures: InlineFigures;
}

/** What the settings say; what is missing, mistyped or out of range gets its default. */
export function optionsFrom(configuration: Configuration): Settings {
  const read = (key: string): unknown => configuration.get(key);
  const { thresholds } = DEFAULTS;
  return {
    level: oneOf(read('level'), LEVELS, DEFAULTS.level),
    beatMs: within(read('beatMs'), BEAT_MS.least, BEAT_MS.greatest, DEFAULTS.beatMs),
    sampling: oneOf(read('sampling'), SAMPLINGS, DEFAULTS.sampling),
    includePackages: yesOrNo(read('includePackages'), DEFAULTS.includePackages),
    followRestarts: yesOrNo(read('followRestarts'), true),
    followChildren: yesOrNo(read('followChildren'), false),
    problems: yesOrNo(read('problems'), false),
    inlineFigures: oneOf(read('inlineFigures'), INLINE_FIGURES, 'decorations'),
    thresholds: {
      blockedLoopMs: within(read('thresholds.blockedLoopMs'), 1, 60_000, thresholds.blockedLoopMs),
      lateTimersMs: within(read('thresholds.lateTimersMs'), 1, 60_000, thresholds.lateTimersMs),
      synchronousShare: within(read('thresholds.synchronousShare'), 0.01, 1, thresholds.synchronousShare),
      gcShare: within(read('thresholds.gcShare'), 0.01, 1, thresholds.gcShare),
      threadPoolMs: within(read('thresholds.threadPoolMs'), 100, 3_600_000, thresholds.threadPoolMs),
      slowRequestMs: within(read('thresholds.slowRequestMs'), 100, 3_600_000, thresholds.slowRequestMs),
      slowWriteMs: within(read('thresholds.slowWriteMs'), 100, 3_600_000, thresholds.slowWriteMs),
      poolWaitMs: within(read('thresholds.poolWaitMs'), 100, 3_600_000, thresholds.poolWaitMs),
      connectionsShare: within(read('thresholds.connectionsShare'), 0.1, 1, thresholds.connectionsShare),
      growthPerSecond: within(read('thresholds.growthPerSecond'), 0.01, 1000, thresholds.growthPerSecond),
      heapShare: within(read('thresholds.heapShare'), 0.1, 1, thresholds.heapShare),
      bufferGrowthMb: within(read('thresholds.bufferGrowthMb'), 0.1, 10_000, thresholds.bufferGrowthMb),
      processEventsPerMinute: within(
        read('thresholds.processEventsPerMinute'),
        1,
        1000,
        thresholds.processEventsPerMinute,
      ),
    },
  };
}

/** Whether to attach to the JavaScript debug sessions that start. */
export const AUTO_ATTACH = ['off', 'ask', 'always'] as const;

/** What the setting says, `off` when it is missing or mistyped; where the workspace is not trusted, `always` asks. */
export function autoAttachFrom(configuration: Configuration, isTrusted: boolean): (typeof AUTO_ATTACH)[number] {
  const read = (key: string): unknown => configuration.get(key);
  const mode = oneOf(read('autoAttach'), AUTO_ATTACH, 'off');
  return mode === 'always' && !isTrusted ? 'ask' : mode;
}

/** The value when it is one of the allowed ones, else the default. */
export function oneOf<T extends string>(value: unknown, allowed: readonly T[], byDefault: T): T {
  return allowed.find((one) => one === value) ?? byDefault;
}

/** The number, brought into its range; the default when it is none. */
export function within(value: unknown, least: number, greatest: number, byDefault: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return byDefault;
  return Math.min(greatest, Math.max(least, value));
}

function yesOrNo(value: unknown, byDefault: boolean): boolean {
  return typeof value === 'boolean' ? value : byDefault;
}
