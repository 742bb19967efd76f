/** The versions that are tested, by major. */
export const NODE_VERSIONS: Record<number, string>;
export const NODE_MAJORS: number[];

/** Path of a real Node binary of one of these majors; fetched once into .vscode-test/, safe to call in parallel. */
export function ensureNode(major: number): Promise<string>;
