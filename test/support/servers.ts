import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './freePort';
import { cleanEnv, endGroup, run, spawnGroup } from './processes.mjs';
import { serverBinary, type ServerName } from './serverInstall.mjs';
import { until } from './target';

const HOST = '127.0.0.1';

/** A real server in the foreground, with a free port of the loopback address and a folder of its own. */
export class Server {
  private readonly folder = mkdtempSync(join(tmpdir(), 'loopscope-server-'));
  private readonly children: ReturnType<typeof spawnGroup>[] = [];
  private output = '';

  private constructor(readonly port: number) {}

  static async start(name: ServerName): Promise<Server> {
    const server = new Server(await freePort());
    try {
      await server[name](serverBinary(name) ?? name);
      await until(() => server.answers(), `${name} answers`, 50_000);
      return server;
    } catch (error) {
      await server.stop();
      throw new Error(`${name} did not start: ${String(error)}\n${server.output.slice(-2000)}`, { cause: error });
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.children.map((child) => endGroup(child, 0)));
    // What was killed may still be about to let go of its files.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  private answers(): Promise<boolean> {
    if (this.children.some(({ exitCode }) => exitCode !== null)) throw new Error('it has ended');
    return answers(this.port);
  }

  private redis(binary: string): void {
    this.spawn(binary, ['--port', String(this.port), '--bind', HOST, '--save', '']);
  }

  private async mariadb(binary: string): Promise<void> {
    const data = ['--no-defaults', `--datadir=${this.folder}/data`, '--user=root'];
    await run('mariadb-install-db', [...data, '--auth-root-authentication-method=normal', '--skip-test-db'], {
      quiet: true,
    });
    const address = [`--bind-address=${HOST}`, `--port=${this.port}`, `--socket=${this.folder}/socket`];
    this.spawn(binary, [...data, ...address]);
  }

  private async rabbitmq(binary: string): Promise<void> {
    const [names, distribution] = [await freePort(), await freePort()];
    // Otherwise Erlang starts one that outlives it.
    this.spawn('epmd', ['-port', String(names), '-address', HOST]);
    await until(() => answers(names), 'epmd answers');
    this.spawn(binary, [], {
      HOME: this.folder,
      ERL_EPMD_PORT: String(names),
      ERL_EPMD_ADDRESS: HOST,
      RABBITMQ_NODENAME: 'loopscope@localhost',
      RABBITMQ_NODE_IP_ADDRESS: HOST,
      RABBITMQ_NODE_PORT: String(this.port),
      RABBITMQ_DIST_PORT: String(distribution),
      RABBITMQ_MNESIA_BASE: join(this.folder, 'mnesia'),
      RABBITMQ_LOG_BASE: this.folder,
      RABBITMQ_LOGS: '-',
      RABBITMQ_PID_FILE: join(this.folder, 'pid'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(this.folder, 'plugins'),
      RABBITMQ_CONF_ENV_FILE: join(this.folder, 'environment'),
      RABBITMQ_CONFIG_FILE: join(this.folder, 'rabbitmq'),
    });
  }

  private spawn(command: string, args: string[], env: Record<string, string> = {}): void {
    const child = spawnGroup(command, args, {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: cleanEnv(env),
    });
    const keep = (data: Buffer): void => void (this.output += data.toString());
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.children.push(child);
  }
}

/** Whether somebody accepts connections on a port. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
