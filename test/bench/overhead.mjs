// npm run bench:overhead: what looking costs the target, as CPU time of an operation, plain against each mode.
// --node 20,24 --workloads express,timers --modes track-10ms,hook3 choose a part; --rounds and --generations say how much;
// --quick has shorter rounds, for a first look.
import { parseArgs } from 'node:util';
import { LoadClient } from './loadClient.mjs';
import { MODES } from './modes.mjs';
import { pinSelf } from './pinning.mjs';
import { measureRounds } from './rounds.mjs';
import { textTable } from './tables.mjs';
import { WORKLOADS } from './workloads.mjs';

const list = (text) => text.split(',').filter(Boolean);
const print = (text) => process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    node: { type: 'string', default: '20,22,24,26' },
    workloads: { type: 'string', default: Object.keys(WORKLOADS).join(',') },
    modes: { type: 'string', default: Object.keys(MODES).join(',') },
    rounds: { type: 'string' },
    generations: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});

function chosen(names, known) {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return names;
}

const amount = values.quick
  ? { roundMs: 200, rounds: 7, generations: 1 }
  : { roundMs: 1000, rounds: 3, generations: 2 };
for (const name of ['rounds', 'generations']) if (values[name]) amount[name] = Number(values[name]);

pinSelf();
const modes = [...new Set(['plain', ...chosen(list(values.modes), Object.keys(MODES))])];
const load = new LoadClient();
for (const workload of chosen(list(values.workloads), Object.keys(WORKLOADS))) {
  for (const major of list(values.node).map(Number)) {
    const start = Date.now();
    const usable = modes.filter((name) => !MODES[name].missing);
    const found = await measureRounds({
      workload,
      major,
      modes: usable,
      ...amount,
      load,
    });
    print(textTable({ workload, major, found }));
    print(`(${((Date.now() - start) / 1000).toFixed(0)} s)\n`);
  }
}
await load.end();
