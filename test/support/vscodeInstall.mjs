// A real VS Code where its own download is unreachable: the server and web workbench inside the npm package
// code-server (4.X.Y holds VS Code 1.X.Y), on a Node of ours. Scripts are not run, so nothing needs a compiler.
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { ensureNode } from './nodes.mjs';
import { ensureFolder, npmInstall, say } from './packages.mjs';
import { root } from './paths.mjs';
import { run } from './processes.mjs';

/** VS Code 1.139 does not start before Node 22. 1.90 is the oldest that `engines.vscode` allows. */
const VERSIONS = {
  newest: { codeServer: '4.139.1', vscode: '1.139.1', node: 24 },
  oldest: { codeServer: '4.90.3', vscode: '1.90.2', node: 20 },
};
export const VSCODE_LEGS = Object.keys(VERSIONS);

const shim = (name) => path.join(root, 'test/support/shims', name);
const here = `${process.platform}-${process.arch}`;

/** What its install scripts would have compiled or fetched. */
async function standIn(modules, tools) {
  await cp(shim('spdlog.cjs'), path.join(modules, '@vscode/spdlog/index.js'));
  for (const name of ['@vscode/native-watchdog', 'native-watchdog']) {
    const folder = path.join(modules, name);
    if (existsSync(folder)) await cp(shim('nativeWatchdog.cjs'), path.join(folder, 'index.js'));
  }
  const pty = path.join(modules, 'node-pty');
  if (!existsSync(path.join(pty, 'prebuilds', here))) {
    // Before 1.2 it had no binaries for Linux; 1.2 is a drop-in.
    await npmInstall(tools, 'node-pty@1.2.0-beta.15');
    await rm(pty, { recursive: true, force: true });
    await cp(path.join(tools, 'node_modules/node-pty'), pty, { recursive: true });
  }
  const search = path.join(modules, '@vscode/ripgrep');
  if (existsSync(search) && !existsSync(path.join(search, 'bin'))) {
    await npmInstall(tools, `@vscode/ripgrep-${here}@1.18.0`);
    await cp(path.join(tools, `node_modules/@vscode/ripgrep-${here}/bin`), path.join(search, 'bin'), {
      recursive: true,
    });
  }
}

/** Half of its weight is of no use to tests: Copilot, and binaries for other platforms. */
async function slim(vscode) {
  const modules = path.join(vscode, 'node_modules');
  const unused = ['@github', '@microsoft/mxc-sdk', 'node-pty/third_party', 'node-pty/deps'].map((name) =>
    path.join(modules, name),
  );
  unused.push(path.join(vscode, 'extensions/copilot'), path.join(vscode, 'extensions/mermaid-markdown-features'));
  for (const folder of ['@vscode/ripgrep-universal/bin', 'node-pty/prebuilds']) {
    const parent = path.join(modules, folder);
    const names = existsSync(parent) ? await readdir(parent) : [];
    unused.push(...names.filter((name) => name !== here).map((name) => path.join(parent, name)));
  }
  await Promise.all(unused.map((folder) => rm(folder, { recursive: true, force: true })));
}

async function build(draft, { codeServer, node }) {
  await npmInstall(draft, `code-server@${codeServer}`);
  const vscode = path.join(draft, 'vscode');
  await rename(path.join(draft, 'node_modules/code-server/lib/vscode'), vscode);
  await rm(path.join(draft, 'node_modules'), { recursive: true, force: true });
  // 1.90's lock file does not resolve without the old peer rules.
  await npmInstall(vscode, '--omit=dev', '--legacy-peer-deps');
  await npmInstall(path.join(vscode, 'extensions'), '--omit=dev');
  const tools = await mkdtemp(path.join(draft, 'tools-'));
  await standIn(path.join(vscode, 'node_modules'), tools);
  await rm(tools, { recursive: true, force: true });
  await slim(vscode);
  await run(await ensureNode(node), [path.join(vscode, 'out/server-main.js'), '--version'], { quiet: true });
}

/** Theme ids changed over time ("Default Dark Modern" became "Dark Modern"): ask the install. */
async function themes(vscode) {
  const manifest = await readFile(path.join(vscode, 'extensions/theme-defaults/package.json'), 'utf8');
  const ids = JSON.parse(manifest).contributes.themes.map((theme) => theme.id);
  const pick = (...wanted) => wanted.find((id) => ids.includes(id));
  return {
    dark: pick('Dark Modern', 'Default Dark Modern'),
    light: pick('Light Modern', 'Default Light Modern'),
    highContrast: pick('Default High Contrast'),
    highContrastLight: pick('Default High Contrast Light'),
  };
}

export async function ensureVscode(leg = 'newest') {
  const version = VERSIONS[leg];
  const folder = await ensureFolder(`vscode-server-${version.vscode}`, async (draft) => {
    const start = Date.now();
    say(`VS Code ${version.vscode} (server build): fetching code-server ${version.codeServer} into .vscode-test/ ...`);
    await build(draft, version);
    say(`VS Code ${version.vscode}: ready after ${((Date.now() - start) / 1000).toFixed(1)} s.`);
  });
  const vscode = path.join(folder, 'vscode');
  return { version: version.vscode, node: await ensureNode(version.node), vscode, themes: await themes(vscode) };
}
