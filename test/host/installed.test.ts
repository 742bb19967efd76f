import assert from 'node:assert/strict';
import path from 'node:path';
import { ensureVsix } from '../support/build.mjs';
import { ensureNode } from '../support/nodes.mjs';
import { root } from '../support/paths.mjs';
import { openWorkbench, type Workbench } from '../support/vscode.mjs';
import { ensureVscode, VSCODE_LEGS } from '../support/vscodeInstall.mjs';
import { startTarget, until, type Target } from './target';

for (const leg of VSCODE_LEGS) {
  describe(`The VSIX installed in the ${leg} VS Code`, () => {
    let workbench: Workbench;
    const ends: (() => unknown)[] = [];
    let target: Target;
    let earlier: Record<string, unknown>;

    before(async function () {
      this.timeout(180_000);
      await ensureVscode(leg);
      target = await startTarget(path.join(root, 'test/fixtures/leaky.mjs'), await ensureNode(24));
      ends.push(() => target.end());
      earlier = await target.state();
      workbench = await openWorkbench({ leg, vsix: await ensureVsix() });
      ends.push(() => workbench.close());
    });

    afterEach(async function () {
      if (this.currentTest?.state === 'failed') {
        console.log(`      see ${await workbench.saveFailure(`${leg} ${this.currentTest.title}`)}`);
      }
    });

    after(async () => {
      for (const end of ends.reverse()) await end();
    });

    const chip = (text: string, timeout = 30_000): Promise<void> =>
      workbench.panel.locator('#state').filter({ hasText: text }).waitFor({ timeout });

    /** The row of the intervals that leaked since the attach; those from before have one of their own. */
    const row = () =>
      workbench.panel
        .locator('tr[data-key]')
        .filter({ hasText: new RegExp(`leaky\\.mjs:${target.line('leak')}\\s*leak`) })
        .first();
    const leaked = async (): Promise<number> =>
      Number((await row().locator('.c-count').first().innerText()).replace(/\D/g, ''));

    /** What stands behind the line of the leak in the editor, and where. */
    const figures = () =>
      workbench.page.evaluate(() => {
        for (const span of document.querySelectorAll('.view-lines .view-line span')) {
          const { content } = getComputedStyle(span, '::after');
          const line = span.closest('.view-line')?.textContent ?? '';
          const { left, top, height } = span.getBoundingClientRect();
          if (content.includes('pending') && /here:\sleak/.test(line))
            return { content, x: left + 50, y: top + height / 2 };
        }
        return null;
      });

    it('attaches from the palette to a process whose inspector is closed', async () => {
      assert.equal(earlier.inspector, null);
      await workbench.runAndPick('Loopscope: Attach to Node Process', String(target.pid), 'leaky.mjs');
      await chip('Running');
      assert.equal(await workbench.panel.locator('table.phases tr[data-phase=timers]').count(), 1);
    });

    it('shows numbers that go on changing by themselves', async () => {
      await row().waitFor({ timeout: 20_000 });
      const first = await leaked();
      await until('more intervals are pending', async () => (await leaked()) > first + 3);
    });

    it('names the callback that blocks the loop', async () => {
      const finding = workbench.panel.locator('.findings li[data-rule=blocked-loop]').first();
      await finding.waitFor({ timeout: 20_000 });
      assert.match(await finding.innerText(), /leaky\.mjs:\d+/);
    });

    it('follows its keys while the panel has the focus', async () => {
      const { page, panel } = workbench;
      const there = (what: string): Promise<void> => panel.locator(what).waitFor({ timeout: 10_000 });
      await panel.locator('#tab-pending').click();
      await page.keyboard.press('Alt+PageDown');
      await there('#tab-listeners[aria-selected=true]:focus');
      await page.keyboard.press('Control+F');
      await there('#tools input:focus');
      await page.keyboard.press('F8');
      await chip('view paused');
      await page.keyboard.press('F8');
      await until('the view goes on', async () => !(await panel.locator('#state').innerText()).includes('paused'));
      await page.keyboard.press('Alt+PageUp');
      await there('#tab-pending[aria-selected=true]:focus');
    });

    it('opens the right file at the right line by a click on a site', async () => {
      await row().locator('a.site').first().click();
      const editor = await until('the editor shows the file', async () => {
        const { title, line } = await workbench.activeEditor();
        return title === 'leaky.mjs' && line !== null && { title, line };
      });
      assert.equal(editor.line, target.line('leak'));
    });

    it('shows what is pending behind that line, and the numbers on hover', async () => {
      const { page } = workbench;
      const narrow = page.viewportSize();
      await page.setViewportSize({ width: 2000, height: 860 });
      const first = await until('the line has its figures', figures);
      assert.match(first.content, /^"\d+ pending, .*oldest \d+ (s|min)"$/);
      await until('the hover has the numbers', async () => {
        const { x, y } = (await figures()) ?? first;
        await page.mouse.move(x, y);
        await page.mouse.move(x + 2, y);
        const shown = page.locator('.monaco-hover').filter({ hasText: /\d+ pending of type Timeout/ });
        return shown
          .first()
          .waitFor({ timeout: 2000 })
          .then(
            () => true,
            () => false,
          );
      });
      await page.mouse.move(640, 2);
      await page.setViewportSize(narrow!);
    });

    it('copies a snapshot as JSON', async () => {
      await workbench.runCommand('Loopscope: Copy Snapshot as JSON');
      const snapshot = await until('the clipboard holds a snapshot', async () => {
        const text = await workbench.page.evaluate(() => navigator.clipboard.readText());
        return text.startsWith('{') && (JSON.parse(text) as { target: { pid: number }; sequence: number });
      });
      assert.equal(snapshot.target.pid, target.pid);
      assert.ok(snapshot.sequence > 1);
    });

    it('keeps the panel, attached to the same process, over "Reload Window"', async () => {
      await workbench.runCommand('Loopscope: Show Panel');
      await chip('Running');
      await workbench.runCommand('Developer: Reload Window');
      await workbench.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
      await chip('Running', 90_000);
      await row().waitFor({ timeout: 20_000 });
    });

    it('shows in the status bar that it is attached', async () => {
      const item = workbench.page.locator('.statusbar-item[id^="loopscope"]');
      await item.first().waitFor({ timeout: 10_000 });
      assert.match(await item.first().innerText(), /\d+\s?%/);
    });

    it('lists the process in the Run and Debug side bar', async () => {
      await workbench.runCommand('Focus on Loopscope View');
      const entry = workbench.page.locator('[role=treeitem]').filter({ hasText: 'leaky.mjs' });
      await entry.filter({ hasText: /(running|blocked) · [1-9] findings? · pid/ }).waitFor({ timeout: 20_000 });
      await until('the code has its figures', figures);
    });

    it('leaves the process as it was when it detaches', async () => {
      await workbench.runCommand('Loopscope: Detach');
      await chip('Detached');
      await until('the inspector is closed again', async () => (await target.state()).inspector === null);
      assert.deepEqual(await target.state(), earlier);
      await until('the code has no figures', async () => (await figures()) === null);
      await workbench.page.getByText('No process is attached.').waitFor();
    });

    if (leg === 'newest') {
      it('speaks the display language: its commands, its page and what it finds', async () => {
        await workbench.setLanguage('zh-cn');
        await workbench.runAndPick('Loopscope: 附加到 Node 进程', String(target.pid), 'leaky.mjs');
        const finding = workbench.panel.locator('.findings li[data-rule=blocked-loop]');
        await finding.filter({ hasText: /运行了 .+，位于 .*leaky\.mjs:\d+/ }).waitFor({ timeout: 30_000 });
        assert.equal(await workbench.panel.locator('html').getAttribute('lang'), 'zh-cn');
        assert.match((await workbench.panel.locator('#texts').textContent()) ?? '', /"Attach":"附加"/);
        await workbench.runCommand('Loopscope: 分离');
        await until('the inspector is closed again', async () => (await target.state()).inspector === null);
      });
    }
  });
}
