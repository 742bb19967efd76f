/** Least and greatest time between two beats: of the setting, the API and the headless command. */
export const BEAT_MS = { least: 250, greatest: 10_000 } as const;

/** How a process is attached to when nobody says otherwise; the settings have the same defaults. */
export const DEFAULTS = {
  level: 'track',
  beatMs: 1000,
  sampling: '10ms',
  includePackages: false,
  thresholds: {
    blockedLoopMs: 100,
    lateTimersMs: 50,
    synchronousShare: 0.1,
    gcShare: 0.2,
    threadPoolMs: 10_000,
    slowRequestMs: 10_000,
    slowWriteMs: 5000,
    poolWaitMs: 10_000,
    connectionsShare: 0.9,
    growthPerSecond: 0.2,
    heapShare: 0.85,
    bufferGrowthMb: 10,
    processEventsPerMinute: 1,
  },
} as const;
