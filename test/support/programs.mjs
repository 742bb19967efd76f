// Real programs of the npm registry, unmodified, in a folder of their own with the fixtures that use them.
import { cp, realpath } from 'node:fs/promises';
import path from 'node:path';
import { ensureFolder, npmInstall, say } from './packages.mjs';
import { root } from './paths.mjs';

const PACKAGES = {
  express: '5.3.0',
  koa: '3.3.0',
  fastify: '5.12.8',
  ws: '8.23.0',
  redis: '6.3.1',
  mysql2: '3.24.6',
  amqplib: '2.3.1',
  webpack: '5.112.2',
  mocha: '12.0.3',
  vitest: '5.1.1',
};

export async function ensurePrograms() {
  const specs = Object.entries(PACKAGES).map((entry) => entry.join('@'));
  const folder = await ensureFolder(`programs-${specs.join('-')}`, async (draft) => {
    const start = Date.now();
    say(`Programs: fetching ${specs.join(', ')} into .vscode-test/ ...`);
    await npmInstall(draft, ...specs);
    say(`Programs: ready after ${((Date.now() - start) / 1000).toFixed(1)} s.`);
  });
  // Beside node_modules, as programs lie.
  const programs = path.join(folder, 'programs');
  await cp(path.join(root, 'test/fixtures/programs'), programs, { recursive: true });
  // Some find nothing by a path with links in it.
  return realpath(programs);
}
