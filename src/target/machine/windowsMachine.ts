import { isNodeExecutable, type Listener, type Machine, type SystemProcess } from './machine';
import { outputOf } from './run';
import {
  PARENTS_SCRIPT,
  parseNetstat,
  parseParents,
  parseProcesses,
  processesScript,
  splitCommandLine,
  type WindowsProcess,
} from './windows';

/** The first PowerShell after a start of Windows takes seconds. */
const POWERSHELL_TIMEOUT_MS = 15_000;
const TIMEOUT_MS = 5000;

/** Asks PowerShell and netstat. */
export class WindowsMachine implements Machine {
  async nodeProcesses(): Promise<SystemProcess[]> {
    const found = await processes("Name LIKE 'node%'");
    return found.filter(({ pid, name }) => pid !== process.pid && isNodeExecutable(name)).map(complete);
  }

  async parents(): Promise<ReadonlyMap<number, number>> {
    return parseParents(await powershell(PARENTS_SCRIPT));
  }

  async find(pid: number): Promise<SystemProcess | null> {
    const [found] = await processes(`ProcessId = ${pid}`);
    return found ? complete(found) : null;
  }

  isAlive(pid: number): Promise<boolean> {
    try {
      process.kill(pid, 0);
      return Promise.resolve(true);
    } catch (error) {
      return Promise.resolve((error as NodeJS.ErrnoException).code !== 'ESRCH');
    }
  }

  async listeners(pids: readonly number[]): Promise<Listener[]> {
    const wanted = new Set(pids);
    return (await allListeners()).filter(({ pid }) => wanted.has(pid));
  }

  async holder(port: number): Promise<{ pid: number | null } | null> {
    const found = (await allListeners()).find((one) => one.port === port);
    return found ? { pid: found.pid } : null;
  }

  async openInspector({ pid, executable }: SystemProcess): Promise<void> {
    // Electron's process lacks what this needs; the target's own executable is a Node for certain.
    const node = isNodeExecutable(process.execPath) ? process.execPath : (executable ?? 'node');
    const code = `try { process._debugProcess(${pid}) } catch (error) { process.stdout.write(error.message) }`;
    const failure = await outputOf(node, ['-e', code], TIMEOUT_MS);
    if (failure !== '') throw Object.assign(new Error(failure.trim()), { code: codeOf(failure) });
  }
}

function codeOf(message: string): string | undefined {
  return /denied/i.test(message) ? 'EPERM' : undefined;
}

async function processes(filter: string): Promise<WindowsProcess[]> {
  return parseProcesses(await powershell(processesScript(filter)));
}

function powershell(script: string): Promise<string> {
  const args = ['-NoProfile', '-NonInteractive', '-NoLogo', '-Command', script];
  return outputOf('powershell.exe', args, POWERSHELL_TIMEOUT_MS);
}

async function allListeners(): Promise<Listener[]> {
  return parseNetstat(await outputOf('netstat.exe', ['-ano'], TIMEOUT_MS));
}

function complete({ pid, name, executable, commandLine, startedAtMs, version }: WindowsProcess): SystemProcess {
  return {
    pid,
    innerPid: pid,
    executable,
    argv: commandLine === null ? [name] : splitCommandLine(commandLine),
    environmentOptions: [],
    user: null,
    startedAtMs,
    catchesSigusr1: null,
    stopped: false,
    sameNetwork: true,
    installation: executable,
    nodeVersion: version,
  };
}
