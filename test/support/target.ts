import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { attach, type AttachHooks, type Attachment, type AttachmentOptions } from '../../src/attachment';
import { DEFAULTS } from '../../src/protocol/defaults';
import type { Snapshot } from '../../src/protocol/snapshot';
import type { Where } from '../../src/target/inspector';
import { connect, type Session } from '../../src/target/session';
import { LOADING } from '../../src/target/settled';
import { ensureNode } from './nodes.mjs';
import { root } from './paths.mjs';
import { endGroup, spawnGroup } from './processes.mjs';

export const fixturePath = (name: string): string => resolve(root, 'test', 'fixtures', name);

/** Line of a fixture, from 1, that ends with the comment `// mark`, or that begins the function `mark`. */
export function lineOf(fixture: string, mark: string): number {
  const lines = readFileSync(fixturePath(fixture), 'utf8').split('\n');
  const index = lines.findIndex((line) => line.endsWith(`// ${mark}`) || line.includes(`function ${mark}(`));
  if (index < 0) throw new Error(`${fixture} has no line marked "${mark}"`);
  return index + 1;
}

export const OPTIONS: AttachmentOptions = {
  level: 'track',
  beatMs: 250,
  sampling: '10ms',
  includePackages: false,
  thresholds: DEFAULTS.thresholds,
};

interface StartOptions {
  args?: string[];
  nodeArgs?: string[];
  /** Without an inspector the target has no `url`. */
  inspect?: boolean;
  /** Where its inspector listens; 127.0.0.1. */
  host?: string;
  stdin?: 'ignore' | 'pipe';
  env?: Record<string, string>;
}

/** A fixture that runs on a real Node, with what was attached to it; `stopTargets` ends them all. */
export class Target {
  private static readonly running = new Set<Target>();
  /** Those that have not ended: a soak makes many. */
  private readonly attachments = new Set<Attachment>();
  private readonly sessions: Session[] = [];
  output = '';

  private constructor(
    readonly child: ChildProcess,
    readonly pid: number,
    readonly url: string,
  ) {}

  static async start(major: number, fixture: string, options: StartOptions = {}): Promise<Target> {
    const target = await Target.spawn(major, fixture, options);
    await target.started();
    return target;
  }

  /** A fixture that waits for a debugger to let it begin. */
  static waiting(major: number, fixture: string): Promise<Target> {
    return Target.spawn(major, fixture, { nodeArgs: ['--inspect-brk=127.0.0.1:0'] });
  }

  private static async spawn(major: number, fixture: string, options: StartOptions): Promise<Target> {
    const inspect = options.inspect ?? true;
    const node = await ensureNode(major);
    const child = spawnGroup(
      node,
      [
        ...(inspect ? [`--inspect=${options.host ?? '127.0.0.1'}:0`] : []),
        ...(options.nodeArgs ?? []),
        fixturePath(fixture),
        ...(options.args ?? []),
      ],
      { stdio: [options.stdin ?? 'ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '', ...options.env } },
    );
    let text = '';
    const url = await new Promise<string>((resolve, reject) => {
      if (!inspect) resolve('');
      child.stderr.on('data', (data: Buffer) => {
        text += data.toString();
        const found = /ws:\/\/\S+/.exec(text);
        // Node refuses whoever asks for every address.
        if (found) resolve(found[0].replace('//0.0.0.0:', '//127.0.0.1:'));
      });
      child.once('exit', (code) => reject(new Error(`${fixture} ended early (${code}): ${text}`)));
    });
    const target = new Target(child, child.pid ?? 0, url);
    child.stdout.on('data', (data: Buffer) => (target.output += data.toString()));
    Target.running.add(target);
    return target;
  }

  /** Waits until the fixture has set itself up and its loop turns. */
  async started(): Promise<void> {
    // Node 18 may hang for good when a client comes while it sets itself up (one in 60 starts here).
    await until(() => this.output.startsWith('started'), `process ${this.pid} has started`);
    if (this.url) await this.until(`!${LOADING} && performance.nodeTiming.loopStart > 0`);
  }

  /** Attaches by the address of the inspector, or by pid when it has none; `way` is another way to it. */
  async attach(
    options: Partial<AttachmentOptions> = {},
    hooks: AttachHooks = {},
    way: string | Where = this.url,
  ): Promise<Attachment> {
    const where = typeof way !== 'string' ? way : way === '' ? { pid: this.pid } : { url: way };
    const attachment = await attach(
      where,
      { ...OPTIONS, ...options },
      { probePath: join(root, 'dist', 'probe.js'), ...hooks },
    );
    this.attachments.add(attachment);
    attachment.onDidChangeState((state) => {
      if (state === 'detached') this.attachments.delete(attachment);
    });
    return attachment;
  }

  /** Another client's session. */
  async session(): Promise<Session> {
    const session = await connect(this.url);
    this.sessions.push(session);
    return session;
  }

  /** Value of an expression in the target, by a session of its own; with `require`. */
  async evaluate<T>(expression: string, awaitPromise = false): Promise<T> {
    const session = await connect(this.url);
    try {
      return await evaluateIn<T>(session, expression, awaitPromise);
    } finally {
      await session.close();
    }
  }

  /** Evaluates what makes the target busy, by a session that stays open: nobody would answer its end. */
  async begin(expression: string): Promise<void> {
    await evaluateIn(await this.session(), `${expression}; undefined`, false);
  }

  /** Waits until an expression is true in the target. */
  async until(expression: string): Promise<void> {
    const session = await connect(this.url);
    try {
      await until(() => evaluateIn<boolean>(session, expression), expression);
    } finally {
      await session.close();
    }
  }

  /** When it ended: exit code, or the signal. */
  get ended(): Promise<number | NodeJS.Signals | null> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null)
      return Promise.resolve(child.exitCode ?? child.signalCode);
    return new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  }

  async stop(): Promise<void> {
    Target.running.delete(this);
    this.child.kill('SIGCONT');
    await endGroup(this.child, 0);
    await Promise.all([...this.attachments].map((attachment) => attachment.detach()));
    await Promise.all(this.sessions.map((session) => session.close()));
  }

  static async stopAll(): Promise<void> {
    await Promise.all([...Target.running].map((target) => target.stop()));
  }
}

/** Ends every target that is still running; for `afterEach`. */
export const stopTargets = (): Promise<void> => Target.stopAll();

/** The first snapshot from now on that meets the condition. */
export function snapshotWhere(
  attachment: Pick<Attachment, 'snapshot' | 'onDidSnapshot'>,
  wanted: (snapshot: Snapshot) => boolean,
  timeoutMs = 20_000,
): Promise<Snapshot> {
  return new Promise((resolve, reject) => {
    let last: Snapshot | null = attachment.snapshot;
    const done = attachment.onDidSnapshot((snapshot) => {
      last = snapshot;
      if (!wanted(snapshot)) return;
      finish();
      resolve(snapshot);
    });
    const timer = setTimeout(() => {
      finish();
      reject(
        new Error(`no such snapshot within ${timeoutMs} ms; the last one: ${JSON.stringify(last).slice(0, 4000)}`),
      );
    }, timeoutMs);
    const finish = (): void => {
      clearTimeout(timer);
      done.dispose();
    };
  });
}

/** Waits until a condition holds, asking every 20 ms. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 20_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function evaluateIn<T>(session: Session, expression: string, awaitPromise = false): Promise<T> {
  const { result, exceptionDetails } = await session.send<{
    result: { value: T };
    exceptionDetails?: { exception?: { description?: string } };
  }>('Runtime.evaluate', { expression, includeCommandLineAPI: true, returnByValue: true, awaitPromise }, 30_000);
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? expression);
  return result.value;
}
