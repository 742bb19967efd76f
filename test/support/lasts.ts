const full = process.env.LOOPSCOPE_FAULTS === 'full';

/** How long faults last: as short as shows them, or with `LOOPSCOPE_FAULTS=full` as long as people meet them. */
export const LASTS = {
  stoppedMs: full ? 20_000 : 2500,
  execSyncMs: full ? 10_000 : 2500,
  burningMs: full ? 60_000 : 2000,
} as const;
