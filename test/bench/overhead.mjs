// npm run bench:overhead: what looking costs the target, as CPU time of an operation, plain against each mode.
//   --node 20,24 --workloads express,timers --modes track-10ms,hook3   choose a part
//   --rounds N --generations N                                          say how much
//   --quick                                                             has shorter rounds, for a first look
//   --continue                                                          keeps what an earlier run has measured
//   --again                                                             the same, but measures the chosen modes anew
//   --write                                                             writes overhead.md
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { out, root } from '../support/paths.mjs';
import { LoadClient } from './loadClient.mjs';
import { MODES } from './modes.mjs';
import { pinSelf } from './pinning.mjs';
import { cellText, goalsText, reportMarkdown } from './report.mjs';
import { measureRounds } from './rounds.mjs';
import { WORKLOADS } from './workloads.mjs';

const FULL = { roundMs: 500, rounds: 8, generations: 2, mostGenerations: 4 };
const QUICK = { roundMs: 100, rounds: 7, generations: 1, mostGenerations: 1 };

const text = { type: 'string' };
const { values } = parseArgs({
  options: {
    node: { ...text, default: '20,22,24,26' },
    workloads: text,
    modes: text,
    rounds: text,
    generations: text,
    quick: { type: 'boolean', default: false },
    continue: { type: 'boolean', default: false },
    again: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const print = (line) => process.stdout.write(`${line}\n`);

/** The names of a list, or all. */
function chosen(names, known, usual = known) {
  if (names === undefined) return usual;
  const list = names.split(',').filter(Boolean);
  const unknown = list.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return list;
}

function amountAsked() {
  const amount = { ...(values.quick ? QUICK : FULL) };
  if (values.rounds) amount.rounds = Number(values.rounds);
  if (values.generations) amount.generations = amount.mostGenerations = Number(values.generations);
  return amount;
}

const file = path.join(out, 'bench/overhead.json');

/** A round without modes that were measured anew; the more there is of "plain again", which all modes have beside them, the better. */
function without({ ns, beside, ...rest }, names) {
  const kept = (figures) =>
    Object.fromEntries(Object.entries(figures).filter(([name]) => name === 'plain-again' || !names.includes(name)));
  return { ...rest, ns: kept(ns), beside: kept(beside) };
}

/** Everything so far, so that a run that is ended loses nothing. */
function keep(cells, amount) {
  const rank = ({ workload, major }) => Object.keys(WORKLOADS).indexOf(workload) * 100 + major;
  cells.sort((a, b) => rank(a) - rank(b));
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ amount, cells }));
  if (!values.write) return;
  writeFileSync(path.join(root, 'test/bench/overhead.md'), reportMarkdown(cells, amount));
}

const command = ['npm run bench:overhead --', ...process.argv.slice(2)].join(' ');

pinSelf();
const known = Object.keys(WORKLOADS);
const workloads = chosen(
  values.workloads,
  known,
  known.filter((name) => !WORKLOADS[name].single),
);
const modes = chosen(values.modes, Object.keys(MODES));
const amount = amountAsked();
const load = new LoadClient();
const cells = values.continue || values.again ? JSON.parse(readFileSync(file, 'utf8')).cells : [];
const start = Date.now();
for (const workload of workloads) {
  for (const major of values.node.split(',').map(Number)) {
    const before = cells.findIndex((cell) => cell.workload === workload && cell.major === major);
    if (before >= 0 && !values.again) continue;
    const usable = modes.filter((name) => MODES[name].missing(major) === null);
    const found = await measureRounds({ workload, major, modes: usable, amount, load });
    const [earlier] = before < 0 ? [] : cells.splice(before, 1);
    const kept = (earlier?.found ?? []).map((round) => without(round, usable));
    cells.push({ workload, major, commands: [...(earlier?.commands ?? []), command], found: [...kept, ...found] });
    print(cellText(cells.at(-1)));
    keep(cells, amount);
  }
}
await load.end();
keep(cells, amount);
print(goalsText(cells));
print(`\nEverything took ${((Date.now() - start) / 60_000).toFixed(1)} minutes.`);
