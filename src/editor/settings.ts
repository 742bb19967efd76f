import type { AttachmentOptions, Sampling } from '../attachment';
import { LEVELS } from '../protocol/snapshot';

/** The part of VS Code's `WorkspaceConfiguration` that is read; keys are relative to `loopscope`. */
export interface Configuration {
  get(key: string): unknown;
}

const SAMPLINGS: readonly Sampling[] = ['off', '10ms', '1ms'];

/** Least and greatest beat in milliseconds, for the setting and for the API. */
export const BEAT_MS = { least: 250, greatest: 10_000 } as const;

/** The options of the next attach as the settings say; what is missing, mistyped or out of range gets its default. */
export function optionsFrom(configuration: Configuration): AttachmentOptions {
  const read = (key: string): unknown => configuration.get(key);
  return {
    level: oneOf(read('level'), LEVELS, 'track'),
    beatMs: within(read('beatMs'), BEAT_MS.least, BEAT_MS.greatest, 1000),
    sampling: oneOf(read('sampling'), SAMPLINGS, '10ms'),
    includePackages: yesOrNo(read('includePackages'), false),
    thresholds: {
      blockedLoopMs: within(read('thresholds.blockedLoopMs'), 1, 60_000, 100),
      growthPerSecond: within(read('thresholds.growthPerSecond'), 0.01, 1000, 0.2),
      heapShare: within(read('thresholds.heapShare'), 0.1, 1, 0.85),
    },
  };
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
