// The tools that Loopscope is compared with, in folders of their own.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureFolder, npmInstall } from '../support/packages.mjs';
import { out } from '../support/paths.mjs';

const WHY = 'why-is-node-running@3.2.3';
const BUBBLEPROF = '@clinic/bubbleprof@10.0.0';

const folderOf = (name, spec) => ensureFolder(`bench-${name}`, (draft) => npmInstall(draft, spec));

/** Loaded before the program, as its manual says. */
export async function whyIsNodeRunning() {
  const folder = await folderOf(WHY, WHY);
  const file = path.join(folder, 'node_modules/why-is-node-running/include.js');
  return { nodeArgs: ['--import', pathToFileURL(file).href] };
}

/**
 * What its `collect` starts the program with; it writes its traces into the working directory,
 * hundreds of MB of which only the last are kept.
 */
export async function bubbleprof() {
  const folder = await folderOf(BUBBLEPROF.replace('/', '-'), BUBBLEPROF);
  const injects = path.join(folder, 'node_modules/@clinic/bubbleprof/injects');
  const cwd = path.join(out, 'bench/bubbleprof');
  rmSync(cwd, { recursive: true, force: true });
  mkdirSync(cwd, { recursive: true });
  const before = ['no-cluster.js', 'logger.js'].flatMap((name) => ['-r', path.join(injects, name)]);
  const trace = ['--trace-events-enabled', '--trace-event-categories', 'node.async_hooks'];
  return { nodeArgs: [...before, ...trace], env: { NODE_CLINIC_BUBBLEPROF_DATA_PATH: cwd }, cwd };
}
