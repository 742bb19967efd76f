import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureVsix } from '../support/build.mjs';
import { ensureNode } from '../support/nodes.mjs';
import { root } from '../support/paths.mjs';
import { openWorkbench, type Workbench } from '../support/vscode.mjs';
import { VSCODE_LEGS } from '../support/vscodeInstall.mjs';
import { markedLine, until } from './target';

for (const leg of VSCODE_LEGS) {
  describe(`Debugging with F5 in the ${leg} VS Code`, () => {
    let workbench: Workbench;
    const ends: (() => unknown)[] = [];
    let folder: string;

    before(async function () {
      this.timeout(180_000);
      folder = mkdtempSync(path.join(tmpdir(), 'loopscope-debug-'));
      const source = path.join(root, 'test/fixtures/steps.js');
      copyFileSync(source, path.join(folder, 'steps.js'));
      mkdirSync(path.join(folder, '.vscode'));
      const configuration = {
        type: 'node',
        request: 'launch',
        name: 'Steps',
        program: '${workspaceFolder}/steps.js',
        runtimeExecutable: await ensureNode(24),
        console: 'internalConsole',
      };
      writeFileSync(
        path.join(folder, '.vscode/launch.json'),
        JSON.stringify({ version: '0.2.0', configurations: [configuration] }),
      );
      workbench = await openWorkbench({
        leg,
        vsix: await ensureVsix(),
        folder,
        settings: { 'debug.openDebug': 'openOnSessionStart' },
      });
      ends.push(() => workbench.close());
    });

    afterEach(async function () {
      if (this.currentTest?.state === 'failed') {
        console.log(`      see ${await workbench.saveFailure(`${leg} ${this.currentTest.title}`)}`);
      }
    });

    after(async () => {
      for (const end of ends.reverse()) await end();
      rmSync(folder, { recursive: true, force: true });
    });

    const showsState = async (text: string): Promise<void> => {
      await workbench.runCommand('Loopscope: Show Panel');
      await workbench.panel.locator('#state').filter({ hasText: text }).waitFor({ timeout: 20_000 });
    };

    const pressInEditor = async (key: string): Promise<void> => {
      await workbench.page.locator('.tab', { hasText: 'steps.js' }).first().click();
      await until('the editor is shown', async () => (await workbench.activeEditor()).title === 'steps.js');
      await workbench.page.keyboard.press(key);
    };

    it('shows that the program is paused at a breakpoint, and goes on with it', async () => {
      const { page } = workbench;
      const line = markedLine(path.join(folder, 'steps.js'), 'breakpoint');
      await workbench.openQuickInput('Control+p', `steps.js:${line}`, 'steps.js');
      await page.keyboard.press('Enter');
      await until('the cursor is on the line', async () => (await workbench.activeEditor()).line === line);
      await page.keyboard.press('F5');
      await page.locator('.debug-toolbar').waitFor({ timeout: 30_000 });
      await page.locator('.debug-call-stack').filter({ hasText: 'steps.js' }).waitFor({ timeout: 30_000 });

      await workbench.runCommand('Loopscope: Attach to Active Debug Session');
      await showsState('Running');
      await pressInEditor('F9');
      await page.locator('.debug-top-stack-frame-column, .debug-top-stack-frame').first().waitFor({ timeout: 20_000 });
      await showsState('Paused in debugger');
      // Else it would be hit again at once. A key may be lost while the window is busy.
      const rows = page.locator('.debug-breakpoints .monaco-list-row').filter({ hasText: 'steps.js' });
      await until('the breakpoint is taken out', async () => {
        await pressInEditor('F9');
        return rows.waitFor({ state: 'detached', timeout: 2000 }).then(
          () => true,
          () => false,
        );
      });
      await page.locator('.debug-toolbar a[aria-label^="Continue"]').first().click();
      await showsState('Running');
    });

    it('writes nothing into the debug console or the folder', async () => {
      // VS Code's debugger tells of each CPU profile that a program makes with console.profile(), and saves it.
      assert.doesNotMatch(await workbench.page.locator('.repl').first().innerText(), /profile/i);
      assert.deepEqual(readdirSync(folder).sort(), ['.vscode', 'steps.js']);
    });

    it('ends with the program, and says so', async () => {
      await workbench.page.keyboard.press('Shift+F5');
      await showsState('Detached');
    });
  });
}
