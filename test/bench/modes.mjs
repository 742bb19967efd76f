// What may be switched on in a target, and how. A mode starts the target with `nodeArgs`, then `switchOn` does the rest
// and answers how to undo it. `share` is its part of the work of a round: less for the dear ones.
import { loadLoopscope, probePath } from './loopscope.mjs';

const { attach, connect, DEFAULTS, LEVELS } = await loadLoopscope();

const nothing = { share: 1, nodeArgs: async () => [], switchOn: async () => () => undefined };

const idle = {
  ...nothing,
  async switchOn({ url }) {
    const session = await connect(url);
    return () => session.close();
  },
};

function loopscope(level, sampling) {
  return {
    ...nothing,
    missing: LEVELS.includes(level) ? null : `there is no level "${level}" in this build`,
    async switchOn({ url }) {
      const attachment = await attach({ url }, { ...DEFAULTS, level, sampling }, { probePath });
      return () => attachment.detach();
    },
  };
}

/** Empty callbacks. Promises stay out as the probe keeps them out: by the option, and where that is unknown by hand. */
function hook(names, promises) {
  const callbacks = names.map((name) => `${name}() {}`).join(', ');
  const expression = promises
    ? `require('node:async_hooks').createHook({ ${callbacks} }).enable()`
    : `{
        const hook = require('node:async_hooks').createHook({ ${callbacks}, trackPromises: false });
        const binding = Number.parseInt(process.versions.node) < 24 ? process.binding('async_wrap') : null;
        const before = binding?.getPromiseHooks();
        hook.enable();
        binding?.setPromiseHooks(...before);
      }`;
  return {
    ...nothing,
    async switchOn({ url }) {
      const session = await connect(url);
      const answer = await session.send('Runtime.evaluate', { expression, includeCommandLineAPI: true });
      await session.close();
      if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception.description);
      return () => undefined;
    },
  };
}

const debuggerWithStacks = {
  ...idle,
  share: 0.15,
  async switchOn({ url }) {
    const session = await connect(url);
    await session.send('Debugger.enable');
    await session.send('Debugger.setAsyncCallStackDepth', { maxDepth: 32 });
    return () => session.close();
  },
};

/** By name, in the order of the table. */
export const MODES = {
  plain: { ...nothing, label: 'plain' },
  'plain-again': { ...nothing, label: 'plain again' },
  attached: { ...idle, label: 'attached and idle' },
  'observe-off': { ...loopscope('observe', 'off'), label: 'observe, sampling off' },
  'observe-10ms': { ...loopscope('observe', '10ms'), label: 'observe, sampling 10 ms' },
  'observe-1ms': { ...loopscope('observe', '1ms'), label: 'observe, sampling 1 ms' },
  'track-off': { ...loopscope('track', 'off'), label: 'track, sampling off' },
  'track-10ms': { ...loopscope('track', '10ms'), label: 'track, sampling 10 ms' },
  'track-1ms': { ...loopscope('track', '1ms'), label: 'track, sampling 1 ms' },
  deep: { ...loopscope('deep', '10ms'), label: 'deep, sampling 10 ms' },
  hook3: { ...hook(['init', 'before', 'after'], false), label: 'empty init+before+after, no promises' },
  hook4: { ...hook(['init', 'before', 'after', 'destroy'], false), label: 'empty four-callback hook, no promises' },
  'hook4-promises': {
    ...hook(['init', 'before', 'after', 'destroy'], true),
    label: 'empty four-callback hook, promises',
  },
  debugger: { ...debuggerWithStacks, label: 'Debugger.enable, async stack depth 32' },
};
