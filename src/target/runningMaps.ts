import { evaluate } from './evaluate';
import type { Session } from './session';

/** The target may be stopped, or in native code: a place is shown as it runs rather than waited for. */
const ANSWER_WITHIN_MS = 1000;

/**
 * Text of the source map that Node itself keeps of a script, for one that was compiled as it was loaded, such as by tsx or
 * `--experimental-transform-types`; null when it keeps none. Rejects when the target does not answer.
 */
export async function runningMap(session: Session, script: string): Promise<string | null> {
  const expression = `(() => {
    const payload = require('node:module').findSourceMap?.(${JSON.stringify(script)})?.payload;
    return payload ? JSON.stringify({ ...payload, sourcesContent: undefined }) : null;
  })()`;
  const { value } = await evaluate(session, expression, { returnByValue: true, timeoutMs: ANSWER_WITHIN_MS });
  return typeof value === 'string' ? value : null;
}
