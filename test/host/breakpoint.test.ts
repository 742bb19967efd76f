import { copyFileSync, mkdtempSync, rmSync, mkdirSync, writeFileSync } from 'node:fs';
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
    const folder = mkdtempSync(path.join(tmpdir(), 'loopscope-debug-'));

    before(async function () {
      this.timeout(180_000);
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
      workbench = await openWorkbench({ leg, vsix: await ensureVsix(), folder });
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

    it('shows that the program is paused at a breakpoint, and goes on with it', async () => {
      const { page, panel } = workbench;
      const line = markedLine(path.join(folder, 'steps.js'), 'breakpoint');
      await workbench.runCommand('Go to File');
      await workbench.quickInput().fill(`steps.js:${line}`);
      await workbench.rows('steps.js').first().waitFor();
      await page.keyboard.press('Enter');
      await until('the cursor is on the line', async () => (await workbench.activeEditor()).line === line);
      await page.keyboard.press('F5');
      await page.locator('.debug-toolbar').waitFor({ timeout: 30_000 });

      await workbench.runCommand('Loopscope: Attach to Active Debug Session');
      await panel.locator('#state').filter({ hasText: 'Running' }).waitFor({ timeout: 30_000 });

      await page.locator('.tab', { hasText: 'steps.js' }).first().click();
      await workbench.runCommand('Debug: Toggle Breakpoint');
      await page.locator('.debug-top-stack-frame-column, .debug-top-stack-frame').first().waitFor({ timeout: 20_000 });
      await workbench.runCommand('Loopscope: Show Panel');
      await panel.locator('#state').filter({ hasText: 'Paused in debugger' }).waitFor({ timeout: 10_000 });

      await workbench.runCommand('Debug: Remove All Breakpoints');
      await workbench.runCommand('Debug: Continue');
      await workbench.runCommand('Loopscope: Show Panel');
      await panel.locator('#state').filter({ hasText: 'Running' }).waitFor({ timeout: 10_000 });
    });

    it('ends with the program, and says so', async () => {
      await workbench.runCommand('Debug: Stop');
      await workbench.runCommand('Loopscope: Show Panel');
      await workbench.panel.locator('#state').filter({ hasText: 'Detached' }).waitFor({ timeout: 20_000 });
    });
  });
}
