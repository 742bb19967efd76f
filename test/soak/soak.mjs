// npm run soak: a busy target is watched for half an hour at four beats a second; memory of target and host must stay, and
// no beat may be lost without being counted. Not part of npm test.
//   --minutes 3      for so long
//   --cycles 500     attaches and detaches so often instead
//   --node 24 --level deep
import { once } from 'node:events';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { lineReader } from '../bench/lines.mjs';
import { loadLoopscope, probePath } from '../bench/loopscope.mjs';
import { ensureNode } from '../support/nodes.mjs';
import { root } from '../support/paths.mjs';
import { cleanEnv, endGroup, spawnGroup } from '../support/processes.mjs';

const text = { type: 'string' };
const { values } = parseArgs({
  options: {
    minutes: { ...text, default: '30' },
    cycles: { ...text, default: '0' },
    node: { ...text, default: '24' },
    level: { ...text, default: 'track' },
  },
});

const BEAT_MS = 250;
const MB = 2 ** 20;
/** The first part of the time, in which caches fill and code is compiled, is not judged. */
const WARM_SHARE = 0.2;
/** From then on the least of the second half may lie above that of the first by no more than this. */
const MOST_GROWTH_MB = { target: 4, host: 6 };

const print = (line) => process.stdout.write(`${line}\n`);
const mb = (bytes) => (bytes / MB).toFixed(1);

async function startBusy(major) {
  const child = spawnGroup(
    await ensureNode(major),
    ['--inspect=127.0.0.1:0', '--expose-gc', path.join(root, 'test/fixtures/faults/busy.cjs')],
    { stdio: ['ignore', 'pipe', 'pipe'], env: cleanEnv() },
  );
  let said = '';
  const url = new Promise((resolve) => {
    child.stderr.on('data', (data) => {
      said = (said + data).slice(-10_000);
      const found = /ws:\/\/\S+/.exec(said);
      if (found) resolve(found[0]);
    });
  });
  const nextLine = lineReader(child);
  await nextLine();
  const holds = async () => {
    child.kill('SIGUSR2');
    return JSON.parse(await nextLine());
  };
  return { child, url: await url, holds };
}

/** Heap of this process after a collection; `node --expose-gc`. */
function hostHeap() {
  for (let time = 0; time < 2; time++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** By how much the least of the second half lies above that of the first. */
function growth(readings) {
  const judged = readings.slice(Math.ceil(readings.length * WARM_SHARE));
  const half = Math.floor(judged.length / 2);
  return Math.min(...judged.slice(half)) - Math.min(...judged.slice(0, half));
}

async function watch({ attach, DEFAULTS }, busy, minutes) {
  const options = { ...DEFAULTS, level: values.level, beatMs: BEAT_MS };
  const attachment = await attach({ url: busy.url }, options, { probePath, log: print });
  const seen = { snapshots: 0, lost: 0, last: attachment.snapshot.sequence, longestWindowMs: 0, states: new Map() };
  attachment.onDidSnapshot(({ sequence, windowMs, dropped, state }) => {
    seen.snapshots++;
    seen.lost += dropped.beats + (sequence - seen.last - 1);
    seen.last = sequence;
    seen.longestWindowMs = Math.max(seen.longestWindowMs, windowMs);
    seen.states.set(state, (seen.states.get(state) ?? 0) + 1);
  });
  const startMs = performance.now();
  const readings = [];
  const rows = Math.max(10, Math.min(60, minutes * 4));
  for (let row = 1; row <= rows; row++) {
    await delay(Math.max(0, startMs + (row * minutes * 60_000) / rows - performance.now()));
    const held = await busy.holds();
    readings.push({ target: held.heapUsed, host: hostHeap() });
    print(
      `${((performance.now() - startMs) / 60_000).toFixed(1)} min: target ${mb(held.heapUsed)} MB heap, ${mb(held.rss)} MB RSS, ` +
        `${held.handles} handles, ${held.answers} answers; host ${mb(readings.at(-1).host)} MB heap; ${seen.snapshots} beats`,
    );
  }
  const expected = (performance.now() - startMs) / BEAT_MS;
  await attachment.detach();
  const failures = [];
  for (const side of ['target', 'host']) {
    const grown = growth(readings.map((reading) => reading[side])) / MB;
    print(`${side}: ${grown.toFixed(2)} MB more in the second half than in the first`);
    if (grown > MOST_GROWTH_MB[side]) failures.push(`the heap of the ${side} has grown`);
  }
  print(
    `beats: ${seen.snapshots} of ${expected.toFixed(0)}, ${seen.lost} lost; longest window ${seen.longestWindowMs.toFixed(0)} ms`,
  );
  print(
    `states: ${[...seen.states].map(([state, count]) => `${state} ${count}`).join(', ')}; ${attachment.endedBecause}`,
  );
  if (seen.lost > 0) failures.push('beats were lost');
  return failures;
}

async function cycle({ attach, DEFAULTS, LEVELS }, busy, cycles) {
  const WARM = 20;
  let before;
  const startMs = performance.now();
  for (let at = 0; at < cycles + WARM; at++) {
    if (at === WARM) before = { ...(await busy.holds()), host: hostHeap() };
    const options = { ...DEFAULTS, level: LEVELS[at % LEVELS.length], beatMs: BEAT_MS };
    const attachment = await attach({ url: busy.url }, options, { probePath });
    await attachment.detach();
    if ((at + 1 - WARM) % 100 === 0) {
      const { heapUsed, rss, handles } = await busy.holds();
      print(
        `${at + 1 - WARM} cycles: target ${mb(heapUsed)} MB heap, ${mb(rss)} MB RSS, ${handles} handles; host ${mb(hostHeap())} MB`,
      );
    }
  }
  const after = { ...(await busy.holds()), host: hostHeap() };
  const each = (key) => ((after[key] - before[key]) / cycles / 1024).toFixed(2);
  print(`${cycles} cycles in ${((performance.now() - startMs) / 1000).toFixed(0)} s`);
  print(`a cycle leaves ${each('heapUsed')} kB of heap in the target and ${each('host')} kB in the host`);
  return after.heapUsed - before.heapUsed > 10 * 1024 * cycles ? ['each cycle leaves something behind'] : [];
}

const loopscope = await loadLoopscope();
const busy = await startBusy(Number(values.node));
let failures;
try {
  const cycles = Number(values.cycles);
  failures = cycles > 0 ? await cycle(loopscope, busy, cycles) : await watch(loopscope, busy, Number(values.minutes));
} finally {
  const gone = once(busy.child, 'exit');
  await endGroup(busy.child, 0);
  await gone;
}
for (const failure of failures) print(`FAILED: ${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;
