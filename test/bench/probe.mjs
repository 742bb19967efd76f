// npm run bench:probe: what a beat, a resource, an attach and a million promises cost the target.
//   --node 20,24 --parts beat,memory,attach,promises   choose a part
//   --write                                            writes probe.md
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../support/paths.mjs';
import { attachTime } from './attachTime.mjs';
import { beatCost } from './beatCost.mjs';
import { aligned, markdown } from './format.mjs';
import { machineText } from './machine.mjs';
import { memoryCost } from './memoryCost.mjs';
import { pinSelf } from './pinning.mjs';
import { promiseBounds } from './promiseBounds.mjs';

const PARTS = {
  beat: ['One beat at level `track`; goal: below 2 ms with 100,000 pending', beatCost],
  memory: ['Memory of the probe a resource at level `track`; goal: 64 bytes', memoryCost],
  attach: ['From "attach" to the first snapshot; goal: 3 times a bare connect-and-evaluate', attachTime],
  promises: ['A million pending promises; goal: stays bounded, says what it dropped', promiseBounds],
};

const text = { type: 'string' };
const { values } = parseArgs({
  options: {
    node: { ...text, default: '20,22,24,26' },
    parts: { ...text, default: Object.keys(PARTS).join(',') },
    write: { type: 'boolean', default: false },
  },
});

pinSelf();
const majors = values.node.split(',').map(Number);
const command = ['npm run bench:probe --', ...process.argv.slice(2)].join(' ');
const sections = [`# What the probe costs\n\n${machineText(command, majors)}`];
for (const part of values.parts.split(',')) {
  const [title, measure] = PARTS[part];
  sections.push(`## ${title}`);
  for (const major of majors) {
    const rows = await measure(major);
    process.stdout.write(`${title}, Node ${major}\n${aligned(rows)}\n\n`);
    sections.push(`Node ${major}`, markdown(rows));
  }
}
if (values.write) writeFileSync(path.join(root, 'test/bench/probe.md'), `${sections.join('\n\n')}\n`);
