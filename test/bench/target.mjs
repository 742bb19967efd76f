import { setTimeout as delay } from 'node:timers/promises';
import { cleanEnv, endGroup, spawnGroup } from '../support/processes.mjs';
import { cpuTimeNs } from './cpuTime.mjs';
import { lineReader } from './lines.mjs';
import { onTargetCore } from './pinning.mjs';

/** After its last operation a target finishes what is left and goes to sleep: a running thread's counter is behind. */
const SETTLE_MS = 5;

/** A workload in a process of its own, with its inspector open whether or not somebody comes. */
export class Target {
  constructor(child, url, port, nextLine, load) {
    Object.assign(this, { child, url, port, nextLine, load });
  }

  /** Starts a program; `load` makes its requests, null for a program that works by itself. */
  static async start(node, program, nodeArgs, load) {
    const args = ['--inspect=127.0.0.1:0', ...nodeArgs, ...program];
    const child = spawnGroup(...onTargetCore(node, args), {
      stdio: [load ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: cleanEnv(),
    });
    let text = '';
    const address = new Promise((resolve, reject) => {
      child.stderr.on('data', (data) => {
        text = (text + data).slice(0, 10_000);
        const found = /ws:\/\/\S+/.exec(text);
        if (found) resolve(found[0]);
      });
      child.once('exit', (code) => reject(new Error(`${program[0]} ended early (${code}): ${text}`)));
    });
    const nextLine = lineReader(child);
    const [url, port] = await Promise.all([address, nextLine()]);
    return new Target(child, url, Number(port), nextLine, load);
  }

  /** CPU time of so many operations, in ns. */
  async measure(operations) {
    const before = cpuTimeNs(this.child.pid);
    await this.run(operations);
    await delay(SETTLE_MS);
    return cpuTimeNs(this.child.pid) - before;
  }

  async run(operations) {
    if (this.load) await this.load.run(this.port, operations);
    else {
      this.child.stdin.write(`${operations}\n`);
      await this.nextLine();
    }
  }

  end() {
    return endGroup(this.child, 0);
  }
}
