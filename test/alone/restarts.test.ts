import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attach } from '../../src/attachment';
import { Attachments } from '../../src/editor/attachments';
import { Restarts } from '../../src/editor/restarts';
import { locate } from '../../src/target/inspector';
import { listProcesses } from '../../src/target/processes';
import { freePort } from '../support/freePort';
import { ensureNode } from '../support/nodes.mjs';
import { root } from '../support/paths.mjs';
import { endGroup, spawnGroup } from '../support/processes.mjs';
import { OPTIONS, stopTargets, Target, until } from '../support/target';

/** The attachments of a window, with all that follows restarts, on real processes. */
class Window {
  followed = true;
  readonly attachments = new Attachments({
    attach: (where, options, hooks) => attach(where, options, { ...hooks, probePath: join(root, 'dist', 'probe.js') }),
    prepare: (where) => Promise.resolve({ where, options: { ...OPTIONS, sampling: 'off' }, distortion: null }),
    listProcesses,
    onError: (error) => assert.fail(String(error)),
  });
  readonly log: string[] = [];
  private readonly restarts = new Restarts({
    attachments: this.attachments,
    isOn: () => this.followed,
    listProcesses,
    answers: (where) =>
      locate(where).then(
        () => true,
        () => false,
      ),
    log: (line) => this.log.push(line),
    everyMs: 100,
    settledMs: 200,
  });

  get shownPid(): number | undefined {
    const { shown } = this.attachments;
    return shown?.live ? shown.attachment.info.pid : undefined;
  }

  async close(): Promise<void> {
    this.restarts.dispose();
    await this.attachments.close();
  }
}

describe('a process that ends and starts again', () => {
  let window: Window;

  beforeEach(() => (window = new Window()));
  afterEach(async () => {
    await window.close();
    await stopTargets();
  });

  it('is attached again by its script and arguments, and its charts go on', async () => {
    const options = { inspect: false, args: ['--shop=7'] };
    const first = await Target.start(24, 'steps.cjs', options);
    const before = await window.attachments.attach({ where: { pid: first.pid } });
    await until(() => before.history().length >= 2, 'two beats');
    const other = await Target.start(24, 'steps.cjs', { inspect: false, args: ['--shop=8'] });
    await endGroup(first.child, 0);
    await until(() => before.toPanel().awaited, 'it is waited for');
    const second = await Target.start(24, 'steps.cjs', options);
    await until(() => window.shownPid === second.pid, `${second.pid} is shown, not ${other.pid}`);
    const { shown } = window.attachments;
    assert.deepEqual(window.attachments.all, [shown], 'the ended one has left the list');
    const states = shown!.history().map(({ state }) => state);
    const end = states.indexOf('detached');
    assert.ok(end >= 2, `${states.join()}: what was seen before the end is kept`);
    assert.ok(states.length > end + 1, 'and goes on');
  });

  it('is attached again by its port, under node --watch', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'loopscope-restart-'));
    const script = join(folder, 'watched.cjs');
    const program = (version: number): void => writeFileSync(script, `setInterval(() => {}, 1000); // ${version}\n`);
    program(1);
    const port = await freePort();
    const args = ['--watch', `--inspect=127.0.0.1:${port}`, script];
    const child = spawnGroup(await ensureNode(24), args, {
      stdio: 'ignore',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    try {
      const where = { host: '127.0.0.1', port };
      await until(
        () =>
          locate(where).then(
            () => true,
            () => false,
          ),
        'its inspector listens',
      );
      const { attachment } = await window.attachments.attach({ where });
      program(2);
      await until(
        () => window.shownPid !== undefined && window.shownPid !== attachment.info.pid,
        'the next one is shown',
      );
      assert.match(attachment.endedBecause ?? '', /has (ended|exited)/);
    } finally {
      await endGroup(child, 0);
      rmSync(folder, { recursive: true });
    }
  });

  it('is not waited for when it was detached, or the setting is off', async () => {
    const target = await Target.start(24, 'steps.cjs');
    const detached = await window.attachments.attach({ where: { url: target.url } });
    await detached.attachment.detach();
    assert.equal(detached.toPanel().awaited, false);
    window.followed = false;
    const ended = await window.attachments.attach({ where: { url: target.url } });
    await endGroup(target.child, 0);
    await until(() => !ended.live, 'it has ended');
    assert.equal(ended.toPanel().awaited, false);
  });
});
