// What a beat costs the page: npm run bench:panel [-- --groups 10000] [--beats 100] [--minutes 60] [--write]
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { ensureBuilt } from '../support/build.mjs';
import { bundleTests } from '../support/bundle.mjs';
import { launchChromium } from '../support/chromium.mjs';
import { root } from '../support/paths.mjs';
import { aligned, markdown } from './format.mjs';

const { values } = parseArgs({
  options: {
    groups: { type: 'string', default: '10000' },
    beats: { type: 'string', default: '100' },
    minutes: { type: 'string', default: '60' },
    write: { type: 'boolean', default: false },
  },
});
const [groups, beats, minutes] = [values.groups, values.beats, values.minutes].map(Number);
const file = path.join(root, 'test/bench/panel.md');
const GOAL = { scriptMs: 8, allMs: 16, firstMs: 300, growth: 0.05 };

const print = (text) => process.stdout.write(`${text}\n`);
const quantile = (all, share) =>
  [...all].sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(share * all.length))];

await ensureBuilt();
const [bundle] = await bundleTests('bench/panel', [path.join(root, 'test/bench/panel/page.ts')]);
// The page of the tests is closed by a hook of mocha.
globalThis.after = () => undefined;
const { BenchPage, gliding } = createRequire(import.meta.url)(bundle);
const browser = await launchChromium();
try {
  const first = [];
  const firstCost = [];
  for (let at = 0; at < 10; at++) {
    const page = await BenchPage.open(browser, groups);
    if (at % 2 === 0) first.push(await page.drawnAfterMs(page.attachmentMessage()));
    else firstCost.push(...(await page.deliver([page.attachmentMessage()])));
    await page.panel.close();
  }

  const page = await BenchPage.open(browser, groups);
  const { panel } = page;
  await page.deliver([page.attachmentMessage()]);
  const several = (whole = false) => Array.from({ length: beats }, () => page.beatMessage(whole));
  const filter = (text) => panel.page.getByLabel('Filter rows').fill(text);
  const groupBy = (name) => panel.page.getByLabel('Group by').selectOption(name);
  await page.deliver(several());
  const measured = new Map();
  measured.set('the first picture', firstCost);
  measured.set(
    'a message that is not for the page',
    await page.deliver(Array.from({ length: beats }, () => ({ type: 'none' }))),
  );
  const beat = `a beat, 100 of ${groups} groups changed`;
  measured.set(beat, await page.deliver(several()));
  measured.set(`${beat}; the ring glides`, await page.deliver(several().map(gliding)));
  await filter('type:Timeout site:file age>1s +growing');
  measured.set(`${beat}; filtered`, await page.deliver(several()));
  await filter('');
  await groupBy('Type');
  measured.set(`${beat}; by type`, await page.deliver(several()));
  await groupBy('Type and site');
  measured.set('a beat that tells everything', await page.deliver(several(true).slice(0, 20)));
  const clicks = ['Created at', 'Type', 'Oldest', 'Count'].flatMap((name) => {
    const head = panel.page.getByRole('columnheader', { name }).getByRole('button');
    return [() => head.click(), () => head.click()];
  });
  measured.set('a click that sorts', await page.timed(clicks));
  const scrolls = Array.from({ length: 20 }, (_, at) => () => page.scrollTo(at * 11_000));
  measured.set('scrolling to other rows', await page.timed(scrolls));

  const held = [];
  for (let minute = 1; minute <= minutes; minute++) {
    // Beats pile up while the page is not asked to draw: so an hour passes in a minute or two.
    for (let at = 0; at < 6; at++) await panel.send(...Array.from({ length: 10 }, () => page.beatMessage()));
    if (minute % 10 === 0) held.push({ minute, ...(await page.heap()) });
  }

  const of = (took, key, share) =>
    quantile(
      took.map((one) => one[key]),
      share,
    );
  const costs = [
    ['what', 'script ms, median', 'p95', 'in all ms, median', 'p95'],
    ...[...measured].map(([name, took]) => [
      name,
      ...[of(took, 'scriptMs', 0.5), of(took, 'scriptMs', 0.95), of(took, 'allMs', 0.5), of(took, 'allMs', 0.95)].map(
        (ms) => ms.toFixed(1),
      ),
    ]),
  ];
  const hour = [
    ['until minute', 'data after a collection, MB', 'compiled code, MB'],
    ...held.map(({ minute, dataBytes, codeBytes }) => [
      `${minute}`,
      ...[dataBytes, codeBytes].map((bytes) => (bytes / 2 ** 20).toFixed(2)),
    ]),
  ];
  const [scriptMs, allMs] = [of(measured.get(beat), 'scriptMs', 0.5), of(measured.get(beat), 'allMs', 0.5)];
  const firstMs = of(firstCost, 'allMs', 0.5);
  const growth = held.length > 2 ? held.at(-1).dataBytes / held[1].dataBytes - 1 : 0;
  const summary =
    `A beat with ${groups} groups takes the page ${scriptMs.toFixed(1)} ms of script (goal ${GOAL.scriptMs} ms) and ${allMs.toFixed(1)} ms in all (goal ${GOAL.allMs} ms). ` +
    `The first picture, with a history of 1200 beats, takes ${firstMs.toFixed(0)} ms in all (goal ${GOAL.firstMs} ms; ${quantile(first, 0.5).toFixed(0)} ms on the wall clock, medians of 5). ` +
    `In ${minutes} minutes of beats the data of the page changes by ${(growth * 100).toFixed(1)} % (last ten minutes against the second).`;
  print(`${aligned(costs)}\n\n${aligned(hour)}\n\n${summary}`);
  if (scriptMs >= GOAL.scriptMs || allMs >= GOAL.allMs || firstMs >= GOAL.firstMs || growth > GOAL.growth) {
    process.exitCode = 1;
  }
  if (values.write) {
    const machine = `${os.cpus()[0]?.model.trim()}, ${os.cpus().length} cores, ${os.type()}`;
    const date = new Date().toISOString().slice(0, 10);
    const text = [
      '# What a beat costs the page',
      `\`npm run bench:panel -- --write\` on ${date}: ${machine} (load ${os.loadavg()[0].toFixed(1)}); Chromium ${browser.version()}. ${summary}`,
      `The real page, fed by the real model and its copy of what the page has: level deep, 200 functions of the CPU profile in every beat, ${Math.min(500, groups * 0.06)} rows of listeners; five of the groups that change end, and others begin at new places. Times are of Chromium's own trace: those that the main thread ran, so that other work on the machine does not count, until all is drawn and nothing moves any more. The shares of the loop stay as they are; where they change plainly, the ring glides for 160 ms, which is a row of its own. Script is with reading the message and collecting garbage; style, layout, paint and compositing come on top. What measuring itself takes is the row of a message that is not for the page, and is not taken off. Data are all nodes of a heap snapshot but those of type code, with what Chromium keeps for the elements.`,
      markdown(costs),
      markdown(hour),
    ];
    await writeFile(file, await format(text.join('\n\n'), { ...(await resolveConfig(file)), filepath: file }));
    print(`Wrote ${path.relative(root, file)}.`);
  }
} finally {
  await browser.close();
}
