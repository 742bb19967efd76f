import assert from 'node:assert/strict';
import childProcess from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import * as vscode from 'vscode';
import { extension } from './extension';

/** Replaces functions by ones that note their name; gives what was called, and puts the functions back. */
function watch(object: object, names: string[]): { called: string[]; restore: () => void } {
  const called: string[] = [];
  const record = object as Record<string, unknown>;
  const originals = names.map((name) => [name, record[name] as (...args: unknown[]) => unknown] as const);
  for (const [name, original] of originals) {
    record[name] = function (this: unknown, ...args: unknown[]): unknown {
      // Only what the extension itself calls: VS Code defers things of its own.
      if (new Error().stack?.split('\n')[2]?.includes('dist/extension.js')) called.push(name);
      return original.apply(this, args);
    };
  }
  return { called, restore: () => originals.forEach(([name, original]) => (record[name] = original)) };
}

describe('Activation', () => {
  it('does not happen before a command', () => {
    assert.equal(extension().isActive, false);
  });

  it('starts no process, reads no file, opens no connection, sets no timer, and is over at once', async () => {
    const watches = [
      watch(childProcess, ['spawn', 'spawnSync', 'exec', 'execFile', 'execSync', 'execFileSync', 'fork']),
      watch(fs, ['readFile', 'readFileSync', 'readdir', 'readdirSync', 'watch']),
      watch(fs.promises, ['readFile', 'readdir', 'readlink', 'stat', 'access']),
      watch(net, ['connect', 'createConnection', 'createServer']),
      watch(globalThis, ['setInterval', 'setTimeout', 'setImmediate', 'fetch']),
    ];
    const start = performance.now();
    const api = await extension().activate();
    const ms = performance.now() - start;
    for (const { restore } of watches) restore();
    console.log(`      activation took ${ms.toFixed(1)} ms`);
    assert.deepEqual(
      watches.flatMap(({ called }) => called),
      [],
    );
    assert.deepEqual(api.attachments, []);
  });

  it('brings every command that the manifest names', async () => {
    const { contributes } = extension().packageJSON as { contributes: { commands: { command: string }[] } };
    const known = new Set(await vscode.commands.getCommands(true));
    assert.ok(contributes.commands.length >= 7);
    assert.deepEqual(
      contributes.commands.map(({ command }) => command).filter((command) => !known.has(command)),
      [],
    );
  });
});
