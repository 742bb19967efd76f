// The desktop VS Code, where there is one and a display for it.
import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { say } from './packages.mjs';
import { fetched } from './paths.mjs';

export function hasDisplay() {
  const { platform, env } = process;
  return platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

export async function fetchDesktop(version) {
  try {
    // Without a network this fails in a moment (ENOTFOUND); the limit is for networks that swallow packets.
    return await downloadAndUnzipVSCode({ version, cachePath: path.join(fetched, 'desktop'), timeout: 10_000 });
  } catch (error) {
    say(`The desktop VS Code cannot be fetched (${error.code ?? error.message}): using the server build.`);
    return null;
  }
}

/** The program itself, not the script `code`: only what we start ourselves ends with us. */
export function installedDesktop() {
  let script;
  try {
    const finder = process.platform === 'win32' ? 'where' : 'which';
    script = realpathSync(execFileSync(finder, ['code'], { encoding: 'utf8', stdio: 'pipe' }).split(/\r?\n/)[0]);
  } catch {
    return null;
  }
  const bin = path.dirname(script);
  const candidates = [path.join(bin, '../code'), path.join(bin, '../Code.exe')];
  candidates.push(path.join(bin, '../../../MacOS/Electron'), path.join(bin, '../../../MacOS/Code'));
  return candidates.find((file) => existsSync(file)) ?? null;
}
