import * as l10n from '@vscode/l10n';
import { setTimeout as delay } from 'node:timers/promises';
import { HumanError } from '../base/errors';
import { fetchTarget } from './inspectorHttp';
import { inspectorFlags, parseNodeCommand, type InspectorFlags } from './machine/commandLine';
import { isNodeExecutable, type Listener, type Machine, type SystemProcess } from './machine/machine';

/** An inspector that can be connected to. */
export interface Located {
  webSocketUrl: string;
  /** IP address. */
  host: string;
  port: number;
  /** The pid to be compared with `process.pid` after connecting; null when only an address was given. */
  expectedPid: number | null;
  /** The inspector was closed before and has to be closed again at detach. */
  openedByUs: boolean;
}

/** Where Node opens its inspector when nothing else is said. */
export const DEFAULT_PORT = 9229;
/** Workers of a cluster count up from the port of their primary. */
const LAST_PORT = 9329;
const LIST_TIMEOUT_MS = 2000;
const OPEN_TIMEOUT_MS = 3000;
const POLL_MS = 50;

/** What {@link locatePid} needs from outside, so that tests can stand in for it. */
export interface OpenOptions {
  machine: Machine;
  signal?: AbortSignal | undefined;
  /** How long an inspector may take to open after it was asked for. */
  openTimeoutMs?: number;
}

/** Finds the inspector of a process, opens it when it is closed. Throws HumanError. */
export async function locatePid(pid: number, options: OpenOptions): Promise<Located> {
  const { machine, signal } = options;
  const target = await machine.find(pid);
  if (!target) throw gone(pid);
  mayReach(target);
  if (target.executable === null) throw unknownProgram(target);
  if (!isNodeExecutable(target.executable)) throw notNode(target);
  if (!target.sameNetwork) throw otherNetwork(target);
  if (target.stopped) throw stopped(target);
  const flags = flagsOf(target);
  const before = await machine.listeners([pid]);
  for (const candidate of inspectorPorts(flags, before)) {
    const located = await tryPort(candidate, target, false, signal);
    if (located) return located;
  }
  signal?.throwIfAborted();
  return open(target, flags, before, options);
}

/** What the arguments of a process say about its inspector. */
export function flagsOf(target: SystemProcess): InspectorFlags {
  return inspectorFlags(parseNodeCommand(target.argv).options, target.environmentOptions);
}

/** Ports of a process that may be its inspector's: the one its arguments name, then Node's usual ones. No other is ever asked. */
export function inspectorPorts(flags: InspectorFlags, listeners: readonly Listener[]): Listener[] {
  const named = listeners.filter(({ port }) => port === flags.port);
  const usual = listeners.filter(({ port }) => port !== flags.port && port >= DEFAULT_PORT && port <= LAST_PORT);
  return [...named, ...usual.sort((a, b) => a.port - b.port)];
}

async function tryPort(
  { host, port }: Listener,
  target: SystemProcess,
  openedByUs: boolean,
  signal?: AbortSignal,
): Promise<Located | null> {
  try {
    const found = await fetchTarget(host, port, LIST_TIMEOUT_MS, signal);
    return { ...found, port, expectedPid: target.innerPid, openedByUs };
  } catch (error) {
    // A server of the program itself: its next port may be the inspector.
    if (error instanceof HumanError) return null;
    throw error;
  }
}

async function open(
  target: SystemProcess,
  flags: InspectorFlags,
  before: readonly Listener[],
  { machine, openTimeoutMs = OPEN_TIMEOUT_MS }: OpenOptions,
): Promise<Located> {
  const { pid } = target;
  if (target.catchesSigusr1 === false) throw noHandler(target);
  const port = flags.port ?? DEFAULT_PORT;
  const holder = port === 0 ? null : await machine.holder(port);
  if (holder) throw portTaken(target, port, holder.pid);
  try {
    await machine.openInspector(target);
  } catch (error) {
    throw signalFailed(target, error);
  }
  // From here on an abort is not obeyed: the inspector opens, and only who knows its address can close it again.
  const known = new Set(before.map(({ host, port: old }) => `${host} ${old}`));
  const end = Date.now() + openTimeoutMs;
  while (Date.now() < end) {
    const listeners = await machine.listeners([pid]);
    const opened = listeners.filter(
      (one) => !known.has(`${one.host} ${one.port}`) && (port === 0 || one.port === port),
    );
    for (const candidate of opened) {
      const located = await tryPort(candidate, target, true);
      if (located) return located;
    }
    if (!(await machine.isAlive(pid))) throw gone(pid);
    await delay(POLL_MS);
  }
  if ((await machine.find(pid))?.stopped) throw stopped(target);
  const late = port === 0 ? null : await machine.holder(port);
  throw late && late.pid !== pid ? portTaken(target, port, late.pid) : notOpened(target, openTimeoutMs);
}

function mayReach(target: SystemProcess): void {
  try {
    process.kill(target.pid, 0);
  } catch (error) {
    throw signalFailed(target, error);
  }
}

/** The sentence for a signal that could not be sent. */
export function signalFailed(target: SystemProcess, error: unknown): HumanError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ESRCH') return gone(target.pid);
  if (code === 'EPERM' || code === 'EACCES') return notPermitted(target);
  const reason = error instanceof Error ? error.message : String(error);
  return new HumanError(
    `${l10n.t('The inspector of process {0} could not be opened: {1}.', target.pid, reason)} ${RESTART}`,
  );
}

const RESTART = l10n.t('Start the program with node --inspect and attach again.');

function gone(pid: number): HumanError {
  return new HumanError(l10n.t('Process {0} does not exist (any more). Refresh the list and pick another one.', pid));
}

function notPermitted({ pid, user }: SystemProcess): HumanError {
  return new HumanError(
    user === null
      ? l10n.t(
          'Process {0} belongs to another user, and its inspector may not be opened from here. Run VS Code as the same user, or start the program with node --inspect and attach by host and port.',
          pid,
        )
      : l10n.t(
          'Process {0} belongs to the user {1}, and its inspector may not be opened from here. Run VS Code as the same user, or start the program with node --inspect and attach by host and port.',
          pid,
          user,
        ),
  );
}

function unknownProgram({ pid }: SystemProcess): HumanError {
  return new HumanError(
    l10n.t(
      'Which program process {0} runs may not be read, so it is left alone. Run VS Code as the user it belongs to, or start the program with node --inspect and attach by host and port.',
      pid,
    ),
  );
}

function notNode({ pid, executable }: SystemProcess): HumanError {
  const name = executable?.split(/[\\/]/).pop() ?? '';
  return new HumanError(l10n.t('Process {0} is {1}, not Node. Pick a Node process from the list.', pid, name));
}

function otherNetwork({ pid }: SystemProcess): HumanError {
  return new HumanError(
    l10n.t(
      'Process {0} runs in a container with a network of its own, so its inspector cannot be reached from here. Run VS Code in that container, or publish an inspector port of it and attach by host and port.',
      pid,
    ),
  );
}

function stopped({ pid }: SystemProcess): HumanError {
  return new HumanError(
    l10n.t('Process {0} is stopped and cannot answer. Let it go on (kill -CONT {0}) and attach again.', pid),
  );
}

function noHandler({ pid }: SystemProcess): HumanError {
  return new HumanError(
    `${l10n.t('Process {0} does not listen to SIGUSR1, so its inspector cannot be opened from outside: it was started with --disable-sigusr1, or is still starting.', pid)} ${RESTART}`,
  );
}

function portTaken({ pid }: SystemProcess, port: number, holder: number | null): HumanError {
  return new HumanError(
    holder === null
      ? l10n.t(
          'Process {0} opens its inspector on port {1}, but another process listens there. End or detach that one first, or start the program with node --inspect={2} and attach again.',
          pid,
          port,
          port + 1,
        )
      : l10n.t(
          'Process {0} opens its inspector on port {1}, but process {2} listens there. End or detach that one first, or start the program with node --inspect={3} and attach again.',
          pid,
          port,
          holder,
          port + 1,
        ),
  );
}

function notOpened({ pid }: SystemProcess, timeoutMs: number): HumanError {
  return new HumanError(
    l10n.t(
      'Process {0} did not open its inspector within {1} s: it handles SIGUSR1 itself, sits in native code, or a debugger has opened it on a port of its own. When VS Code debugs it, attach to the debug session; else start the program with node --inspect and attach again.',
      pid,
      timeoutMs / 1000,
    ),
  );
}
