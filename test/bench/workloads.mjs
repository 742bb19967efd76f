// The programs that are measured, and the packages they need.
import path from 'node:path';
import { ensureFolder, npmInstall } from '../support/packages.mjs';
import { root } from '../support/paths.mjs';

const PACKAGES = { express: '5.3.0', koa: '3.3.0', fastify: '5.12.8' };

const request = { unit: 'request', load: true };
const program = { load: false };
const operation = { load: false, file: 'operations', single: true };

/**
 * By name: what an operation is, whether requests make it, and how many of them warm it up; those marked `single` are
 * one kind of operation of Node each, and run when they are asked for.
 */
export const WORKLOADS = {
  express: { ...request, warmUp: 8000 },
  koa: { ...request, warmUp: 8000 },
  fastify: { ...request, warmUp: 10_000 },
  http: { ...request, warmUp: 10_000 },
  timers: { ...program, unit: 'callback', warmUp: 300_000 },
  promises: { ...program, unit: 'operation of 20 awaits', warmUp: 100_000 },
  streams: { ...program, unit: 'chunk of 2 KB', warmUp: 10_000 },
  await: { ...operation, unit: 'await', warmUp: 2_000_000, single: false },
  immediate: { ...operation, unit: 'setImmediate', warmUp: 200_000 },
  timeout: { ...operation, unit: 'setTimeout of 1 ms', warmUp: 200_000 },
  cleared: { ...operation, unit: 'setImmediate and 100 times setTimeout and clearTimeout', warmUp: 5000 },
  tick: { ...operation, unit: 'nextTick', warmUp: 500_000 },
  request: { ...operation, unit: 'fs.stat', warmUp: 50_000 },
};

/** The versions at work, for the header of a table. */
export const packageVersions = Object.entries(PACKAGES).map(([name, version]) => `${name} ${version}`);

/** Arguments of Node that start a workload; its packages are fetched when they are missing. */
export async function programOf(name) {
  const file = path.join(root, 'test/bench/workloads', `${WORKLOADS[name].file ?? name}.mjs`);
  if (!(name in PACKAGES)) return [file, name];
  const specs = Object.entries(PACKAGES).map((entry) => entry.join('@'));
  const folder = await ensureFolder(`bench-${specs.join('-')}`, (draft) => npmInstall(draft, ...specs));
  return [file, path.join(folder, 'package.json')];
}
