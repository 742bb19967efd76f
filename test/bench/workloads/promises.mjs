// Promises: asynchronous functions that await each other, chains of `then`, `Promise.all`; a turn of the loop now and
// then. An operation has 20 awaits.
import { setImmediate } from 'node:timers/promises';
import { onRounds } from './rounds.mjs';

const A_TURN = 200;

async function leaf(value) {
  await undefined;
  return value + 1;
}

async function chain(value) {
  let sum = value;
  for (let i = 0; i < 4; i++) sum += await leaf(sum);
  return sum;
}

async function operation(value) {
  const [first, second] = await Promise.all([chain(value), chain(value + 1)]);
  return Promise.resolve(first)
    .then((sum) => sum + second)
    .then((sum) => sum % 1000);
}

onRounds(async (operations) => {
  let sum = 0;
  for (let done = 0; done < operations;) {
    const until = Math.min(operations, done + A_TURN);
    for (; done < until; done++) sum = await operation(sum);
    await setImmediate();
  }
});
