import assert from 'node:assert/strict';
import { readdirSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { ensureVsix } from '../support/build.mjs';
import { ensureNode } from '../support/nodes.mjs';
import { root } from '../support/paths.mjs';
import { openWorkbench, type Workbench } from '../support/vscode.mjs';
import { startTarget, until, type Target } from './target';

describe('Two processes attached at once', () => {
  let workbench: Workbench;
  const targets: Target[] = [];
  const ends: (() => unknown)[] = [];

  before(async function () {
    this.timeout(180_000);
    for (const major of [24, 20]) {
      const target = await startTarget(path.join(root, 'test/fixtures/leaky.mjs'), await ensureNode(major));
      ends.push(() => target.end());
      targets.push(target);
    }
    workbench = await openWorkbench({ vsix: await ensureVsix() });
    ends.push(() => workbench.close());
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      console.log(`      see ${await workbench.saveFailure(`several ${this.currentTest.title}`)}`);
    }
  });

  after(async () => {
    for (const end of ends.reverse()) await end();
  });

  const header = (text: string): Promise<void> =>
    workbench.panel.locator('#head').filter({ hasText: text }).waitFor({ timeout: 30_000 });
  const snapshotNumber = async (): Promise<string> => (await workbench.panel.locator('#snapshot').textContent()) ?? '';
  const attach = async ({ pid }: Target): Promise<void> => {
    await workbench.runAndPick('Loopscope: Attach to Node Process', String(pid), 'leaky.mjs');
    await header(`pid ${pid}`);
  };

  it('are attached to one after the other, the newer one is shown', async () => {
    for (const target of targets) await attach(target);
    await workbench.panel.locator('#state').filter({ hasText: 'Running' }).waitFor();
  });

  it('are switched between in the header', async () => {
    const [first, second] = targets;
    const choice = workbench.panel.locator('select[aria-label=Target]');
    for (const target of [first!, second!, first!]) {
      const label = await choice
        .locator('option')
        .filter({ hasText: String(target.pid) })
        .textContent();
      await choice.selectOption({ label: label ?? '' });
      await header(`pid ${target.pid}`);
      const shown = await snapshotNumber();
      await until('a beat of it is shown', async () => (await snapshotNumber()) !== shown);
    }
  });

  it('show a worker thread that is chosen in the header, the sum of all threads, and the main thread again', async () => {
    await targets[0]!.state('worker');
    const threads = workbench.panel.locator('select[aria-label=Thread]');
    await threads.selectOption({ label: 'worker 1, helper' });
    const timers = workbench.panel.locator('[role=treegrid] tr').filter({ hasText: 'Timeout' });
    await timers.locator('td').filter({ hasText: /^7$/ }).waitFor();
    assert.equal(await threads.inputValue(), '1');
    await threads.selectOption({ label: 'all threads' });
    await workbench.panel.locator('#ring').filter({ hasText: 'mean of 2 threads' }).waitFor();
    await timers.locator('td').filter({ hasText: /^7$/ }).waitFor();
    await threads.selectOption({ label: 'main thread' });
    await timers.filter({ hasText: 'leaky.mjs' }).first().waitFor();
    assert.equal(await threads.inputValue(), '0');
  });

  it('hold the picture while the view is paused, and go on after it', async () => {
    await workbench.runCommand('Loopscope: Pause View');
    await workbench.panel
      .locator('#state')
      .filter({ hasText: /view paused/i })
      .waitFor();
    const held = await snapshotNumber();
    await until('beats are collected meanwhile', async () =>
      /[3-9] so far/.test((await workbench.panel.locator('[role=status]').allTextContents()).join(' ')),
    );
    assert.equal(await snapshotNumber(), held);
    await workbench.runCommand('Loopscope: Resume View');
    await until('the picture goes on', async () => (await snapshotNumber()) !== held);
  });

  it('show a beat that is chosen in the charts while others come, and the latest again', async () => {
    const { panel } = workbench;
    const charts = panel.locator('#charts');
    for (const key of ['ArrowLeft', 'ArrowLeft', 'Enter']) await charts.press(key);
    await panel.locator('#past .banner').filter({ hasText: 'This is the beat of' }).waitFor();
    const turns = await panel.locator('#phases').textContent();
    const shown = await snapshotNumber();
    await until('beats go on', async () => (await snapshotNumber()) !== shown);
    assert.equal(await panel.locator('#phases').textContent(), turns);
    await charts.press('Escape');
    await panel.locator('#past .banner').waitFor({ state: 'detached' });
    await until('the latest beat is shown', async () => (await panel.locator('#phases').textContent()) !== turns);
  });

  it('are recorded to a file, which opens as the panel with a time slider, up to where it is whole', async () => {
    const { page, folder } = workbench;
    await workbench.runCommand('Loopscope: Start Recording');
    // The dialog of VS Code in a browser asks in its quick input, and fills in the name by and by.
    const status = page.locator('.statusbar-item').filter({ hasText: / beats/ });
    await until('it records', async () => {
      const input = workbench.quickInput();
      const name = await input.inputValue({ timeout: 1000 }).catch(() => '');
      if (name.endsWith('.loopscope')) await page.keyboard.press('Enter');
      return status
        .first()
        .waitFor({ timeout: 2000 })
        .then(
          () => true,
          () => false,
        );
    });
    await status.filter({ hasText: /[3-9] beats/ }).waitFor({ timeout: 30_000 });
    await workbench.runCommand('Loopscope: Stop Recording');
    await status.waitFor({ state: 'detached' });
    const name = readdirSync(folder).find((each) => each.endsWith('.loopscope')) ?? '';
    const file = path.join(folder, name);
    truncateSync(file, statSync(file).size - 40);

    await workbench.openQuickInput('Control+p', name, name);
    await page.keyboard.press('Enter');
    const { panel } = workbench;
    const slider = panel.getByRole('slider', { name: 'Moment of the recording' });
    await slider.waitFor({ timeout: 30_000 });
    await panel.locator('#recording .banner').filter({ hasText: 'is whole up to' }).waitFor();
    await panel.locator('#head').filter({ hasText: 'leaky.mjs' }).waitFor();
    await panel.locator('#ring').waitFor();
    const shown = await snapshotNumber();
    await slider.press('Home');
    await until('the first beat is shown', async () => (await snapshotNumber()) !== shown);
    await panel
      .locator('#recording .moment')
      .filter({ hasText: / 1 of [3-9]/ })
      .waitFor();
    // A moment is chosen in the charts as well.
    await slider.press('End');
    const moment = panel.locator('#recording .moment');
    await moment.filter({ hasText: /([3-9]) of \1/ }).waitFor();
    for (const key of ['ArrowLeft', 'Enter']) await panel.locator('#charts').press(key);
    await moment.filter({ hasNotText: /([3-9]) of \1/ }).waitFor();
    await workbench.runCommand('Loopscope: Show Panel');
    await slider.waitFor({ state: 'detached' });
  });

  it('are detached one by one', async () => {
    for (const expected of targets) {
      await workbench.runCommand('Loopscope: Detach');
      await until(`${expected.pid} or the other is free`, async () => {
        const states = await Promise.all(targets.map((target) => target.state()));
        return states.filter(({ inspector }) => inspector === null).length > targets.indexOf(expected);
      });
      const other = workbench.panel.locator('select[aria-label=Target] option').filter({ hasNotText: /detached/i });
      if ((await other.count()) > 0) {
        const choice = workbench.panel.locator('select[aria-label=Target]');
        await choice.selectOption({ label: (await other.first().textContent()) ?? '' });
        await workbench.panel.locator('#state').filter({ hasText: 'Running' }).waitFor();
      }
    }
  });
});
