// Fetches packages of the npm registry into folders of their own, outside of the project's node_modules.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fetched } from './paths.mjs';
import { cleanEnv, run } from './processes.mjs';

const FLAGS = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

export const say = (line) => process.stderr.write(`${line}\n`);

/** Scripts are never run: they are what needs compilers, system headers and other hosts. */
export async function npmInstall(folder, ...args) {
  const cli = process.env.npm_execpath;
  const windows = process.platform === 'win32';
  const [command, before] = cli?.endsWith('.js') ? [process.execPath, [cli]] : [windows ? 'npm.cmd' : 'npm', []];
  const manifest = path.join(folder, 'package.json');
  if (!existsSync(manifest)) await writeFile(manifest, '{"private":true}\n');
  await run(command, [...before, 'install', ...FLAGS, ...args], {
    cwd: folder,
    env: cleanEnv(),
    quiet: true,
    shell: windows && !cli,
  });
}

const running = new Map();

async function makeOnce(folder, make) {
  await mkdir(path.dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}.draft-`);
  try {
    await make(draft);
    await rename(draft, folder);
  } catch (error) {
    // Another process was faster: what it made is as good.
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}

/** Makes a folder under .vscode-test/ in one step, so that it is whole when it is there. */
export function ensureFolder(name, make) {
  const folder = path.join(fetched, name);
  if (existsSync(folder)) return Promise.resolve(folder);
  if (!running.has(name)) {
    const making = makeOnce(folder, make).finally(() => running.delete(name));
    running.set(name, making);
  }
  return running.get(name);
}
