// Figures of a snapshot against programs of known answers: npm run bench:truth [-- --node 20,24] [--only name] [--write]
// Each test/bench/truth/*.part.ts exports `title` and `rows(major)`, which answers rows as of row.ts, or rejects.
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../support/build.mjs';
import { bundleTests } from '../support/bundle.mjs';
import { ensureNode, NODE_MAJORS, NODE_VERSIONS } from '../support/nodes.mjs';
import { root } from '../support/paths.mjs';
import { aligned, markdown, tableOf } from './truth/table.mjs';

const { values } = parseArgs({
  options: {
    node: { type: 'string', default: NODE_MAJORS.join(',') },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});
const majors = values.node.split(',').map(Number);
const folder = path.join(root, 'test/bench/truth');
const files = readdirSync(folder).filter((name) => name.endsWith('.part.ts') && name.includes(values.only));
if (files.length === 0) throw new Error(`no part test/bench/truth/*${values.only}*.part.ts was found`);
const print = (text) => process.stdout.write(`${text}\n`);
const machine = `${os.cpus()[0]?.model.trim()}, ${os.cpus().length} cores, ${os.type()}`;

await ensureBuilt();
const bundles = await bundleTests(
  'bench/truth',
  files.map((name) => path.join(folder, name)),
);
const require = createRequire(import.meta.url);
const sections = [];
for (const bundle of bundles) {
  const { title, rows } = require(bundle);
  const perNode = [];
  for (const major of majors) {
    await ensureNode(major);
    try {
      perNode.push([major, await rows(major)]);
    } catch (error) {
      print(`${title}, Node ${major}: ${error instanceof Error ? error.stack : error}`);
      process.exitCode = 1;
    }
  }
  const table = tableOf(perNode);
  sections.push({ title, table });
  print(`\n${title}\n${aligned(table)}`);
}

const all = sections.flatMap(({ table }) => table.judged);
const held = all.filter((holds) => holds).length;
const summary = `${held} of ${all.length} figures are within their bounds.`;
print(`\n${summary}`);
if (held < all.length) process.exitCode = 1;
if (values.write) {
  const file = path.join(root, 'test/bench/truth.md');
  const versions = majors.map((major) => NODE_VERSIONS[major]).join(', ');
  await writeFile(file, await markdown(sections, { summary, versions, machine }));
  print(`Wrote ${path.relative(root, file)}.`);
}
// A target that could not be ended must not hold the bench.
process.exit();
