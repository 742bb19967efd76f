// Timers and immediates: 200 chains of callbacks, each a timer of 1 ms or one of three immediates, and a time-out that
// is set and cleared for each round of four, as requests have. An operation is one callback.
import { clearTimeout, setImmediate, setTimeout } from 'node:timers';
import { onRounds } from './rounds.mjs';

const CHAINS = 200;

onRounds(
  (operations) =>
    new Promise((resolve) => {
      let left = operations;
      let running = CHAINS;
      const chain = (at) => {
        let step = at;
        let deadline;
        const next = () => {
          if (left-- <= 0) {
            clearTimeout(deadline);
            if (--running === 0) resolve();
            return;
          }
          if (step++ % 4 !== 0) {
            setImmediate(next);
            return;
          }
          clearTimeout(deadline);
          deadline = setTimeout(expired, 60_000);
          setTimeout(next, 1);
        };
        next();
      };
      for (let i = 0; i < CHAINS; i++) chain(i);
    }),
);

function expired() {
  throw new Error('an operation took a minute');
}
