/** Folder of the project. */
export const root: string;
/** Ignored folder for what tests fetch: Node binaries, VS Code, Chromium. */
export const fetched: string;
/** Ignored folder for what tests build and write. */
export const out: string;
