// A Chromium for tests and pictures: found on this machine, or fetched once and reused.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { aptInstall, whyNoPackages } from './debian.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const downloads = path.join(root, '.vscode-test', 'browsers');

/** Quiet, and able to run in a container: no sandbox, no GPU, nothing that calls home. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

const WELL_KNOWN = {
  linux: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map((name) => `/usr/bin/${name}`),
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [process.env['ProgramFiles'], process.env['ProgramFiles(x86)'], process.env['LocalAppData']]
    .filter((folder) => folder)
    .map((folder) => path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe')),
};

const say = (line) => process.stderr.write(`${line}\n`);

/** Runs a program to its end, its output on stderr; true when it exited with 0. */
function run(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 2, 2], env: { ...process.env, ...env } });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}

/** A browser that lacks a system library is there and does not start: only one that starts counts. */
async function starts(executablePath) {
  try {
    const browser = await chromium.launch({ executablePath, headless: true, args: FLAGS, timeout: 30_000 });
    await browser.close();
    return true;
  } catch {
    return false;
  }
}

function wellKnown() {
  return (WELL_KNOWN[process.platform] ?? []).filter((file) => existsSync(file));
}

/** What an earlier download left under .vscode-test/browsers. */
function downloaded() {
  const names = new Set([
    'chrome',
    'chrome.exe',
    'Chromium',
    'Google Chrome for Testing',
    'headless_shell',
    'chrome-headless-shell',
  ]);
  const found = [];
  const walk = (folder, depth) => {
    for (const entry of existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []) {
      const full = path.join(folder, entry.name);
      if (entry.isDirectory() && depth > 0) walk(full, depth - 1);
      else if (entry.isFile() && names.has(entry.name) && (process.platform === 'win32' || statSync(full).mode & 0o111))
        found.push(full);
    }
  };
  walk(downloads, 6);
  return found;
}

/** Without a proxy an unreachable download is known in seconds; Playwright itself would try for minutes. */
async function downloadReachable() {
  if (process.env['HTTPS_PROXY'] || process.env['https_proxy'] || process.env['PLAYWRIGHT_DOWNLOAD_HOST']) return true;
  try {
    await fetch('https://cdn.playwright.dev/', { method: 'HEAD', signal: AbortSignal.timeout(8_000) });
    return true;
  } catch {
    return false;
  }
}

async function download() {
  if (!(await downloadReachable())) {
    say('Chromium: the download site of Playwright cannot be reached from here.');
    return [];
  }
  say(`Chromium: fetching Playwright's own build into ${path.relative(process.cwd(), downloads) || downloads} ...`);
  const cli = path.join(path.dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'cli.js');
  await run(process.execPath, [cli, 'install', 'chromium'], {
    PLAYWRIGHT_BROWSERS_PATH: downloads,
    PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: process.env['PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT'] ?? '15000',
  });
  return downloaded();
}

async function installOnDebian() {
  if (whyNoPackages() !== null) return [];
  say('Chromium: installing the packages chromium and fonts-liberation with apt-get ...');
  await aptInstall('chromium', 'fonts-liberation').catch((error) => say(error.message));
  return wellKnown();
}

async function firstThatStarts(candidates) {
  for (const file of candidates) {
    if (await starts(file)) return file;
    say(`Chromium: ${file} is there but does not start; looking further.`);
  }
  return null;
}

async function find() {
  const given = process.env['CHROMIUM_PATH'];
  if (given) {
    if (await starts(given)) return given;
    throw new Error(`CHROMIUM_PATH names ${given}, which does not start as a Chromium. Correct it or unset it.`);
  }
  for (const source of [wellKnown, downloaded, download, installOnDebian]) {
    const file = await firstThatStarts(await source());
    if (file) return file;
  }
  throw new Error(
    'No Chromium was found, and none could be fetched. Install Chromium or Google Chrome, or set CHROMIUM_PATH to one.',
  );
}

let known;

/** Path of a Chromium that starts; fetches one when there is none. Throws a sentence with the remedy when it cannot. */
export function ensureChromium() {
  known ??= find();
  return known;
}

/** A headless Chromium, as a Playwright browser; the caller closes it. Options are Playwright's launch options. */
export async function launchChromium(options = {}) {
  const executablePath = await ensureChromium();
  return chromium.launch({ headless: true, ...options, executablePath, args: [...FLAGS, ...(options.args ?? [])] });
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  // No await here: tests require() this module.
  ensureChromium().then(
    (file) => process.stdout.write(`${file}\n`),
    (error) => {
      say(error instanceof Error ? error.message : String(error));
      process.exitCode = 1;
    },
  );
}
