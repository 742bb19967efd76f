import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureVsix } from '../support/build.mjs';
import { ensureNode } from '../support/nodes.mjs';
import { root } from '../support/paths.mjs';
import { openWorkbench, type Workbench } from '../support/vscode.mjs';
import { until } from './target';

describe('A link to Loopscope', () => {
  let workbench: Workbench;
  let port: string;
  const ends: (() => unknown)[] = [];

  before(async function () {
    this.timeout(180_000);
    const child = spawn(await ensureNode(24), ['--inspect=127.0.0.1:0', path.join(root, 'test/fixtures/steps.js')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH },
    });
    ends.push(() => child.kill('SIGKILL'));
    let text = '';
    child.stderr.on('data', (data: Buffer) => (text += data.toString()));
    port = await until('the inspector listens', () => /127\.0\.0\.1:(\d+)/.exec(text)?.[1]);
    workbench = await openWorkbench({ vsix: await ensureVsix(), extension: path.join(root, 'test/host/links') });
    ends.push(() => workbench.close());
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      console.log(`      see ${await workbench.saveFailure(`link ${this.currentTest.title}`)}`);
    }
  });

  after(async () => {
    for (const end of ends.reverse()) await end();
  });

  const dialog = () => workbench.page.locator('.monaco-dialog-box');
  const follow = async (link: string): Promise<void> => {
    await workbench.runCommand('Test: Open Link to Loopscope');
    const prompt = workbench.page.locator('.quick-input-widget').filter({ hasText: 'attach?port=9229' });
    await prompt.waitFor();
    await workbench.quickInput().fill(link);
    await workbench.page.keyboard.press('Enter');
  };

  it('asks first, and connects to nothing when that is declined', async () => {
    await follow(`attach?port=${port}`);
    const asked = dialog().filter({ hasText: `Attach to the process at 127.0.0.1:${port}?` });
    await asked.waitFor();
    assert.match(await asked.innerText(), /A link asks for this/);
    await asked.getByRole('button', { name: 'Cancel' }).click();
    await asked.waitFor({ state: 'hidden' });
    await workbench.openQuickInput('F1', '>Loopscope: ', 'Loopscope: Attach to Node Process');
    assert.equal(await workbench.rows('Loopscope: Detach').count(), 0);
    await workbench.page.keyboard.press('Escape');
  });

  it('attaches when it is allowed', async () => {
    await follow(`attach?port=${port}`);
    await dialog().getByRole('button', { name: 'Attach' }).click();
    await workbench.panel.locator('#head').filter({ hasText: 'steps.js' }).waitFor({ timeout: 30_000 });
    await workbench.panel.locator('#state').filter({ hasText: 'Running' }).waitFor();
  });
});
