// npm run demo: packs the VSIX, starts a service with known faults, and opens a real VS Code with the VSIX installed and
// the panel attached to it. Ctrl+C ends everything. With --once it ends by itself after the first picture.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setInterval } from 'node:timers';
import { parseArgs } from 'node:util';
import { resolveCliArgsFromVSCodeExecutablePath } from '@vscode/test-electron';
import { ensureVsix } from '../support/build.mjs';
import { fetchDesktop, hasDisplay, installedDesktop } from '../support/desktop.mjs';
import { out, root } from '../support/paths.mjs';
import { cleanEnv, endGroup, spawnGroup } from '../support/processes.mjs';
import { openWorkbench } from '../support/vscode.mjs';
import { findings, waitForBeats } from './panel.mjs';
import { startService } from './service.mjs';

const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
const print = (line) => process.stdout.write(`${line}\n`);
const driver = path.join(root, 'test/demo/driver');
const sources = path.join(root, 'test/fixtures/demo');

/** Opens the desktop VS Code with folders of its own, so that nothing of the user's is touched. */
function openDesktop(executable, vsix, env) {
  const data = mkdtempSync(path.join(tmpdir(), 'loopscope-demo-'));
  process.on('exit', () => rmSync(data, { recursive: true, force: true }));
  const own = ['--user-data-dir', path.join(data, 'user'), '--extensions-dir', path.join(data, 'extensions')];
  const [cli, ...before] = resolveCliArgsFromVSCodeExecutablePath(executable, { reuseMachineInstall: true });
  const install = spawnSync(cli, [...before, ...own, '--install-extension', vsix], {
    env: cleanEnv(),
    shell: process.platform === 'win32',
    encoding: 'utf8',
  });
  if (install.status !== 0) throw new Error(`The VSIX could not be installed: ${install.stderr || install.error}`);
  const window = ['--new-window', '--disable-workspace-trust', `--extensionDevelopmentPath=${driver}`, sources];
  const child = spawnGroup(executable, [...own, ...window], { env: cleanEnv(env), stdio: 'ignore' });
  child.once('exit', () => process.exit());
  print('VS Code is open, with the panel attached. Close its window or press Ctrl+C to end everything.');
}

async function openInBrowser(vsix, env) {
  print('There is no desktop VS Code here: using its server build, which runs in a browser.');
  const workbench = await openWorkbench({ vsix, env, extension: driver, folder: sources });
  try {
    print('Waiting for the panel to attach ...');
    await waitForBeats(workbench, 2);
    const sentences = await findings(workbench, 45_000);
    mkdirSync(out, { recursive: true });
    const picture = path.join(out, 'demo.png');
    await workbench.page.screenshot({ path: picture });
    print(`\nA picture of the attached panel: ${path.relative(process.cwd(), picture)}`);
    print('What the panel found so far:');
    for (const sentence of sentences) print(`  - ${sentence}`);
    if (sentences.length === 0) print('  nothing yet');
    // The reader's browser gets a window of its own, which attaches by itself.
    await workbench.runCommand('Loopscope: Detach');
    await workbench.panel.locator('#state').filter({ hasText: 'Detached' }).waitFor();
    await workbench.browser.close();
  } catch (error) {
    print(`The panel did not get there; see ${await workbench.saveFailure('demo')}`);
    throw error;
  }
  return workbench;
}

async function main() {
  print('Packing the VSIX ...');
  const vsix = await ensureVsix();
  print('Starting the example service ...');
  const service = await startService();
  print(
    `  ${path.relative(process.cwd(), service.program)} runs as pid ${service.pid} and listens on ${service.address}`,
  );
  const env = { LOOPSCOPE_DEMO_PID: String(service.pid) };
  const desktop = hasDisplay() && !values.once ? (installedDesktop() ?? (await fetchDesktop('stable'))) : null;
  if (desktop) return openDesktop(desktop, vsix, env);
  const workbench = await openInBrowser(vsix, env);
  if (values.once) {
    await Promise.all([workbench.close(), endGroup(service.child)]);
    return process.exit();
  }
  print(`\nOpen this address in a browser to use it:\n  ${workbench.url}\nCtrl+C ends everything.`);
}

setInterval(() => undefined, 60_000); // until Ctrl+C
main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
