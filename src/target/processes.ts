import { existsSync } from 'node:fs';
import type { Listener, Machine, SystemProcess } from './machine/machine';
import { nodeVersionOf } from './machine/nodeVersion';
import { programOf } from './machine/program';
import { thisMachine } from './thisMachine';
import { DEFAULT_PORT, flagsOf, inspectorPorts } from './openInspector';

/** A Node process of this machine. */
export interface NodeProcess {
  pid: number;
  /** Pids of the processes that it comes from, shells too, nearest first. */
  ancestors: number[];
  /** Name of its script, "npm run dev", "node --test", or the title it has set. */
  program: string;
  /** Path of the script as it was given; null when it has none. */
  script: string | null;
  /** What follows the script, shortened and without what looks secret. */
  args: string[];
  /** Without the leading "v". */
  nodeVersion: string | null;
  /** Unix epoch. */
  startedAtMs: number | null;
  /** Where its inspector listens, as far as its ports tell; null when it will have to be opened. */
  inspector: { host: string; port: number } | null;
  user: string | null;
}

/** The Node processes of this machine, newest first, without ourselves and without those that have ended. */
export async function listProcesses(machine: Machine = thisMachine()): Promise<NodeProcess[]> {
  const found = await machine.nodeProcesses();
  const pids = found.map(({ pid }) => pid);
  const [listeners, parents] = await Promise.all([
    machine.listeners(pids).catch(() => []),
    machine.parents(pids).catch(() => new Map<number, number>()),
  ]);
  const processes = await Promise.all(
    found.map((one) =>
      describe(
        one,
        ancestorsOf(one.pid, parents),
        listeners.filter(({ pid }) => pid === one.pid),
      ),
    ),
  );
  return processes.sort((a, b) => (b.startedAtMs ?? 0) - (a.startedAtMs ?? 0) || b.pid - a.pid);
}

function ancestorsOf(pid: number, parents: ReadonlyMap<number, number>): number[] {
  // Windows does not forget a parent that has ended, and its pid is used again: a circle is possible there.
  const seen = new Set([pid]);
  for (let at = parents.get(pid); at !== undefined && at > 0 && !seen.has(at); at = parents.get(at)) seen.add(at);
  return [...seen].slice(1);
}

async function describe(
  target: SystemProcess,
  ancestors: number[],
  listeners: readonly Listener[],
): Promise<NodeProcess> {
  const { name, script, args } = programOf(target.argv, existsSync);
  const { nodeVersion, installation } = target;
  return {
    pid: target.pid,
    ancestors,
    program: name,
    script,
    args,
    nodeVersion: nodeVersion ?? (installation === null ? null : await nodeVersionOf(installation)),
    startedAtMs: target.startedAtMs,
    inspector: target.sameNetwork ? openInspectorOf(target, listeners) : null,
    user: target.user,
  };
}

/** A listing asks no port, so it believes only those that the arguments or Node's default name. */
function openInspectorOf(target: SystemProcess, listeners: readonly Listener[]): { host: string; port: number } | null {
  const flags = flagsOf(target);
  const [found] = inspectorPorts(flags, listeners).filter(
    ({ port }) => port === flags.port || port === DEFAULT_PORT || flags.atStart,
  );
  return found ? { host: found.host, port: found.port } : null;
}
