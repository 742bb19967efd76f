import assert from 'node:assert/strict';
import path from 'node:path';
import { ensureVsix } from '../support/build.mjs';
import { ensureNode } from '../support/nodes.mjs';
import { root } from '../support/paths.mjs';
import { openWorkbench, type Workbench } from '../support/vscode.mjs';
import { startFamily, type Family } from './family';
import { until } from './target';

describe('A process and its children', () => {
  let workbench: Workbench;
  let family: Family;
  const ends: (() => unknown)[] = [];

  before(async function () {
    this.timeout(180_000);
    family = await startFamily(path.join(root, 'test/fixtures/family.cjs'), await ensureNode(24));
    ends.push(() => family.end());
    workbench = await openWorkbench({ vsix: await ensureVsix() });
    ends.push(() => workbench.close());
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      console.log(`      see ${await workbench.saveFailure(`compare ${this.currentTest.title}`)}`);
    }
  });

  after(async () => {
    for (const end of ends.reverse()) await end();
  });

  const rows = () => workbench.panel.locator('#compareTable tbody tr');
  const head = (text: string): Promise<void> =>
    workbench.panel.locator('#head').filter({ hasText: text }).waitFor({ timeout: 30_000 });

  it('are offered together, and attached when that is accepted', async function () {
    // On a busy machine they are looked for rarely.
    this.timeout(180_000);
    await workbench.runAndPick('Loopscope: Attach to Node Process', String(family.pid), 'family.cjs');
    await head(`pid ${family.pid}`);
    const offered = /family\.cjs has started 2 processes with an inspector/;
    const alert = workbench.page.locator('.monaco-alert').filter({ hasText: offered }).first();
    await alert.waitFor({ state: 'attached', timeout: 100_000 });
    // A VS Code under test shows notifications only when it is asked to.
    await workbench.runCommand('Notifications: Show Notifications');
    const offer = workbench.page.locator('.notifications-center .notification-list-item').filter({ hasText: offered });
    await offer.getByRole('button', { name: 'Attach' }).click();
    await workbench.panel.locator('select[aria-label=Target] option').nth(2).waitFor({ state: 'attached' });
  });

  it('are shown side by side by the command, the children below', async () => {
    await workbench.runCommand('Loopscope: Compare Attached Processes');
    await until('there are three rows', async () => (await rows().count()) === 3);
    const indents = await workbench.panel
      .locator('#compareTable .branch')
      .evaluateAll((all) => all.map((each) => parseFloat(getComputedStyle(each).paddingLeft)));
    assert.deepEqual(
      indents.map((px) => px > 0),
      [false, true, true],
    );
    assert.match(await rows().first().innerText(), /^family\.cjs\s+\d+\s+Running\s+[≈<\s]*[\d.]+\s/);
  });

  it('are opened from there', async () => {
    const [child = ''] = /\d+/.exec(await rows().nth(1).innerText()) ?? [];
    assert.notEqual(child, String(family.pid));
    await rows().nth(1).getByRole('button').click();
    await head(`pid ${child}`);
    await until('it is marked', async () => (await rows().nth(1).locator('[aria-current=true]').count()) === 1);
  });

  it('leave when they end', async () => {
    family.end();
    await until('no row is left', async () => (await rows().count()) === 0);
  });
});
