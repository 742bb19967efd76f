// Runs test/host/inside/*.test.ts in the extension host of a VS Code: the desktop's where it can be had, else the
// server build. @vscode/test-electron starts both.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { fetchDesktop, hasDisplay } from './desktop.mjs';
import { readResult, resultFile } from './mochaRun.mjs';
import { ensureNode } from './nodes.mjs';
import { say } from './packages.mjs';
import { root } from './paths.mjs';
import { cleanEnv } from './processes.mjs';
import { ensureVscode } from './vscodeInstall.mjs';

const DESKTOP_VERSIONS = { newest: 'stable', oldest: '1.90.2' };

/** What VS Code loads: exports run(), as @vscode/test-electron wants it. CommonJS, for the sake of VS Code 1.90. */
const entry = (files, grep) => `
const { join } = require('node:path');
exports.run = async () => {
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({
    timeout: 60_000, forbidOnly: true, forbidPending: true, color: false,
    reporter: ${JSON.stringify(path.join(root, 'test/support/reporter.cjs'))},
    grep: ${JSON.stringify(grep ?? null)} ?? undefined,
  });
  for (const file of ${JSON.stringify(files)}) mocha.addFile(file);
  await new Promise((resolve, reject) =>
    mocha.run((failures) => (failures ? reject(new Error(failures + ' failed')) : resolve())),
  );
};
`;

export async function runInside(leg, files, { grep }) {
  const file = resultFile(`inside-${leg}`);
  const executable = hasDisplay() ? await fetchDesktop(DESKTOP_VERSIONS[leg]) : null;
  const install = executable ? null : await ensureVscode(leg);
  say(`VS Code ${install ? `${install.version} (server build)` : `${DESKTOP_VERSIONS[leg]} (desktop)`}`);
  const runner = path.join(path.dirname(files[0]), `run-${leg}.cjs`);
  writeFileSync(runner, entry(files, grep));
  const folder = mkdtempSync(path.join(tmpdir(), 'loopscope-inside-'));
  mkdirSync(path.join(folder, '.vscode'));
  let trouble = null;
  const inherited = { ...process.env };
  try {
    for (const name of Object.keys(inherited)) if (!(name in cleanEnv())) delete process.env[name];
    await runTests({
      vscodeExecutablePath: executable ?? path.join(root, 'test/support/codeHost.mjs'),
      extensionDevelopmentPath: root,
      extensionTestsPath: runner,
      launchArgs: [folder, '--disable-extensions'],
      extensionTestsEnv: {
        LOOPSCOPE_RESULT: file,
        LOOPSCOPE_VSCODE_LEG: leg,
        LOOPSCOPE_NODE: await ensureNode(24),
      },
    });
  } catch (error) {
    trouble = error instanceof Error ? error.message : String(error);
  } finally {
    Object.assign(process.env, inherited);
    rmSync(folder, { recursive: true, force: true });
  }
  const result = readResult(file, files, Boolean(grep));
  // Exit code 0 is also what VS Code says when its extension host dies: readResult has looked for that.
  if (trouble && result.failures.length === 0) result.failures.push(trouble);
  return result;
}
