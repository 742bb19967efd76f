import { createInterface } from 'node:readline';

/** Runs so many operations whenever a line of standard input says so, and writes "done" after them. */
export function onRounds(run) {
  createInterface({ input: process.stdin }).on('line', async (line) => {
    await run(Number(line));
    process.stdout.write('done\n');
  });
  process.stdout.write('ready 0\n');
}
