import type { Browser, Frame, FrameLocator, Locator, Page } from 'playwright-core';
import type { ThemeName, VscodeLeg } from './vscodeInstall.mjs';
import type { VscodeServer } from './vscodeServer.mjs';

/** Size of the workbench. */
export const VIEWPORT: { width: number; height: number };

/** A VS Code in a real Chromium; `close` takes everything down. */
export class Workbench {
  readonly server: VscodeServer;
  readonly browser: Browser;
  readonly page: Page;
  /** The open folder. */
  readonly folder: string;
  /** Address of this workbench; another browser that opens it gets a window, and an extension host, of its own. */
  get url(): string;
  /** The document that the extension wrote into its webview. */
  get panel(): FrameLocator;
  /** The same as a frame, for what a locator cannot do. */
  panelFrame(): Promise<Frame>;
  /** Opens the quick input by a key, fills in the text, and waits for a row with `rowText`. */
  openQuickInput(key: string, text: string, rowText: string): Promise<void>;
  /** Runs a command from the palette. */
  runCommand(title: string): Promise<void>;
  /** The input of the open pick or palette. */
  quickInput(): Locator;
  /** Rows of the open pick or palette with this text. */
  rows(text: string | RegExp): Locator;
  /** Runs a command that asks for a row, and takes the row; again when its pick closes before. */
  runAndPick(title: string, filter: string, rowText: string): Promise<void>;
  /** Replaces the settings of the workspace; they apply while the workbench runs. */
  setSettings(settings: Record<string, unknown>): void;
  /** Replaces the settings of the workspace by this theme and `settings`, and waits until it is drawn. */
  setTheme(name: ThemeName, settings?: Record<string, unknown>): Promise<void>;
  /** File name of the active editor, and the place of its cursor counted from 1. */
  activeEditor(): Promise<{ title: string | null; line: number | null; column: number | null }>;
  /** Loads the workbench (again). */
  open(): Promise<void>;
  /**
   * Loads the workbench again in a display language of which VS Code has no pack: it goes on in English, and its extensions
   * speak that language. Not in VS Code 1.90.
   */
  setLanguage(language: string): Promise<void>;
  /** Writes a picture and the log into out/failures; gives the path of the picture. */
  saveFailure(name: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts VS Code with a VSIX installed, and opens its workbench on a folder (a temporary one by default). */
export function openWorkbench(options?: {
  leg?: VscodeLeg;
  vsix?: string;
  folder?: string;
  /** Folder of an extension that is run from its sources, besides the VSIX. */
  extension?: string;
  viewport?: { width: number; height: number };
  settings?: Record<string, unknown>;
  env?: Record<string, string>;
}): Promise<Workbench>;
