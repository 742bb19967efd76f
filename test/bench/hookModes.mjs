// Empty async hooks, put in by an inspector session that then closes: only the hook is left.

/**
 * Promises stay out as the probe keeps them out: by the option, and where that is unknown (before Node 24) by putting
 * V8's promise hooks back.
 */
const withoutPromises = (callbacks) => `{
  const hook = require('node:async_hooks').createHook({ ${callbacks}, trackPromises: false });
  const binding = Number.parseInt(process.versions.node) < 24 ? process.binding('async_wrap') : null;
  const before = binding?.getPromiseHooks();
  hook.enable();
  binding?.setPromiseHooks(...before);
}`;

const withPromises = (callbacks) => `void require('node:async_hooks').createHook({ ${callbacks} }).enable()`;

/** How to switch on a hook of empty callbacks with these names. */
export function hookOf(names, { promises, connect }) {
  const callbacks = names.map((name) => `${name}() {}`).join(', ');
  const expression = promises ? withPromises(callbacks) : withoutPromises(callbacks);
  return async ({ url }) => {
    const session = await connect(url);
    const { exceptionDetails } = await session.send('Runtime.evaluate', { expression, includeCommandLineAPI: true });
    await session.close();
    if (exceptionDetails) throw new Error(exceptionDetails.exception.description);
    return () => undefined;
  };
}
