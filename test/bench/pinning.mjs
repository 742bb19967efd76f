// Keeps the target and everything else on cores of their own, where `taskset` is installed and there are two cores.
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const TARGET_CORE = 1;
const OTHER_CORE = 0;

export const pinned = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

/** A command line that runs on the core of the targets. */
export function onTargetCore(command, args) {
  return pinned ? ['taskset', ['-c', String(TARGET_CORE), command, ...args]] : [command, args];
}

/** Moves this process, and what it starts from now on, to the other core. */
export function pinSelf() {
  if (pinned) spawnSync('taskset', ['-a', '-c', '-p', String(OTHER_CORE), String(process.pid)]);
}
