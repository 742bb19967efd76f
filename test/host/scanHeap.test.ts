import assert from 'node:assert/strict';
import path from 'node:path';
import { ensureVsix } from '../support/build.mjs';
import { ensureNode } from '../support/nodes.mjs';
import { root } from '../support/paths.mjs';
import { openWorkbench, type Workbench } from '../support/vscode.mjs';
import { startTarget, until, type Target } from './target';

const COMMAND = 'Loopscope: Scan Heap for Timers';

describe('The heap of an attached process', () => {
  let workbench: Workbench;
  let target: Target;
  const ends: (() => unknown)[] = [];

  before(async function () {
    this.timeout(180_000);
    target = await startTarget(path.join(root, 'test/fixtures/hoard.mjs'), await ensureNode(24));
    ends.push(() => target.end());
    workbench = await openWorkbench({ vsix: await ensureVsix() });
    ends.push(() => workbench.close());
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      console.log(`      see ${await workbench.saveFailure(`heap ${this.currentTest.title}`)}`);
    }
  });

  after(async () => {
    for (const end of ends.reverse()) await end();
  });

  const dialog = () => workbench.page.locator('.monaco-dialog-box');
  const button = (name: string) => dialog().getByRole('button', { name });
  const collections = async (): Promise<number> => Number((await target.state()).collections);
  const snapshotNumber = async (): Promise<string> => (await workbench.panel.locator('#snapshot').textContent()) ?? '';
  const nextBeat = async (): Promise<void> => {
    const shown = await snapshotNumber();
    await until('another beat is shown', async () => (await snapshotNumber()) !== shown);
  };
  const feed = () => workbench.panel.locator('tr[data-key]').filter({ hasText: 'Feed' });

  it('is not scanned before an attach: the command is not offered', async () => {
    await workbench.openQuickInput('F1', '>Loopscope: ', 'Loopscope: Attach to Node Process');
    assert.equal(await workbench.rows(COMMAND).count(), 0);
    await workbench.page.keyboard.press('Escape');
  });

  it('is not touched when the scan is declined, once its price was said', async () => {
    await workbench.runAndPick('Loopscope: Attach to Node Process', String(target.pid), 'hoard.mjs');
    await workbench.panel.locator('#state').filter({ hasText: 'Running' }).waitFor({ timeout: 30_000 });
    await nextBeat();
    const before = await collections();
    await workbench.runCommand(COMMAND);
    assert.match(
      await dialog().innerText(),
      /Stop hoard\.mjs for about 0\.\d+ s, 2 times, to look through its heap of \d+ MB\?/,
    );
    await button('Cancel').click();
    await dialog().waitFor({ state: 'hidden' });
    await nextBeat();
    assert.equal(await collections(), before);
    await workbench.panel.getByRole('tab', { name: 'Listeners' }).click();
    assert.equal(await feed().count(), 0);
  });

  it('shows what it held once it was scanned, and says how much was found', async () => {
    const before = await collections();
    await workbench.runCommand(COMMAND);
    await button('Scan').click();
    // What VS Code reads out of a notification: its toast goes by itself.
    const alert = workbench.page.locator('.monaco-alert').filter({ hasText: 'Found' });
    const said = await until('it says what was found', async () => {
      // Asked on a machine that is so busy that the price was wrong.
      if (await button('Go On').isVisible()) await button('Go On').click();
      return (await alert.count()) > 0 && (await alert.first().textContent());
    });
    assert.match(
      said,
      /Found \d+ timers \(0 not known before\), \d+ emitters with listeners \([1-9]\d*\), \d+ unsettled promises \([1-9]\d*\)\. The program stood still for \d\S* s altogether\./,
    );
    assert.ok((await collections()) > before);
    await feed().first().waitFor();
    assert.match(await feed().first().innerText(), /data/);
    const place = new RegExp(`hoard\\.mjs:${target.line('listener')}`);
    await feed().filter({ hasText: place }).first().waitFor();
  });
});
