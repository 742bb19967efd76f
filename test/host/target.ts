import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A fixture program that runs, and what it says of itself. */
export interface Target {
  pid: number;
  file: string;
  /** How the program finds itself: its inspector, its globals, its patched methods; after an order, such as "worker". */
  state(order?: string): Promise<Record<string, unknown>>;
  /** Line, counted from 1, that is marked with `here: mark`. */
  line(mark: string): number;
  end(): void;
}

/** Line, counted from 1, that is marked with `here: mark`. */
export function markedLine(file: string, mark: string): number {
  const index = readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(`here: ${mark}`));
  if (index < 0) throw new Error(`${file} has no line marked "here: ${mark}"`);
  return index + 1;
}

const running = new Set<ChildProcess>();
let ends = false;

/** However we end, they end with us. */
function endWithUs(child: ChildProcess): void {
  running.add(child);
  child.once('exit', () => running.delete(child));
  if (!ends) {
    process.on('exit', () => {
      for (const each of running) each.kill('SIGKILL');
    });
  }
  ends = true;
}

/** Starts a fixture with an inspector that is closed, and would open on a free port. */
export async function startTarget(file: string, node: string = process.execPath): Promise<Target> {
  const child = spawn(node, ['--inspect-port=127.0.0.1:0', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Nothing of the editor or the debugger around us may bend it.
    env: { PATH: process.env.PATH },
  });
  endWithUs(child);
  let complaint = '';
  child.stderr.on('data', (data: Buffer) => (complaint = (complaint + data.toString()).slice(-2000)));
  const address = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (data: Buffer) => {
      text += data.toString();
      const match = /ready (\S+)/.exec(text);
      if (match?.[1]) resolve(match[1]);
    });
    child.once('exit', (code) => reject(new Error(`${path.basename(file)} ended with ${String(code)}:\n${complaint}`)));
    child.once('error', reject);
  });
  return {
    pid: child.pid!,
    file,
    state: async (order = '') => (await (await fetch(address + order)).json()) as Record<string, unknown>,
    line: (mark) => markedLine(file, mark),
    end: () => child.kill('SIGKILL'),
  };
}

/** Waits until `check` gives something; throws a sentence after `timeoutMs`. */
export async function until<T>(
  what: string,
  check: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  timeoutMs = 20_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await check();
    if (value !== null && value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs / 1000} s in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
