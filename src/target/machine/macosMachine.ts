import { isNodeExecutable, type Listener, type Machine, type SystemProcess } from './machine';
import { parseLsof, parseLsofText, parsePs, parsePsArguments, PS_FORMAT, type PsLine } from './macos';
import { outputOf } from './run';

const TIMEOUT_MS = 5000;

/** Asks ps and lsof. */
export class MacosMachine implements Machine {
  async nodeProcesses(): Promise<SystemProcess[]> {
    const lines = parsePs(await outputOf('/bin/ps', ['-axww', ...PS_FORMAT], TIMEOUT_MS));
    return this.complete(lines.filter(({ pid, name }) => pid !== process.pid && isNodeExecutable(name)));
  }

  async parents(): Promise<ReadonlyMap<number, number>> {
    const lines = parsePs(await outputOf('/bin/ps', ['-axww', ...PS_FORMAT], TIMEOUT_MS));
    return new Map(lines.map(({ pid, parentPid }) => [pid, parentPid]));
  }

  async find(pid: number): Promise<SystemProcess | null> {
    const lines = parsePs(await outputOf('/bin/ps', ['-ww', '-p', String(pid), ...PS_FORMAT], TIMEOUT_MS));
    return (await this.complete(lines))[0] ?? null;
  }

  async isAlive(pid: number): Promise<boolean> {
    return parsePs(await outputOf('/bin/ps', ['-p', String(pid), ...PS_FORMAT], TIMEOUT_MS)).length > 0;
  }

  async listeners(pids: readonly number[]): Promise<Listener[]> {
    if (pids.length === 0) return [];
    return parseLsof(await lsof(['-a', '-iTCP', '-sTCP:LISTEN', '-p', pids.join(',')]));
  }

  async holder(port: number): Promise<{ pid: number | null } | null> {
    const [found] = parseLsof(await lsof([`-iTCP:${port}`, '-sTCP:LISTEN']));
    return found ? { pid: found.pid } : null;
  }

  openInspector(target: SystemProcess): Promise<void> {
    process.kill(target.pid, 'SIGUSR1');
    return Promise.resolve();
  }

  private async complete(lines: PsLine[]): Promise<SystemProcess[]> {
    if (lines.length === 0) return [];
    const pids = lines.map(({ pid }) => pid).join(',');
    const [listing, files] = await Promise.all([
      outputOf('/bin/ps', ['-ww', '-p', pids, '-o', 'pid=', '-o', 'args='], TIMEOUT_MS),
      // Without it only versions are missing.
      lsof(['-a', '-d', 'txt', '-p', pids]).catch(() => ''),
    ]);
    const executables = parseLsofText(files);
    const argv = parsePsArguments(listing, executables);
    return lines.map(({ pid, stat, startedAtMs, user, name }) => ({
      pid,
      innerPid: pid,
      executable: executables.get(pid) ?? name,
      argv: argv.get(pid) ?? [name],
      environmentOptions: [],
      user,
      startedAtMs,
      catchesSigusr1: null,
      stopped: stat.startsWith('T'),
      sameNetwork: true,
      installation: executables.get(pid) ?? null,
      nodeVersion: null,
    }));
  }
}

function lsof(args: string[]): Promise<string> {
  return outputOf('/usr/sbin/lsof', ['-nP', '-Fpn', ...args], TIMEOUT_MS);
}
