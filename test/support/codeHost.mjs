#!/usr/bin/env node
// Stands in for the desktop's `code` executable: takes the arguments that @vscode/test-electron passes to it, and runs
// the tests in the extension host of the server build. LOOPSCOPE_VSCODE_LEG says which version.
import path from 'node:path';
import { setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { launchChromium } from './chromium.mjs';
import { startServer, workbenchUrl } from './vscodeServer.mjs';

const LIMIT_MS = 300_000;

/** What the workbench says about itself, on the same console as the tests. */
const NOISE =
  /^(Resolv(ing|ed) connection token|Creating a socket|\[|Ignoring fetching additional|Updating additional|No search provider|Creation of workbench contribution|ComputeTargetPlatform|%c)/;

function argument(name) {
  const found = process.argv.find((value) => value.startsWith(`--${name}=`))?.slice(name.length + 3);
  return found?.startsWith('file:') ? fileURLToPath(found) : found;
}

/** Resolves to the exit code that the workbench reports; rejects when something ends before it could. */
function finished(page, server) {
  return new Promise((resolve, reject) => {
    const fail = (message) => reject(new Error(message));
    const timer = setTimeout(() => fail(`no end after ${LIMIT_MS / 1000} s`), LIMIT_MS);
    page.exposeFunction('codeAutomationExit', (code) => {
      clearTimeout(timer);
      resolve(code);
    });
    page.exposeFunction('codeAutomationLog', (type, [first, ...rest]) => {
      if (NOISE.test(String(first))) return;
      const text = format(first, ...rest);
      (type === 'error' || type === 'warn' ? process.stderr : process.stdout).write(`${text}\n`);
    });
    page.on('crash', () => fail('the page of the workbench crashed'));
    server.child.once('exit', (code, signal) => fail(`the server ended (${code ?? signal})`));
    server.child.stdout.on('data', (data) => {
      const end = /Extension Host Process exited with code: (\S+), signal: (\S+)/.exec(data);
      // Without this a dead extension host would be waited for; at the normal end the exit code comes first.
      if (end) setTimeout(() => fail(`the extension host ended (code ${end[1]}, signal ${end[2]})`), 3000);
    });
  });
}

async function main() {
  const extension = argument('extensionDevelopmentPath');
  const tests = argument('extensionTestsPath');
  if (!extension || !tests) throw new Error('only runs with --extensionDevelopmentPath and --extensionTestsPath');
  const folder = process.argv.slice(2).find((value) => path.isAbsolute(value));
  const server = await startServer({ leg: process.env.LOOPSCOPE_VSCODE_LEG });
  let browser;
  try {
    browser = await launchChromium();
    const page = await browser.newPage();
    const end = finished(page, server);
    await page.goto(workbenchUrl(server, { folder, extension, tests }), { waitUntil: 'domcontentloaded' });
    return await end;
  } catch (error) {
    process.stderr.write(`${error.message}\n--- server log ---\n${server.log().slice(-3000)}\n`);
    return 1;
  } finally {
    await browser?.close().catch(() => undefined);
    await server.stop();
  }
}

// Whoever started this may be killed; then nobody waits for the result.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(1);
}, 1000).unref();

process.exit(await main());
