// npm run soak: a busy target is watched for half an hour at four beats a second, and drawn by the real page; memory of
// target, host and page must stay, and no beat may be lost. npm test has a short form of it.
//   --minutes 3      for so long
//   --cycles 500     attaches and detaches so often instead
//   --node 24 --level deep
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../support/build.mjs';
import { bundleTests } from '../support/bundle.mjs';
import { launchChromium } from '../support/chromium.mjs';
import { root } from '../support/paths.mjs';

const text = { type: 'string' };
const { values } = parseArgs({
  options: {
    minutes: { ...text, default: '30' },
    cycles: { ...text, default: '0' },
    node: { ...text, default: '24' },
    level: { ...text, default: 'track' },
  },
});
const { level } = values;
const cycles = Number(values.cycles);
const print = (line) => process.stdout.write(`${line}\n`);

await ensureBuilt();
const [bundle] = await bundleTests('soak', [path.join(root, 'test/soak/soak.ts')]);
const { startBusy, watch, cycle } = createRequire(import.meta.url)(bundle);
const target = await startBusy(Number(values.node));
const browser = cycles > 0 ? null : await launchChromium();
try {
  const failures = browser
    ? await watch(target, browser, { minutes: Number(values.minutes), level, print })
    : await cycle(target, { cycles, print });
  for (const failure of failures) print(`FAILED: ${failure}`);
  process.exitCode = failures.length > 0 ? 1 : 0;
} finally {
  await browser?.close();
  await target.stop();
}
