// Runs the tests: node test/run.mjs [checks|unit|probe|alone|programs|panel|host ...] [--grep text]; all kinds when none is named.
// Files are found by glob, never by a list. The last line is "N passed, N failed".
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, packageVsix } from './support/build.mjs';
import { bundleTests, findTests } from './support/bundle.mjs';
import { ensureChromium } from './support/chromium.mjs';
import { runInside } from './support/insideRun.mjs';
import { runMocha } from './support/mochaRun.mjs';
import { ensureNode, NODE_MAJORS } from './support/nodes.mjs';
import { root } from './support/paths.mjs';
import { run } from './support/processes.mjs';
import { ensurePrograms } from './support/programs.mjs';
import { ensureServers } from './support/serverInstall.mjs';
import { ensureVscode, VSCODE_LEGS } from './support/vscodeInstall.mjs';

const MINUTE = 60_000;

/** What each kind needs before it starts, how many of its files run at once, and the limits of a test and of the kind. */
const KINDS = {
  unit: { needs: [ensureBuilt], timeoutMs: 10_000, limitMs: 3 * MINUTE },
  // Real processes, mostly waited for.
  probe: { needs: [ensureBuilt, allNodes], jobs: 2, timeoutMs: 60_000, limitMs: 12 * MINUTE },
  // The same, but they measure time, or have an inspector opened by signal, which is always on port 9229.
  alone: { needs: [ensureBuilt, allNodes], timeoutMs: 60_000, limitMs: 10 * MINUTE },
  programs: { needs: [ensureBuilt, allNodes, programsAndServers], timeoutMs: 60_000, limitMs: 5 * MINUTE },
  panel: { needs: [ensureBuilt, ensureChromium], jobs: 2, timeoutMs: 60_000, limitMs: 12 * MINUTE },
  host: { needs: [ensureBuilt, ensureChromium, allNodes, allVscodes], timeoutMs: 120_000, limitMs: 12 * MINUTE },
};

let passed = 0;
/** Told again at the very end, where they are read. */
const failures = [];
/** Kinds of which a few tests failed, with what these said; so many are run again. */
const doubtful = [];
const MOST_AGAIN = 3;
/** What those said that passed then. */
const shaken = [];
const messageOf = (error) => (error instanceof Error ? error.message : String(error));
const seconds = (start) => `${((Date.now() - start) / 1000).toFixed(1)} s`;
const print = (line) => process.stdout.write(`${line}\n`);

function allNodes() {
  return Promise.all(NODE_MAJORS.map((major) => ensureNode(major)));
}

function programsAndServers() {
  return Promise.all([ensurePrograms(), ensureServers()]);
}

function allVscodes() {
  return Promise.all(VSCODE_LEGS.map((leg) => ensureVscode(leg)));
}

function count(section, result) {
  passed += result.passed;
  failures.push(...result.failures.map((text) => `${section}: ${text}`));
}

async function section(title, act, isRepeated = false) {
  const start = Date.now();
  print(`\n== ${title}`);
  let result;
  try {
    result = await act();
  } catch (error) {
    result = { passed: 0, failures: [messageOf(error)] };
    print(result.failures[0]);
  }
  const failed = result.failures.length;
  print(`== ${title}: ${result.passed} passed, ${failed} failed, ${seconds(start)}`);
  if (isRepeated && failed > 0 && failed <= MOST_AGAIN) {
    doubtful.push({ name: title, first: result.failures });
    result = { ...result, failures: [] };
  }
  count(title, result);
}

/**
 * Runs the few tests that failed once more, with nothing beside them: two kinds share the cores, and a process may be late
 * there. What fails again has failed; what passes is told at the end as shaken, and wants to be looked at.
 */
async function again() {
  for (const { name, first } of doubtful.splice(0)) {
    const titles = first.map((text) => text.split('\n')[0]);
    const grep = `^(${titles.map((title) => title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})$`;
    await section(`${name}, again with nothing beside`, async () => {
      const result = await kind(name, grep, { jobs: 1 });
      // What failed may have been no test: a hook, or the whole run.
      if (result.passed + result.failures.length !== titles.length) return { passed: 0, failures: first };
      const still = result.failures.map((text) => text.split('\n')[0]);
      shaken.push(...first.filter((_, at) => !still.includes(titles[at])).map((text) => `${name}: ${text}`));
      return result;
    });
  }
}

async function check(name, act) {
  const start = Date.now();
  try {
    await act();
    print(`  ok    ${name} (${seconds(start)})`);
    return null;
  } catch (error) {
    print(`  FAIL  ${name} (${seconds(start)})\n${messageOf(error)}`);
    return `${name}: ${messageOf(error)}`;
  }
}

async function checks() {
  const tool = (file, ...args) =>
    run(process.execPath, [path.join(root, 'node_modules', file), ...args], { cwd: root, quiet: true });
  const results = [
    await check('prettier', () => tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.')),
    await check('types (tsc -b)', () => tool('typescript/bin/tsc', '-b')),
    await check('eslint', () => tool('eslint/bin/eslint.js', '--max-warnings', '0', '.')),
    await check('production build and VSIX', packageVsix),
  ];
  const found = results.filter((failure) => failure !== null);
  return { passed: results.length - found.length, failures: found };
}

async function kind(name, grep, how = {}) {
  const { needs, ...limits } = { ...KINDS[name], ...how };
  const inside = path.join(root, 'test', name, 'inside');
  const files = findTests(name).filter((file) => !file.startsWith(inside + path.sep));
  if (files.length === 0) throw new Error(`no file test/${name}/**/*.test.ts was found`);
  await prepare(needs);
  return runMocha(name, await bundleTests(name, files), { grep, ...limits });
}

/** One after the other, also for kinds that run at the same time: they need the same things. */
let preparing = Promise.resolve();
function prepare(needs) {
  preparing = preparing
    .catch(() => undefined)
    .then(async () => {
      for (const need of needs) await need();
    });
  return preparing;
}

async function insides(name, grep) {
  const files = existsSync(path.join(root, 'test', name, 'inside')) ? findTests(`${name}/inside`) : [];
  if (files.length === 0) return;
  const bundles = await bundleTests(`${name}/inside`, files);
  for (const leg of VSCODE_LEGS) {
    await section(`${name}, inside the extension host of the ${leg} VS Code`, () => runInside(leg, bundles, { grep }));
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { grep: { type: 'string', short: 'g' } },
});
const wanted = positionals.length > 0 ? positionals : ['checks', ...Object.keys(KINDS)];
const start = Date.now();
const at = (name) => section(name, () => kind(name, values.grep), !values.grep);
// Tests of the probe mostly wait, those of the panel mostly compute.
const isPair = wanted.includes('probe') && wanted.includes('panel');
for (const name of wanted) {
  if (name === 'checks') await section('checks', checks);
  else if (isPair && name === 'panel') continue;
  else if (isPair && name === 'probe') await Promise.all([at('probe'), at('panel')]);
  else if (name in KINDS) {
    await at(name);
    if (name === 'host') await insides(name, values.grep);
  } else
    count(name, {
      passed: 0,
      failures: [`there are no such tests; use checks, ${Object.keys(KINDS).join(', ')}`],
    });
  await again();
}
if (passed + failures.length === 0) count('all', { passed: 0, failures: ['no test ran'] });
print(`\nEverything took ${seconds(start)}.`);
for (const text of shaken) print(`SHAKEN, passed when it ran again with nothing beside: ${text}`);
for (const text of failures) print(`FAILED ${text}`);
print(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;
