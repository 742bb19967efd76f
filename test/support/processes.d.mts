import type { ChildProcess, ChildProcessByStdio, SpawnOptions } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** Our environment without what VS Code or a debugger put into it, plus `extra`. */
export function cleanEnv(extra?: Record<string, string | undefined>): NodeJS.ProcessEnv;

/**
 * Starts a program in a process group of its own, with a clean environment. The group ends when we end, by `lastSignal`:
 * SIGKILL unless the program has groups of its own to end.
 */
export function spawnGroup(
  command: string,
  args: string[],
  options: SpawnOptions & { lastSignal?: NodeJS.Signals; stdio: ['ignore' | 'pipe', 'pipe', 'pipe'] },
): ChildProcessByStdio<Writable | null, Readable, Readable>;
export function spawnGroup(
  command: string,
  args: string[],
  options?: SpawnOptions & { lastSignal?: NodeJS.Signals },
): ChildProcess;

/** Ends a group and waits until its first process is gone; kills it after `graceMs`. */
export function endGroup(child: ChildProcess, graceMs?: number): Promise<void>;

/** Runs a program to its end and gives its stdout; rejects with the end of its output when it fails. */
export function run(
  command: string,
  args: string[],
  options?: { quiet?: boolean; timeoutMs?: number; cwd?: string; env?: NodeJS.ProcessEnv },
): Promise<string>;
