// npm run pictures: pictures of the real panel in a real VS Code, for the README, into media/pictures.
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { ensureVsix } from '../support/build.mjs';
import { root } from '../support/paths.mjs';
import { openWorkbench } from '../support/vscode.mjs';
import { FAULTS, findings, waitForBeats } from './panel.mjs';
import { startService } from './service.mjs';

const THEMES = ['dark', 'light', 'highContrast'];
const MOST_BYTES = 150_000;
const folder = path.join(root, 'media/pictures');

async function take(workbench, name) {
  const { page } = workbench;
  // Neither the pointer nor a message of VS Code belongs into the picture.
  await page.mouse.move(640, 2);
  await page.waitForTimeout(400);
  const file = path.join(folder, `${name}.png`);
  await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  const { size } = statSync(file);
  process.stdout.write(`${path.relative(process.cwd(), file)}  ${Math.round(size / 1024)} KB\n`);
  if (size > MOST_BYTES) throw new Error(`${file} has ${size} bytes, more than ${MOST_BYTES}.`);
}

mkdirSync(folder, { recursive: true });
const vsix = await ensureVsix();
const service = await startService();
const workbench = await openWorkbench({ vsix });
try {
  await workbench.runCommand('View: Close Primary Side Bar');
  await workbench.runCommand('Loopscope: Show Panel');
  for (const theme of THEMES) {
    await workbench.setTheme(theme);
    await workbench.panel.locator('#state').filter({ hasText: 'Not attached' }).waitFor();
    await take(workbench, `${theme}-empty`);
  }
  await workbench.runCommand('Loopscope: Attach to Node Process');
  await workbench.pick(String(service.pid));
  await waitForBeats(workbench);
  await findings(workbench, FAULTS, 60_000);
  await waitForBeats(workbench, 40);
  for (const theme of THEMES) {
    await workbench.setTheme(theme);
    await take(workbench, theme);
  }
} catch (error) {
  process.stderr.write(`See ${await workbench.saveFailure('pictures')}\n`);
  throw error;
} finally {
  await workbench.close();
}
process.exit();
