/** The connections of a target wait while the others have their turn; Node would close them after 5 s. */
export const KEEP_ALIVE_MS = 3_600_000;
