import type { ChildProcess } from 'node:child_process';
import type { VscodeInstall, VscodeLeg } from './vscodeInstall.mjs';

export interface VscodeServer {
  install: VscodeInstall;
  port: number;
  /** Temporary folder of user data, server data and extensions; removed by `stop`. */
  data: string;
  child: ChildProcess;
  /** "http://localhost:40123/". */
  url: string;
  /** What the server said so far. */
  log(): string;
  /** Ends everything that the server started, and removes its data. */
  stop(): Promise<void>;
}

/** Starts a VS Code server on a free port, with the VSIX installed by its own command line. */
export function startServer(options?: {
  leg?: VscodeLeg;
  vsix?: string;
  env?: Record<string, string>;
  /** User settings besides the quiet ones. */
  settings?: Record<string, unknown>;
}): Promise<VscodeServer>;

/** Address of the workbench on a folder; with `extension` and `tests` it is a development host that runs tests. */
export function workbenchUrl(
  server: VscodeServer,
  options?: { folder?: string; extension?: string; tests?: string },
): string;
