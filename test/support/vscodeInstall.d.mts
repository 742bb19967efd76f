/** `newest` that can be had, and `oldest` that `engines.vscode` allows. */
export type VscodeLeg = 'newest' | 'oldest';
export const VSCODE_LEGS: VscodeLeg[];

export type ThemeName = 'dark' | 'light' | 'highContrast' | 'highContrastLight';

export interface VscodeInstall {
  /** "1.139.1". */
  version: string;
  /** Path of the Node binary that runs it. */
  node: string;
  /** Folder of the server build. */
  vscode: string;
  /** Ids for the setting `workbench.colorTheme`. */
  themes: Record<ThemeName, string>;
}

/** A real VS Code (server build), fetched once into .vscode-test/; safe to call in parallel. */
export function ensureVscode(leg?: VscodeLeg): Promise<VscodeInstall>;
