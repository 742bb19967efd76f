// One workload on one Node: every mode in a process of its own, all alive at once, driven in turn.
import { ensureNode } from '../support/nodes.mjs';
import { MODES } from './modes.mjs';
import { figureOf } from './figures.mjs';
import { randomFrom, shuffled } from './statistics.mjs';
import { Target } from './target.mjs';
import { programOf, WORKLOADS } from './workloads.mjs';

/** The two plain processes of each generation: what all others are compared with. */
export const PLAIN = ['plain', 'plain-again'];

/** What an unsteady mode is run with again, for the ratio of the two. */
const COMPANIONS = { 'track-off': ['hook3', 'hook4'], 'track-10ms': ['hook3', 'hook4'], deep: ['hook4-promises'] };

/** How often the warm-up is repeated once a mode is switched on. */
const WARM_UPS = 2;

/** A spread above this is too wide to claim anything. */
export const WIDEST_SPREAD = 0.02;

/**
 * Rounds of one workload: each has the CPU time of an operation in ns by mode, and what the targets waited for their
 * core, as a share. Processes start anew for each generation. `amount.roundMs` is the CPU time that a plain target uses
 * in a round: as long as a beat, so that each round has one. Modes that are unsteady get more generations, up to
 * `amount.mostGenerations`.
 */
export async function measureRounds({ workload, major, modes, amount, load }) {
  const bench = new Bench(workload, major, amount, WORKLOADS[workload].load ? load : null);
  const found = [];
  let wanted = modes;
  for (let generation = 0; generation < amount.mostGenerations; generation++) {
    if (generation >= amount.generations) wanted = withCompanions(unsteady(found, modes), modes);
    if (wanted.length === 0) break;
    found.push(...(await bench.generation([...new Set([...PLAIN, ...wanted])])));
  }
  return found;
}

const unsteady = (found, modes) =>
  modes.filter((name) => !PLAIN.includes(name) && figureOf(found, name).spread > WIDEST_SPREAD);

const withCompanions = (names, modes) =>
  names.flatMap((name) => [name, ...(COMPANIONS[name] ?? []).filter((other) => modes.includes(other))]);

class Bench {
  random = randomFrom(1);
  operations = 0;

  constructor(workload, major, amount, load) {
    Object.assign(this, { workload, major, amount, load });
  }

  async generation(modes) {
    const targets = new Map();
    const undo = [];
    try {
      for (const name of modes) targets.set(name, await this.start(name, undo));
      const found = [];
      for (let round = 0; round < this.amount.rounds; round++) found.push(await this.round(targets));
      return found;
    } finally {
      for (const target of targets.values()) await target.end();
      for (const act of undo) await act();
    }
  }

  async start(name, undo) {
    const { share, start, switchOn } = MODES[name];
    const how = await start();
    const target = await Target.start(await ensureNode(this.major), await programOf(this.workload), how, this.load);
    const warmUp = Math.ceil(WORKLOADS[this.workload].warmUp * share);
    await target.run(warmUp);
    undo.push(await switchOn(target));
    // What was switched on makes V8 compile anew much of the program: measured, 20,000 requests until it is done.
    for (let time = 0; time < WARM_UPS; time++) await target.run(warmUp);
    const { usedNs } = await target.costOf(() => target.run(warmUp));
    if (this.operations === 0) this.operations = Math.ceil((this.amount.roundMs * 1e6 * warmUp) / usedNs);
    return target;
  }

  /** Every mode in turn, in an order of chance; for at least a beat, since what the probe may do is refilled with each. */
  async round(targets) {
    const ns = {};
    let usedNs = 0;
    let waitedNs = 0;
    for (const [name, target] of shuffled([...targets], this.random)) {
      const operations = Math.ceil(this.operations * MODES[name].share);
      const cost = await target.costOf(() => target.run(operations));
      ns[name] = cost.usedNs / operations;
      usedNs += cost.usedNs;
      waitedNs += cost.waitedNs;
    }
    return { ns, waitedShare: waitedNs / (usedNs + waitedNs) };
  }
}
