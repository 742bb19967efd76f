import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { freePort } from '../../support/freePort';
import { until } from '../target';
import { extension, fixture, nodePath } from './extension';

describe('A process that is started again at its port', () => {
  const running = new Set<ChildProcess>();

  afterEach(() => {
    for (const child of running) child.kill('SIGKILL');
    running.clear();
  });

  async function start(port: number): Promise<ChildProcess> {
    const child = spawn(nodePath(), [`--inspect=127.0.0.1:${port}`, fixture('steps.js')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH },
    });
    running.add(child);
    let text = '';
    child.stderr.on('data', (data: Buffer) => (text += data.toString()));
    await until('the inspector listens', () => text.includes('listening on'));
    return child;
  }

  it('is attached again without a word of the user', async () => {
    const api = await extension().activate();
    const port = await freePort();
    const first = await start(port);
    const before = await api.attach({ host: '127.0.0.1', port });
    assert.equal(before.info.pid, first.pid);
    const ended = new Promise((resolve) => first.once('exit', resolve));
    first.kill('SIGKILL');
    await ended;
    const second = await start(port);
    const after = await until('the next one is attached', () =>
      api.attachments.find(({ info }) => info.pid === second.pid),
    );
    assert.equal(before.state, 'detached');
    await until('it beats', () => after.snapshot());
    await after.detach();
  });
});
