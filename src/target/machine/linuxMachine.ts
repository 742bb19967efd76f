import { readFile, readdir, readlink } from 'node:fs/promises';
import { splitNodeOptions } from './commandLine';
import { environmentValue, parseNetTcp, parseNulls, parsePasswd, parseStat, parseStatus } from './linux';
import { connectableHost, isNodeExecutable, type Listener, type Machine, type SystemProcess } from './machine';

/** Ticks a second in /proc/<pid>/stat: the kernel shows user space 100 on every architecture that Node runs on. */
const TICKS_PER_S = 100;

/** Reads /proc. What other users' processes do not show is null or empty. */
export class LinuxMachine implements Machine {
  private passwd: Promise<Map<number, string>> | null = null;
  private bootMs: Promise<number | null> | null = null;

  async nodeProcesses(): Promise<SystemProcess[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
    const found = await Promise.all(
      pids.map(async (pid) => {
        if (pid === process.pid) return null;
        const executable = withoutDeleted((await link(`/proc/${pid}/exe`)) ?? '');
        return isNodeExecutable(executable) ? this.find(pid) : null;
      }),
    );
    return found.filter((entry) => entry !== null);
  }

  async parents(pids: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const found = new Map<number, number>();
    const climb = async (pid: number): Promise<void> => {
      const parentPid = found.has(pid) ? undefined : (await readStat(pid))?.parentPid;
      if (parentPid === undefined) return;
      found.set(pid, parentPid);
      await climb(parentPid);
    };
    await Promise.all(pids.map(climb));
    return found;
  }

  async find(pid: number): Promise<SystemProcess | null> {
    const [parsed, status, executable, commandLine, environ, sameNetwork, sameFiles] = await Promise.all([
      readStat(pid),
      text(`/proc/${pid}/status`),
      link(`/proc/${pid}/exe`),
      text(`/proc/${pid}/cmdline`),
      text(`/proc/${pid}/environ`),
      sharesNamespace(pid, 'net'),
      sharesNamespace(pid, 'mnt'),
    ]);
    if (!parsed || status === null) return null;
    // Threads have a /proc/<tid> too, though readdir does not list it.
    if (!new RegExp(`^Tgid:\\s*${pid}$`, 'm').test(status)) return null;
    const { uid, innerPid, catchesSigusr1 } = parseStatus(status);
    const bootMs = await (this.bootMs ??= readBootMs());
    return {
      pid,
      innerPid: innerPid ?? pid,
      executable: executable && withoutDeleted(executable),
      argv: parseNulls(commandLine ?? ''),
      environmentOptions: splitNodeOptions(environmentValue(environ ?? '', 'NODE_OPTIONS') ?? ''),
      user: uid === null ? null : await this.userName(uid),
      startedAtMs: bootMs === null ? null : bootMs + (parsed.startTicks * 1000) / TICKS_PER_S,
      catchesSigusr1,
      stopped: 'Tt'.includes(parsed.state),
      sameNetwork,
      installation: sameFiles && executable === withoutDeleted(executable ?? '') ? executable : null,
      nodeVersion: null,
    };
  }

  async isAlive(pid: number): Promise<boolean> {
    return (await readStat(pid)) !== null;
  }

  async listeners(pids: readonly number[]): Promise<Listener[]> {
    // One table a network, not one a process: thousands of sockets are listed in it.
    const tables = new Map<string, Promise<ReturnType<typeof parseNetTcp>>>();
    const found = await Promise.all(
      pids.map(async (pid) => {
        const network = (await link(`/proc/${pid}/ns/net`)) ?? 'self';
        let table = tables.get(network);
        if (!table) tables.set(network, (table = readTable(pid)));
        const inodes = await socketInodes(pid);
        return (await table)
          .filter((socket) => inodes.has(socket.inode))
          .map(({ host, port }) => ({ pid, host: connectableHost(host), port }));
      }),
    );
    return found.flat();
  }

  async holder(port: number): Promise<{ pid: number | null } | null> {
    const socket = (await readTable('self')).find((entry) => entry.port === port);
    if (!socket) return null;
    for (const name of await readdir('/proc')) {
      if (/^\d+$/.test(name) && (await socketInodes(Number(name))).has(socket.inode)) return { pid: Number(name) };
    }
    return { pid: null };
  }

  openInspector(target: SystemProcess): Promise<void> {
    process.kill(target.pid, 'SIGUSR1');
    return Promise.resolve();
  }

  private async userName(uid: number): Promise<string> {
    this.passwd ??= text('/etc/passwd').then((content) => parsePasswd(content ?? ''));
    return (await this.passwd).get(uid) ?? String(uid);
  }
}

/** Null for what is gone or may not be read. */
async function text(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

async function link(path: string): Promise<string | null> {
  return readlink(path).catch(() => null);
}

/** Null when the process has ended. */
async function readStat(pid: number): Promise<ReturnType<typeof parseStat>> {
  const stat = parseStat((await text(`/proc/${pid}/stat`)) ?? '');
  return stat && !'ZXx'.includes(stat.state) ? stat : null;
}

/** The kernel marks the path of an executable that was replaced, as by an update. */
function withoutDeleted(path: string): string {
  return path.replace(/ \(deleted\)$/, '');
}

async function sharesNamespace(pid: number, name: 'net' | 'mnt'): Promise<boolean> {
  const [theirs, ours] = await Promise.all([link(`/proc/${pid}/ns/${name}`), link(`/proc/self/ns/${name}`)]);
  return theirs === null || theirs === ours;
}

async function readBootMs(): Promise<number | null> {
  const seconds = /^btime (\d+)$/m.exec((await text('/proc/stat')) ?? '')?.[1];
  return seconds === undefined ? null : Number(seconds) * 1000;
}

async function readTable(pid: number | 'self'): Promise<ReturnType<typeof parseNetTcp>> {
  const [four, six] = await Promise.all([text(`/proc/${pid}/net/tcp`), text(`/proc/${pid}/net/tcp6`)]);
  return [...parseNetTcp(four ?? ''), ...parseNetTcp(six ?? '')];
}

async function socketInodes(pid: number): Promise<Set<string>> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const links = await Promise.all(descriptors.map((name) => link(`/proc/${pid}/fd/${name}`)));
  return new Set(
    links.map((target) => /^socket:\[(\d+)\]$/.exec(target ?? '')?.[1]).filter((inode) => inode !== undefined),
  );
}
