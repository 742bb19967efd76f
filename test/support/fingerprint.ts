import { messageOf } from '../../src/base/errors';
import { fixturePath, Target, until } from './target';

/** What an observer could have changed in a process, as the fixture `fingerprintPrinter.cjs` prints it. */
export type Fingerprint = Record<string, unknown> & {
  asyncHooks: number[];
  promiseHooks?: string[];
  resources: string[];
  inspector: boolean;
};

/** Arguments of Node with which any program has a fingerprint. */
export const FINGERPRINT_ARGS = ['--expose-internals', '--require', fixturePath('fingerprintPrinter.cjs')];

/** `args` are those of the fixture. */
export function startFingerprint(
  major: number,
  inspect = true,
  nodeArgs: string[] = [],
  args: string[] = [],
): Promise<Target> {
  return Target.start(major, 'fingerprint.cjs', { inspect, nodeArgs: ['--expose-internals', ...nodeArgs], args });
}

export async function fingerprintOf(target: Target): Promise<Fingerprint> {
  const before = target.output.length;
  target.child.kill('SIGUSR2');
  await until(() => target.output.slice(before).includes('\n'), 'a fingerprint');
  return JSON.parse(target.output.slice(before).split('\n')[0] ?? '') as Fingerprint;
}

/** The first fingerprint from now on that meets a condition. */
export async function fingerprintWhere(
  target: Target,
  wanted: (print: Fingerprint) => boolean,
  timeoutMs = 20_000,
): Promise<Fingerprint> {
  let last = await fingerprintOf(target);
  const isWanted = async (): Promise<boolean> => wanted(last) || wanted((last = await fingerprintOf(target)));
  await until(isWanted, 'such a fingerprint', timeoutMs).catch((error: unknown) => {
    throw new Error(`${messageOf(error)}\nthe last one: ${JSON.stringify(last)}`);
  });
  return last;
}

/** Waits until a process is as it was; says what differs when it does not become so. */
export async function untilSame(target: Target, before: Fingerprint, timeoutMs = 20_000): Promise<void> {
  const isSame = (print: Fingerprint): boolean => JSON.stringify(print) === JSON.stringify(before);
  await fingerprintWhere(target, isSame, timeoutMs).catch((error: unknown) => {
    throw new Error(`it is not as it was: ${messageOf(error)}\nbefore:       ${JSON.stringify(before)}`);
  });
}
