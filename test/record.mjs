// Makes test/fixtures/recorded/runs again: npm run record [-- --only name] [-- --node 24]. Takes five minutes.
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './support/build.mjs';
import { bundleTests } from './support/bundle.mjs';
import { ensureNode } from './support/nodes.mjs';
import { root } from './support/paths.mjs';

const RUNS = [
  { name: 'lateTimers', beats: 10 },
  { name: 'synchronousCalls', beats: 12 },
  { name: 'garbageCollection', beats: 12 },
  { name: 'threadPool', beats: 14 },
  { name: 'slowRequests', beats: 16 },
  { name: 'slowWrites', beats: 12 },
  { name: 'growingBuffers', beats: 11, beatMs: 10_000 },
  { name: 'heapNearLimit', beats: 40, nodeArgs: ['--max-old-space-size=64', '--max-semi-space-size=1'] },
  { name: 'processEvents', beats: 10 },
  { name: 'connections', beats: 14 },
  { name: 'none', beats: 30 },
];

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, node: { type: 'string', default: '24' } },
});
const major = Number(values.node);
const folder = path.join(root, 'test/fixtures/recorded/runs');

await ensureBuilt();
await ensureNode(major);
await mkdir(folder, { recursive: true });
const [bundle] = await bundleTests('record', [path.join(root, 'test/record/run.ts')]);
const { listen, record } = createRequire(import.meta.url)(bundle);
listen();
// One after the other: they would make one another slow.
for (const run of RUNS.filter(({ name }) => name.includes(values.only))) {
  const text = await record(major, run);
  await writeFile(path.join(folder, `${run.name}.jsonl`), text);
  process.stdout.write(`${run.name}: ${(text.length / 1000).toFixed(0)} kB\n`);
}
process.exit();
