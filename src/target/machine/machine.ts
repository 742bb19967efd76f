/** A process as the operating system shows it. */
export interface SystemProcess {
  pid: number;
  /** Its pid as it sees itself: another one in a container. */
  innerPid: number;
  /** Path of the running executable; null when it may not be read. */
  executable: string | null;
  /** Arguments with the executable first; a single text when the process has set its title. */
  argv: string[];
  /** NODE_OPTIONS of its environment, split; empty when it may not be read. */
  environmentOptions: string[];
  user: string | null;
  /** Unix epoch. */
  startedAtMs: number | null;
  /** Whether SIGUSR1 has a handler; null when that cannot be known. Without one the signal ends the process. */
  catchesSigusr1: boolean | null;
  /** Stopped by a signal or by a native debugger: it cannot answer. */
  stopped: boolean;
  /** Whether it shares our network, so that 127.0.0.1 means the same. */
  sameNetwork: boolean;
  /** The executable as we can read it; null when it is in a container or was replaced since the start. */
  installation: string | null;
  /** Version without "v" where the operating system itself tells it. */
  nodeVersion: string | null;
}

/** A TCP port that a process listens on; `host` is an address to connect to. */
export interface Listener {
  pid: number;
  host: string;
  port: number;
}

/** What differs between operating systems in finding a process and opening its inspector. */
export interface Machine {
  /** Living processes whose executable is named as Node's, without ourselves. */
  nodeProcesses(): Promise<SystemProcess[]>;
  /** Who started these processes, or has adopted them, and who started those in turn: pid by pid. */
  parents(pids: readonly number[]): Promise<ReadonlyMap<number, number>>;
  /** Any living process, or null. */
  find(pid: number): Promise<SystemProcess | null>;
  /** False once it has ended, also while its parent has not noticed. */
  isAlive(pid: number): Promise<boolean>;
  /** Listening ports of these processes, as far as they may be seen. */
  listeners(pids: readonly number[]): Promise<Listener[]>;
  /** Who listens on a local port: null when nobody does, pid null when it may not be known. */
  holder(port: number): Promise<{ pid: number | null } | null>;
  /** Asks Node to open the inspector. Throws errors with codes ESRCH and EPERM. */
  openInspector(process: SystemProcess): Promise<void>;
}

/** Whether a path or name is that of Node's executable: node, nodejs, node20, node-22.1, node.exe. */
export function isNodeExecutable(path: string): boolean {
  const name = path.split(/[\\/]/).pop() ?? '';
  return /^node(js)?(-?v?\d+(\.\d+)*)?(\.exe)?$/i.test(name);
}

/** Where to connect to for an address that something listens on. */
export function connectableHost(address: string): string {
  if (address === '*' || address === '' || address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '::1';
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
