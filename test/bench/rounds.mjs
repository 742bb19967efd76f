// One workload on one Node: every mode in a process of its own, all alive at once, driven in turn.
import { ensureNode } from '../support/nodes.mjs';
import { MODES } from './modes.mjs';
import { randomFrom, shuffled } from './statistics.mjs';
import { Target } from './target.mjs';
import { programOf, WORKLOADS } from './workloads.mjs';

/**
 * Figures of one workload: CPU time in ns of one operation by mode, for each round. Processes start anew for each
 * generation, and no figure of one is compared with another's. `roundMs` is the CPU time that a plain target uses in a
 * round: as long as a beat, so that each round has one.
 */
export async function measureRounds({ workload, major, modes, generations, rounds, roundMs, load }) {
  const bench = new Bench(workload, major, roundMs, load);
  const found = [];
  for (let generation = 0; generation < generations; generation++) {
    found.push(...(await bench.generation(modes, rounds)));
  }
  return found;
}

class Bench {
  random = randomFrom(1);
  operations = 0;

  constructor(workload, major, roundMs, load) {
    Object.assign(this, { workload, major, roundMs, load: WORKLOADS[workload].load ? load : null });
  }

  async generation(modes, rounds) {
    const targets = new Map();
    const undo = [];
    try {
      for (const name of modes) targets.set(name, await this.start(name, undo));
      const found = [];
      for (let round = 0; round < rounds; round++) found.push(await this.round(targets));
      return found;
    } finally {
      for (const target of targets.values()) await target.end();
      await Promise.all(undo.map((act) => act()));
    }
  }

  async start(name, undo) {
    const mode = MODES[name];
    const program = await programOf(this.workload);
    const target = await Target.start(await ensureNode(this.major), program, await mode.nodeArgs(), this.load);
    const { warmUp } = WORKLOADS[this.workload];
    await target.run(Math.round(warmUp * mode.share));
    undo.push(await mode.switchOn(target));
    const nsAnOperation = (await target.measure(Math.round(warmUp * mode.share))) / (warmUp * mode.share);
    if (this.operations === 0) this.operations = Math.round((this.roundMs * 1e6) / nsAnOperation);
    return target;
  }

  /** Mode -> ns of one operation. */
  async round(targets) {
    const figures = {};
    for (const [name, target] of shuffled([...targets], this.random)) {
      const operations = Math.ceil(this.operations * MODES[name].share);
      figures[name] = (await target.measure(operations)) / operations;
    }
    return figures;
  }
}
