import { Target, until } from './target';

/** What an observer could have changed in a process, as the fixture `fingerprint.cjs` prints it. */
export type Fingerprint = Record<string, unknown> & {
  asyncHooks: number[];
  promiseHooks?: string[];
  inspector: boolean;
};

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

/** Waits until a process is as it was; says what differs when it does not become so. */
export async function untilSame(target: Target, before: Fingerprint, timeoutMs = 20_000): Promise<void> {
  const wanted = JSON.stringify(before);
  let last = '';
  const isSame = async (): Promise<boolean> => (last = JSON.stringify(await fingerprintOf(target))) === wanted;
  await until(isSame, 'the process is as it was', timeoutMs).catch((error: unknown) => {
    throw new Error(`${String(error)}\nbefore: ${wanted}\nafter:  ${last}`);
  });
}
