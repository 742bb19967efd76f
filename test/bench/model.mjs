// What a beat costs the host: npm run bench:model [-- --groups 5000] [--rounds 300] [--write]
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { format, resolveConfig } from 'prettier';
import { bundleTests } from '../support/bundle.mjs';
import { root } from '../support/paths.mjs';
import { aligned, markdown } from './format.mjs';

const { values } = parseArgs({
  options: {
    groups: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '300' },
    write: { type: 'boolean', default: false },
  },
});
const groups = Number(values.groups);
const file = path.join(root, 'test/bench/model.md');
const GOAL_MS = 5;
const MOST_GROWTH = 0.02;

const print = (text) => process.stdout.write(`${text}\n`);

/** The value below which a share (0..1) of all lies. */
function quantile(all, share) {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

const [bundle] = await bundleTests('bench/model', [path.join(root, 'test/bench/model/beats.ts')]);
const { timeBeats, hourOfBeats } = createRequire(import.meta.url)(bundle);
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');

const times = [...timeBeats(groups, Number(values.rounds), () => gc({ type: 'minor' }))];
const figures = times.map(([name, took]) => {
  const of = (key, share) =>
    quantile(
      took.map((one) => one[key]),
      share,
    );
  return { name, cpu: [of('cpuMs', 0.5), of('cpuMs', 0.95)], wall: [of('wallMs', 0.5), of('wallMs', 0.95)] };
});
const beats = [
  ['one beat', 'CPU ms, median', 'p95', 'wall ms, median', 'p95'],
  ...figures.map(({ name, cpu, wall }) => [name, ...[...cpu, ...wall].map((ms) => ms.toFixed(2))]),
];
print(`${aligned(beats)}\n`);

const held = hourOfBeats(groups, gc);
const hour = [
  ['until minute', 'heap after a collection, MB', 'entries'],
  ...held.map(({ minute, heapBytes, entries }) => [`${minute}`, (heapBytes / 2 ** 20).toFixed(1), `${entries}`]),
];
print(`${aligned(hour)}\n`);

const judged = figures.filter(({ name }) => /^model, (full|\d)/.test(name));
const worst = [0, 1].map((at) => Math.max(...judged.map(({ cpu }) => cpu[at])));
const growth = held.at(-1).heapBytes / held[1].heapBytes - 1;
const summary =
  `A beat takes the model ${worst[0].toFixed(1)} ms of CPU time (median; p95 ${worst[1].toFixed(1)} ms; goal ${GOAL_MS} ms). ` +
  `In an hour of beats the heap changes by ${(growth * 100).toFixed(1)} % (last ten minutes against the second; goal ${MOST_GROWTH * 100} %).`;
print(summary);
if (worst[1] >= GOAL_MS || growth > MOST_GROWTH) process.exitCode = 1;

if (values.write) {
  const machine = `${os.cpus()[0]?.model.trim()}, ${os.cpus().length} cores, ${os.type()}`;
  const date = new Date().toISOString().slice(0, 10);
  const load = `load ${os.loadavg()[0].toFixed(1)}`;
  const page = [
    '# What a beat costs the host',
    `\`npm run bench:model -- --write\` on ${date}: ${machine} (${load}); Node ${process.versions.node}. ${summary}`,
    `${groups} groups and 300 rows of listeners at level deep, with 200 functions of the CPU profile a beat. A full batch follows 100 changes. Young garbage is collected before each part, so that none pays for another. In the hour 100 groups change a beat, five of them end, and five begin at new places.`,
    markdown(beats),
    markdown(hour),
  ];
  await writeFile(file, await format(page.join('\n\n'), { ...(await resolveConfig(file)), filepath: file }));
  print(`Wrote ${path.relative(root, file)}.`);
}
