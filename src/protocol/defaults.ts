/** Least and greatest time between two beats: of the setting, the API and the headless command. */
export const BEAT_MS = { least: 250, greatest: 10_000 } as const;

/** How a process is attached to when nobody says otherwise; the settings have the same defaults. */
export const DEFAULTS = {
  level: 'track',
  beatMs: 1000,
  sampling: '10ms',
  includePackages: false,
  thresholds: { blockedLoopMs: 100, growthPerSecond: 0.2, heapShare: 0.85 },
} as const;
