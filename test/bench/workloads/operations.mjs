// One kind of operation over and over, named by the last argument; some are under way at once, as in a service.
import { stat } from 'node:fs';
import { clearTimeout, setImmediate, setTimeout } from 'node:timers';
import { onRounds } from './rounds.mjs';

const AT_ONCE = 100;

/** Calls back after one operation each. */
const OPERATIONS = {
  immediate: (done) => setImmediate(done),
  timeout: (done) => setTimeout(done, 1),
  cleared(done) {
    for (let i = 0; i < AT_ONCE; i++) clearTimeout(setTimeout(done, 60_000));
    setImmediate(done);
  },
  tick: (done) => process.nextTick(done),
  request: (done) => stat('/', done),
};

const manyAtOnce = (start) => (operations) =>
  new Promise((resolve) => {
    let left = operations;
    let running = AT_ONCE;
    const next = () => {
      if (left-- > 0) start(next);
      else if (--running === 0) resolve();
    };
    for (let i = 0; i < AT_ONCE; i++) next();
  });

async function awaits(operations) {
  let sum = 0;
  for (let i = 0; i < operations; i++) sum += await i;
  return sum;
}

const name = process.argv.at(-1);
onRounds(name === 'await' ? awaits : manyAtOnce(OPERATIONS[name]));
