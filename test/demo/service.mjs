// The example service of test/fixtures/demo; started by itself with node test/demo/service.mjs
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { out, root } from '../support/paths.mjs';
import { spawnGroup } from '../support/processes.mjs';

const SOURCES = ['server', 'poller', 'report', 'retry', 'store', 'traffic'];

/** Each file on its own with a source map, as a compiler leaves a service. */
async function compile() {
  const outdir = path.join(out, 'demo');
  await esbuild.build({
    entryPoints: SOURCES.map((name) => path.join(root, 'test/fixtures/demo', `${name}.ts`)),
    outdir,
    platform: 'node',
    format: 'cjs',
    target: 'node18',
    sourcemap: 'linked',
    logLevel: 'warning',
  });
  return path.join(outdir, 'server.js');
}

/** Its inspector is closed, as in life, and will open on a free port. */
export async function startService({ node = process.execPath, args = ['--inspect-port=127.0.0.1:0'] } = {}) {
  const program = await compile();
  const child = spawnGroup(node, [...args, program], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.resume(); // its warning about too many listeners is what the panel shows better
  const address = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (data) => {
      text += data;
      const match = /listening on (\S+)/.exec(text);
      if (match) resolve(match[1]);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`The demo service ended (${code ?? signal}).`)));
  });
  return { child, pid: child.pid, address, program };
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  console.log('starting the demo service');
  const { pid, address } = await startService();
  console.log(`demo service ready: pid ${pid}, ${address}`);
}
