import { fileURLToPath } from 'node:url';
import { cleanEnv, endGroup, spawnGroup } from '../support/processes.mjs';
import { lineReader } from './lines.mjs';

/** The process that makes the requests; see load.mjs. */
export class LoadClient {
  constructor() {
    this.child = spawnGroup(process.execPath, [fileURLToPath(new URL('load.mjs', import.meta.url))], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: cleanEnv(),
    });
    this.nextLine = lineReader(this.child);
  }

  /** Ends when all requests are answered. */
  async run(port, requests) {
    this.child.stdin.write(`${JSON.stringify({ port, requests })}\n`);
    await this.nextLine();
  }

  end() {
    return endGroup(this.child, 0);
  }
}
