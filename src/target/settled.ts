/**
 * Sets a property of `Error` in the target and answers how to put it back: without a setter or a formatter of the program's
 * that would see it. A frozen `Error` stays as it is.
 */
const SET = `(key, value) => {
    let before;
    try {
      before = Object.getOwnPropertyDescriptor(Error, key);
      Object.defineProperty(Error, key, { value, writable: true, enumerable: true, configurable: true });
    } catch {
      return () => {};
    }
    return () => (before ? Object.defineProperty(Error, key, before) : delete Error[key]);
  }`;

/**
 * An expression that is true while Node loads a module of its own, or has not set itself up yet. An evaluation
 * interrupts JavaScript anywhere; to require a module then may load one twice and break the target, so whatever
 * requires must ask this first, in the same evaluation.
 */
export const LOADING = `(() => {
  if (typeof process !== 'object' || !process.argv) return true;
  const set = ${SET};
  const putBack = [set('stackTraceLimit', 100), set('prepareStackTrace', undefined)];
  let stack = '';
  try {
    stack = String(new Error().stack);
  } catch {}
  putBack[1]();
  putBack[0]();
  return /compileForInternalLoader|node:internal\\/bootstrap\\/|pre_execution/.test(stack);
})()`;
