// One run of mocha in a process of its own, and what is to be believed of it.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { out, root } from './paths.mjs';
import { cleanEnv, endGroup, spawnGroup } from './processes.mjs';

const reporter = path.join(root, 'test/support/reporter.cjs');
const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');

export function resultFile(name) {
  const folder = path.join(out, 'results');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.json`);
  rmSync(file, { force: true });
  return file;
}

/** A run that died, did not end, or left a file out is a failure, whatever its exit code was. */
export function readResult(file, files, filtered) {
  let result;
  try {
    result = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failures: ['mocha wrote no result: it died before the first test'] };
  }
  const { passed, failures } = result;
  if (!result.ended) failures.push('mocha died before its last test');
  const ran = new Set(Object.keys(result.files).map((name) => path.resolve(name)));
  if (result.ended && !filtered) {
    for (const name of files)
      if (!ran.has(name)) failures.push(`${path.relative(out, name).replace(/\.cjs$/, '.ts')} ran no test`);
  }
  return { passed, failures };
}

export async function runMocha(name, files, { grep, jobs = 1, timeoutMs, limitMs }) {
  const file = resultFile(name);
  const args = [
    ...['--enable-source-maps', mocha, '--reporter', reporter, '--timeout', String(timeoutMs)],
    ...[
      '--forbid-only',
      '--forbid-pending',
      process.stdout.isTTY ? '--color' : '--no-color',
      ...(grep ? ['--grep', grep] : []),
      ...(jobs > 1 ? ['--parallel', '--jobs', String(jobs)] : []),
      ...files,
    ],
  ];
  const child = spawnGroup(process.execPath, args, {
    cwd: root,
    lastSignal: 'SIGTERM',
    stdio: ['ignore', 'inherit', 'inherit'],
    env: cleanEnv({ LOOPSCOPE_RESULT: file }),
  });
  let over = null;
  const limit = setTimeout(() => {
    over = `mocha did not end within ${limitMs / 60_000} minutes: a test hangs, or left something open`;
    void endGroup(child);
  }, limitMs);
  const code = await new Promise((resolve) => child.once('exit', (status, signal) => resolve(status ?? signal)));
  clearTimeout(limit);
  const result = readResult(file, files, Boolean(grep));
  if (over) result.failures.push(over);
  else if (code !== 0 && result.failures.length === 0) result.failures.push(`mocha ended with ${code}`);
  return result;
}
