// Builds dist/ when it is missing or older than its sources: node test/support/build.mjs
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { out, root } from './paths.mjs';
import { run } from './processes.mjs';

const PRODUCTS = ['dist/extension.js', 'dist/headless.js', 'dist/probe.js', 'dist/media/panel.js'];
const SOURCES = ['src', 'media', 'esbuild.mjs', 'package-lock.json'];
const TEXTS = ['l10n', 'package.nls.json', 'package.nls.zh-cn.json'];
const PACKED = [...SOURCES, ...TEXTS, 'package.json', '.vscodeignore', 'README.md', 'CHANGELOG.md', 'LICENSE'];
const VSIX = path.join(out, 'loopscope.vsix');

function times(name) {
  const file = path.join(root, name);
  if (!existsSync(file)) return [];
  if (!statSync(file).isDirectory()) return [statSync(file).mtimeMs];
  return readdirSync(file, { recursive: true })
    .filter((entry) => /\.(tsx?|css|json|svg)$/.test(entry))
    .map((entry) => statSync(path.join(file, entry)).mtimeMs);
}

function stale(products, sources) {
  if (!products.every((file) => existsSync(file))) return true;
  return Math.min(...products.map((file) => statSync(file).mtimeMs)) < Math.max(...sources.flatMap(times));
}

const esbuild = () => run(process.execPath, ['esbuild.mjs', '--production'], { cwd: root, quiet: true });

export async function ensureBuilt() {
  const products = PRODUCTS.map((name) => path.join(root, name));
  if (stale(products, SOURCES)) await esbuild();
}

export async function packageVsix() {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await run(npm, ['run', 'package'], { cwd: root, quiet: true, shell: process.platform === 'win32' });
  return VSIX;
}

let packaging;

export function ensureVsix() {
  packaging ??= stale([VSIX], PACKED) ? packageVsix() : Promise.resolve(VSIX);
  return packaging;
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  // No await here: tests require() this module.
  ensureBuilt().catch((error) => {
    process.stderr.write(`Loopscope could not be built:\n${error.message}\n`);
    process.exitCode = 1;
  });
}
