/**
 * An expression that is true while Node loads a module of its own, or has not set itself up yet. An evaluation
 * interrupts JavaScript anywhere; to require a module then may load one twice and break the target, so whatever
 * requires must ask this first, in the same evaluation.
 */
export const LOADING = `(() => {
  if (typeof process !== 'object' || !process.argv) return true;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  let stack = '';
  try {
    stack = String(new Error().stack);
  } catch {}
  Error.stackTraceLimit = limit;
  return /compileForInternalLoader|node:internal\\/bootstrap\\/|pre_execution/.test(stack);
})()`;
