/**
 * Folder of the programs of test/fixtures/programs, where they find the packages that they use; fetched once into
 * .vscode-test/, safe to call in parallel.
 */
export function ensurePrograms(): Promise<string>;
