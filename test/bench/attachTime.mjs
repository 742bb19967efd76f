// From "attach" to the first snapshot, against a bare connect-and-evaluate to the same process, in turn.
import { performance } from 'node:perf_hooks';
import { ensureNode } from '../support/nodes.mjs';
import { attach, connect, DEFAULTS } from './modes.mjs';
import { probePath } from './loopscope.mjs';
import { median } from './statistics.mjs';
import { Target } from './target.mjs';
import { programOf } from './workloads.mjs';

const PROCESSES = 8;
const TIMES = 3;

/** Rows: the ways to reach a target, how long each takes, and its CPU time; all in an idle Express service. */
export async function attachTime(major) {
  const ways = {
    'connect and evaluate': bare,
    'attach at `observe`, sampling off': attaching('observe', 'off'),
    'attach at `track`, sampling off': attaching('track', 'off'),
    'attach at `track`, sampling 10 ms': attaching('track', '10ms'),
  };
  const found = Object.keys(ways).map(() => []);
  for (let i = 0; i < PROCESSES; i++) {
    const target = await Target.start(await ensureNode(major), await programOf('express'));
    try {
      for (let time = 0; time < TIMES; time++) {
        for (const [at, act] of Object.values(ways).entries())
          found[at].push({ ...(await act(target)), first: time === 0 });
      }
    } finally {
      await target.end();
    }
  }
  const [base] = found;
  const middle = (list, key) => median(list.map((each) => each[key]));
  return [
    ['way', 'first time', 'later', 'ratio', 'CPU time of the target'],
    ...Object.keys(ways).map((name, at) => {
      const list = found[at];
      const firstMs = middle(
        list.filter(({ first }) => first),
        'ms',
      );
      const laterMs = middle(
        list.filter(({ first }) => !first),
        'ms',
      );
      const ratio = middle(list, 'ms') / middle(base, 'ms');
      const used = `${(middle(list, 'usedNs') / 1e6).toFixed(1)} ms`;
      return [name, `${firstMs.toFixed(1)} ms`, `${laterMs.toFixed(1)} ms`, `x${ratio.toFixed(2)}`, used];
    }),
  ];
}

/** Milliseconds until `open` is there, and the CPU time of the target; `close` undoes it. */
async function timed(target, open, close) {
  let ms = 0;
  let opened;
  const { usedNs } = await target.costOf(async () => {
    const start = performance.now();
    opened = await open();
    ms = performance.now() - start;
  });
  await close(opened);
  return { ms, usedNs };
}

const bare = (target) =>
  timed(
    target,
    async () => {
      const session = await connect(target.url);
      await session.send('Runtime.evaluate', { expression: '1' });
      return session;
    },
    (session) => session.close(),
  );

const attaching = (level, sampling) => (target) =>
  timed(
    target,
    () => attach({ url: target.url }, { ...DEFAULTS, level, sampling }, { probePath }),
    (attachment) => attachment.detach(),
  );
