// Finds test files by glob and bundles them, so that mocha and VS Code can load them.
import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { out, root } from './paths.mjs';

/** test/support/*.mjs keeps its place: it finds the project by its own address, and is loaded once for all files. */
const supportStays = {
  name: 'support-stays',
  setup(build) {
    build.onResolve({ filter: /\.mjs$/ }, ({ path: file, resolveDir }) => {
      return file.startsWith('.') ? { path: path.resolve(resolveDir, file), external: true } : undefined;
    });
  },
};

export function findTests(folder, deep = true) {
  const base = path.join(root, 'test', folder);
  if (!existsSync(base)) return [];
  return readdirSync(base, { recursive: deep })
    .filter((name) => /\.test\.tsx?$/.test(name))
    .map((name) => path.join(base, name))
    .sort();
}

export async function bundleTests(name, files) {
  const outdir = path.join(out, 'test', name);
  const outbase = path.join(root, 'test', name);
  await rm(outdir, { recursive: true, force: true });
  const built = await esbuild.build({
    entryPoints: files,
    outdir,
    outbase,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    external: ['vscode'],
    sourcemap: 'linked',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.css': 'text', '.svg': 'text' },
    logLevel: 'warning',
    metafile: true,
    plugins: [supportStays],
  });
  return Object.entries(built.metafile.outputs)
    .filter(([, output]) => output.entryPoint)
    .map(([file]) => path.resolve(file))
    .sort();
}
