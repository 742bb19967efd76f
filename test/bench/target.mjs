import { setTimeout as delay } from 'node:timers/promises';
import { cleanEnv, endGroup, spawnGroup } from '../support/processes.mjs';
import { cpuTimes } from './cpuTime.mjs';
import { lineReader } from './lines.mjs';
import { onTargetCore } from './pinning.mjs';

/** After its last operation a target finishes what is left and goes to sleep: a running thread's counter is behind. */
const SETTLE_MS = 5;

/** A program in a process of its own, with its inspector open whether or not somebody comes. */
export class Target {
  constructor(child, url, port, nextLine, load) {
    Object.assign(this, { child, url, port, nextLine, load });
  }

  /**
   * Starts a program, which writes "ready" and its port, or 0, when it is. `load` makes its requests; a program
   * without is told on its standard input what to do.
   */
  static async start(node, program, { nodeArgs = [], env = {}, cwd } = {}, load = null) {
    const args = ['--inspect=127.0.0.1:0', ...nodeArgs, ...program];
    const child = spawnGroup(...onTargetCore(node, args), {
      stdio: [load ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: cleanEnv(env),
      cwd,
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
    const [url, port] = await Promise.all([address, readyPort(nextLine)]);
    return new Target(child, url, port, nextLine, load);
  }

  /** CPU time used meanwhile, and waited for the core, in ns; the target sleeps before and after. */
  async costOf(act) {
    const before = cpuTimes(this.child.pid);
    await act();
    await delay(SETTLE_MS);
    const after = cpuTimes(this.child.pid);
    return { usedNs: after.usedNs - before.usedNs, waitedNs: after.waitedNs - before.waitedNs };
  }

  /** Does so many operations. */
  async run(operations) {
    if (this.load) await this.load.run(this.port, operations);
    else await this.tell(operations);
  }

  /** Writes a line to the program; answers the line it writes when it has done so. */
  tell(line) {
    this.child.stdin.write(`${line}\n`);
    return this.nextLine();
  }

  end() {
    return endGroup(this.child, 0);
  }
}

/** A tool that is loaded into the target may write lines of its own. */
async function readyPort(nextLine) {
  for (;;) {
    const found = /^ready (\d+)$/.exec(await nextLine());
    if (found) return Number(found[1]);
  }
}
