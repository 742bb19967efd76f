// The programs that are measured, and the packages they need.
import path from 'node:path';
import { ensureFolder, npmInstall } from '../support/packages.mjs';
import { root } from '../support/paths.mjs';

const PACKAGES = { express: '5.3.0', koa: '3.3.0', fastify: '5.12.8' };

const request = { unit: 'request', load: true };

/** By name: what an operation is, whether requests make it, and how many warm it up. */
export const WORKLOADS = {
  express: { ...request, warmUp: 6000 },
  koa: { ...request, warmUp: 6000 },
  fastify: { ...request, warmUp: 8000 },
  http: { ...request, warmUp: 8000 },
  timers: { unit: 'callback', load: false, warmUp: 200_000 },
  promises: { unit: 'operation of 20 awaits', load: false, warmUp: 40_000 },
  streams: { unit: 'chunk of 2 KB', load: false, warmUp: 10_000 },
};

/** The versions at work, for the header of a table. */
export const packageVersions = Object.entries(PACKAGES).map(([name, version]) => `${name} ${version}`);

/** Arguments of Node that start a workload; its packages are fetched when they are missing. */
export async function programOf(name) {
  const file = path.join(root, 'test/bench/workloads', `${name}.mjs`);
  if (!(name in PACKAGES)) return [file];
  const wanted = Object.entries(PACKAGES).map((entry) => entry.join('@'));
  const folder = await ensureFolder(`bench-${wanted.join('-')}`, (draft) => npmInstall(draft, ...wanted));
  return [file, path.join(folder, 'package.json')];
}
