// What may be switched on in a target, and how.
import { hookOf } from './hookModes.mjs';
import { loadLoopscope, probePath } from './loopscope.mjs';
import { bubbleprof, whyIsNodeRunning } from './tools.mjs';

export const { attach, connect, DEFAULTS, LEVELS } = await loadLoopscope();

/**
 * `start` says how the target is started, `switchOn` does the rest in the warm target and answers how to undo it;
 * `share` is the part of the work of a round, less for what is dear; `missing` says why a mode cannot be measured.
 */
const nothing = {
  share: 1,
  start: async () => ({ nodeArgs: [] }),
  switchOn: async () => () => undefined,
  missing: () => null,
};

const mode = (label, how) => ({ ...nothing, ...how, label });

const session = (commands) => async (target) => {
  const opened = await connect(target.url);
  for (const [method, params] of commands) await opened.send(method, params);
  return () => opened.close();
};

const loopscope = (level, sampling) => ({
  missing: () => (LEVELS.includes(level) ? null : `this build has no level \`${level}\``),
  async switchOn({ url }) {
    const attachment = await attach({ url }, { ...DEFAULTS, level, sampling }, { probePath });
    return () => attachment.detach();
  },
});

const three = ['init', 'before', 'after'];
const four = [...three, 'destroy'];
const asyncStacks = [
  ['Debugger.enable', {}],
  ['Debugger.setAsyncCallStackDepth', { maxDepth: 32 }],
];

/** By name, in the order of the table. */
export const MODES = {
  plain: mode('plain'),
  'plain-again': mode('plain again'),
  attached: mode('attached and idle', { switchOn: session([]) }),
  'observe-off': mode('observe, sampling off', loopscope('observe', 'off')),
  'observe-10ms': mode('observe, sampling 10 ms', loopscope('observe', '10ms')),
  'observe-1ms': mode('observe, sampling 1 ms', loopscope('observe', '1ms')),
  'track-off': mode('track, sampling off', loopscope('track', 'off')),
  'track-10ms': mode('track, sampling 10 ms', loopscope('track', '10ms')),
  'track-1ms': mode('track, sampling 1 ms', loopscope('track', '1ms')),
  deep: mode('deep, sampling 10 ms', loopscope('deep', '10ms')),
  hook3: mode('empty init+before+after, no promises', { switchOn: hookOf(three, { promises: false, connect }) }),
  hook4: mode('empty four-callback hook, no promises', { switchOn: hookOf(four, { promises: false, connect }) }),
  'hook4-promises': mode('empty four-callback hook, promises', { switchOn: hookOf(four, { promises: true, connect }) }),
  debugger: mode('Debugger.enable, async stack depth 32', { share: 0.15, switchOn: session(asyncStacks) }),
  'why-is-node-running': mode('why-is-node-running 3.2.3', { share: 0.15, start: whyIsNodeRunning }),
  bubbleprof: mode('clinic bubbleprof 10.0.0', {
    share: 0.05,
    start: bubbleprof,
    missing: (major) => (major === 20 ? null : 'it does not run on newer versions than Node 20'),
  }),
};
