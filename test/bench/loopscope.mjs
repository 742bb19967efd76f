// The code under test as the extension runs it: attachment.ts and what it needs, bundled like the tests.
import { createRequire } from 'node:module';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { ensureBuilt } from '../support/build.mjs';
import { out, root } from '../support/paths.mjs';

const ENTRY = `
export { attach } from './src/attachment';
export { connect } from './src/target/session';
export { DEFAULTS } from './src/protocol/defaults';
export { LEVELS } from './src/protocol/snapshot';
`;

/** `attach`, `connect`, `DEFAULTS` and `LEVELS` of the sources as they are now; builds the probe when it is stale. */
export async function loadLoopscope() {
  await ensureBuilt();
  const outfile = path.join(out, 'bench/loopscope.cjs');
  await esbuild.build({
    stdin: { contents: ENTRY, resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    logLevel: 'warning',
  });
  return createRequire(import.meta.url)(outfile);
}

export const probePath = path.join(root, 'dist/probe.js');
