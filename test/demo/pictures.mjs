// npm run pictures: pictures of the real panel in a real VS Code, for the README, into media/pictures.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureVsix } from '../support/build.mjs';
import { root } from '../support/paths.mjs';
import { openWorkbench } from '../support/vscode.mjs';
import { findings, waitForBeats, waitForBusyBeat } from './panel.mjs';
import { shrink } from './png.mjs';
import { startService } from './service.mjs';

const THEMES = ['dark', 'light', 'highContrast'];
const MOST_BYTES = 150_000;
const folder = path.join(root, 'media/pictures');

/** Of the dark one a part is kept too, small: it is shipped. */
async function take(workbench, name) {
  const { page } = workbench;
  // Neither the pointer nor a message of VS Code belongs into the picture.
  await page.mouse.move(640, 2);
  await page.waitForTimeout(300);
  const screen = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  write(name, shrink(screen));
  if (name === 'dark') write('panel', shrink(screen, { clip: await upperPart(workbench), colours: 24 }));
}

function write(name, picture) {
  const file = path.join(folder, `${name}.png`);
  process.stdout.write(`${path.relative(process.cwd(), file)}  ${Math.round(picture.length / 1024)} KB\n`);
  if (picture.length > MOST_BYTES) throw new Error(`${file} has ${picture.length} bytes, more than ${MOST_BYTES}.`);
  writeFileSync(file, picture);
}

/** From the header of the panel to the last finding. */
async function upperPart({ panel }) {
  const head = await panel.locator('#head').boundingBox();
  const findings = await panel.locator('.findings').boundingBox();
  const height = findings.y + findings.height - head.y;
  const [x, y, width, tall] = [head.x, head.y, head.width, height].map(Math.round);
  return { x, y, width, height: tall };
}

mkdirSync(folder, { recursive: true });
const vsix = await ensureVsix();
const service = await startService();
const temporary = mkdtempSync(path.join(tmpdir(), 'loopscope-pictures-'));
const shop = path.join(temporary, 'shop'); // stands in the title bar
mkdirSync(path.join(shop, '.vscode'), { recursive: true });
const workbench = await openWorkbench({ vsix, folder: shop });
try {
  await workbench.runCommand('View: Close Primary Side Bar');
  await workbench.runCommand('Loopscope: Show Panel');
  for (const theme of THEMES) {
    await workbench.setTheme(theme);
    await workbench.panel.locator('#state').filter({ hasText: 'Not attached' }).waitFor();
    await take(workbench, `${theme}-empty`);
  }
  const pid = String(service.pid);
  await workbench.runAndPick('Loopscope: Attach to Node Process', pid, pid);
  await findings(workbench, 60_000);
  await waitForBeats(workbench, 40);
  for (const theme of THEMES) {
    await workbench.setTheme(theme);
    // Its longest callback has at least half of its 350 ms in one beat, however the beats fall.
    await waitForBusyBeat(workbench, 17);
    await take(workbench, theme);
  }
} catch (error) {
  process.stderr.write(`See ${await workbench.saveFailure('pictures')}\n`);
  throw error;
} finally {
  await workbench.close();
  rmSync(temporary, { recursive: true, force: true });
}
process.exit();
