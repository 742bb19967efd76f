/** Builds dist/ when it is missing or older than its sources. */
export function ensureBuilt(): Promise<void>;

/** Builds and packs the VSIX; gives its path. */
export function packageVsix(): Promise<string>;

/** Path of a VSIX of the sources as they are; packs it only when the last one is older. */
export function ensureVsix(): Promise<string>;
