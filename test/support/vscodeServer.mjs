// Runs the server of a VS Code install, in a process group and with data folders of its own.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { URLSearchParams } from 'node:url';
import { cleanEnv, endGroup, run, spawnGroup } from './processes.mjs';
import { ensureVscode } from './vscodeInstall.mjs';

/** Nothing that pops up, moves, blinks or calls home. */
const QUIET = {
  'window.autoDetectColorScheme': false,
  'window.autoDetectHighContrast': false,
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.layoutControl.enabled': false,
  'workbench.reduceMotion': 'on',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'npm.autoDetect': 'off',
  'grunt.autoDetect': 'off',
  'gulp.autoDetect': 'off',
  'jake.autoDetect': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
  'json.schemaDownload.enable': false,
  'editor.cursorBlinking': 'solid',
};

const ARGUMENTS = [
  ...['--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--accept-server-license-terms'],
  ...['--disable-telemetry', '--disable-experiments', '--disable-workspace-trust', '--disable-update-check'],
  ...['--disable-getting-started-override', '--force-disable-user-env', '--enable-smoke-test-driver'],
];
const NO_GALLERY = { EXTENSIONS_GALLERY: '{"serviceUrl":""}' };

const folders = (data) => [
  ...['--user-data-dir', path.join(data, 'user-data')],
  ...['--server-data-dir', path.join(data, 'server-data')],
  ...['--extensions-dir', path.join(data, 'extensions')],
];

async function installVsix(install, data, vsix) {
  const file = path.resolve(vsix);
  const cli = path.join(install.vscode, 'out/server-main.js');
  const said = await run(
    install.node,
    [cli, '--install-extension', file, '--force', ...folders(data), '--accept-server-license-terms'],
    { quiet: true, env: cleanEnv(NO_GALLERY) },
  );
  if (!/successfully installed/.test(said)) throw new Error(`${file} could not be installed:\n${said}`);
}

/** Resolves to the port once the server listens. */
function listening(child, lines) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`VS Code did not start in 60 s:\n${lines()}`)), 60_000);
    const settle = (act, value) => {
      clearTimeout(timer);
      act(value);
    };
    child.stdout.on('data', () => {
      const match = /Extension host agent listening on (\d+)/.exec(lines());
      if (match) settle(resolve, Number(match[1]));
    });
    child.once('exit', (code, signal) => settle(reject, new Error(`VS Code ended (${code ?? signal}):\n${lines()}`)));
    child.once('error', (error) => settle(reject, error));
  });
}

export async function startServer({ leg = 'newest', vsix, env = {}, settings = {} } = {}) {
  const install = await ensureVscode(leg);
  const data = mkdtempSync(path.join(tmpdir(), 'loopscope-vscode-'));
  const clear = () => rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  process.on('exit', clear);
  let child;
  const stop = async () => {
    if (child) await endGroup(child);
    process.off('exit', clear);
    clear();
  };
  try {
    const user = path.join(data, 'user-data', 'User');
    mkdirSync(user, { recursive: true });
    writeFileSync(path.join(user, 'settings.json'), JSON.stringify({ ...QUIET, ...settings }, null, 2));
    if (vsix) await installVsix(install, data, vsix);
    const cli = path.join(install.vscode, 'out/server-main.js');
    child = spawnGroup(install.node, [cli, ...ARGUMENTS, ...folders(data)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: cleanEnv({ ...NO_GALLERY, ...env }),
    });
    let text = '';
    const keep = (chunk) => {
      text = (text + chunk).slice(-200_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const log = () => text;
    const port = await listening(child, log);
    return { install, port, data, child, log, url: `http://localhost:${port}/`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export function workbenchUrl(server, { folder, extension, tests } = {}) {
  const remote = (file) => `vscode-remote://localhost:${server.port}${path.resolve(file)}`;
  const payload = [
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
    ...(extension ? [['extensionDevelopmentPath', remote(extension)]] : []),
    ...(tests ? [['extensionTestsPath', remote(tests)]] : []),
  ];
  const query = new URLSearchParams(folder ? { folder: path.resolve(folder) } : { ew: 'true' });
  query.set('payload', JSON.stringify(payload));
  return `${server.url}?${query}`;
}
