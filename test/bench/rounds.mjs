// One workload on one Node: every mode in a process of its own, some alive at once, each driven beside a plain one.
import { ensureNode } from '../support/nodes.mjs';
import { MODES } from './modes.mjs';
import { figureOf } from './figures.mjs';
import { randomFrom, shuffled } from './statistics.mjs';
import { Target } from './target.mjs';
import { programOf, WORKLOADS } from './workloads.mjs';

/** What all others are compared with: each is driven at the same time as this one, on the same core. */
export const PLAIN = 'plain';

/** A second plain process, which is driven as seldom as one in a mode: what the first one does for all makes it warmer. */
export const AGAIN = 'plain-again';

/** What an unsteady mode is run with again, for the ratio of the two. */
const COMPANIONS = { 'track-off': ['hook3', 'hook4'], 'track-10ms': ['hook3', 'hook4'], deep: ['hook4-promises'] };

/**
 * What is alive at the same time: a process that stands idle for long is given less memory, and is slow when its turn
 * comes. Modes that are compared with each other are in one group.
 */
const GROUPS = [
  [AGAIN, 'observe-10ms', 'track-off', 'track-10ms', 'hook3', 'hook4'],
  ['attached', 'observe-off', 'observe-1ms', 'track-1ms', 'deep', 'hook4-promises'],
  ['debugger', 'why-is-node-running', 'bubbleprof'],
];

/** How often the warm-up is repeated once a mode is switched on. */
const WARM_UPS = 2;

/** A spread above this is too wide to claim anything. */
export const WIDEST_SPREAD = 0.02;

/**
 * Rounds of one workload: by mode the CPU time of an operation in ns, that of the plain process which ran beside it, and
 * what the targets waited for the core that they share, as a share. Processes start anew for each generation.
 * `amount.roundMs` is the CPU time that a plain target uses in a round: half a beat, since two share the core. Modes that
 * are unsteady get more generations, up to `amount.mostGenerations`.
 */
export async function measureRounds({ workload, major, modes, amount, load }) {
  const bench = new Bench(workload, major, amount, WORKLOADS[workload].load ? load : null);
  const found = [];
  for (const group of GROUPS) {
    const all = group.filter((name) => modes.includes(name));
    let wanted = all;
    for (let generation = 0; generation < amount.mostGenerations; generation++) {
      if (generation >= amount.generations) wanted = withCompanions(unsteady(found, all), all);
      if (wanted.length === 0) break;
      found.push(...(await bench.generation([...new Set(wanted)])));
    }
  }
  return found;
}

const unsteady = (found, modes) => modes.filter((name) => figureOf(found, name).spread > WIDEST_SPREAD);

const withCompanions = (names, modes) =>
  names.flatMap((name) => [name, ...(COMPANIONS[name] ?? []).filter((other) => modes.includes(other))]);

class Bench {
  random = randomFrom(1);
  /** Operations of a plain process in a round. */
  operations = 0;

  constructor(workload, major, amount, load) {
    Object.assign(this, { workload, major, amount, load });
  }

  async generation(modes) {
    const undo = [];
    const all = [];
    const start = async (name) => {
      const one = await this.start(name, undo);
      all.push(one.target);
      return one;
    };
    try {
      const plain = await start(PLAIN);
      this.operations ||= Math.ceil((this.amount.roundMs * 1e6) / plain.ns);
      const targets = [];
      for (const name of modes) targets.push(await start(name));
      const found = [];
      for (let round = 0; round < this.amount.rounds; round++) found.push(await this.round(plain, targets));
      return found;
    } finally {
      for (const target of all) await target.end();
      for (const act of undo) await act();
    }
  }

  /** A warm target in this mode, and about how long an operation takes it. */
  async start(name, undo) {
    const { share, start, switchOn } = MODES[name];
    const how = await start();
    const target = await Target.start(await ensureNode(this.major), await programOf(this.workload), how, this.load);
    const warmUp = Math.ceil(WORKLOADS[this.workload].warmUp * share);
    await target.run(warmUp);
    undo.push(await switchOn(target));
    // What was switched on makes V8 compile anew much of the program: measured, 20,000 requests until it is done.
    let cost;
    for (let time = 0; time < WARM_UPS; time++) cost = await target.costOf(() => target.run(warmUp));
    return { name, target, share, ns: cost.usedNs / warmUp };
  }

  /**
   * Every mode in turn, in an order of chance, beside the plain process: the kernel gives them the core by turns of a few
   * milliseconds, so that both have the same machine, whose speed changes from second to second. Both get as much to do
   * as takes them equally long.
   */
  async round(plain, targets) {
    const found = { ns: {}, beside: {} };
    let usedNs = 0;
    let waitedNs = 0;
    for (const { name, target, share, ns } of shuffled(targets, this.random)) {
      const operations = Math.ceil(this.operations * share);
      const besides = Math.ceil((operations * ns) / plain.ns);
      const [own, beside] = await Promise.all([
        target.costOf(() => target.run(operations)),
        plain.target.costOf(() => plain.target.run(besides)),
      ]);
      found.ns[name] = own.usedNs / operations;
      found.beside[name] = beside.usedNs / besides;
      usedNs += own.usedNs + beside.usedNs;
      waitedNs += own.waitedNs + beside.waitedNs;
    }
    return { ...found, waitedShare: waitedNs / (usedNs + waitedNs) };
  }
}
