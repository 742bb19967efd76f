import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cleanEnv, endGroup, spawnGroup } from '../support/processes.mjs';

/** The process that makes the requests; see load.mjs. */
export class LoadClient {
  constructor() {
    this.child = spawnGroup(process.execPath, [fileURLToPath(new URL('load.mjs', import.meta.url))], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: cleanEnv(),
    });
    const waiting = new Map();
    this.waiting = waiting;
    this.child.once('exit', () => waiting.forEach(({ reject }) => reject(new Error('the load client has ended'))));
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      const port = Number(line.split(' ')[1]);
      waiting.get(port).resolve();
      waiting.delete(port);
    });
  }

  /** Ends when all requests are answered; several programs at a time may be asked. */
  run(port, requests) {
    return new Promise((resolve, reject) => {
      this.waiting.set(port, { resolve, reject });
      this.child.stdin.write(`${JSON.stringify({ port, requests })}\n`);
    });
  }

  end() {
    return endGroup(this.child, 0);
  }
}
