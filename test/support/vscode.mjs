// A VS Code driven like a user does: the workbench of a server in a real Chromium.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launchChromium } from './chromium.mjs';
import { out } from './paths.mjs';
import { startServer, workbenchUrl } from './vscodeServer.mjs';

export const VIEWPORT = { width: 1280, height: 860 };

/** VS Code wraps what an extension wrote into two frames. */
const VIEW = ['iframe.webview.ready', 'iframe#active-frame'];

const THEME_CLASSES = { dark: 'vs-dark', light: 'vs', highContrast: 'hc-black', highContrastLight: 'hc-light' };

export class Workbench {
  constructor(parts) {
    Object.assign(this, parts);
  }

  get url() {
    return workbenchUrl(this.server, { folder: this.folder, extension: this.extension });
  }

  get panel() {
    return this.page.frameLocator(VIEW[0]).first().frameLocator(VIEW[1]);
  }

  /** The panel as a frame, for what a locator cannot do. */
  async panelFrame() {
    const handle = await this.panel.locator('html').elementHandle();
    const frame = await handle.ownerFrame();
    if (!frame) throw new Error('The frame of the panel is gone.');
    return frame;
  }

  async openQuickInput(key, text, rowText) {
    const { page } = this;
    for (let attempt = 1; ; attempt++) {
      // Keys pressed before the workbench is ready are lost: press again.
      await page.keyboard.press(key);
      try {
        await this.quickInput().waitFor({ state: 'visible', timeout: 1500 });
        // It may close again, when what the command before it opened takes the focus.
        await this.quickInput().fill(text, { timeout: 1500 });
        await this.rows(rowText).first().waitFor({ timeout: 3000 });
        return;
      } catch (error) {
        await page.keyboard.press('Escape');
        if (attempt === 10) throw error;
      }
    }
  }

  async runCommand(title) {
    await this.openQuickInput('F1', `>${title}`, title);
    // Enter takes the row with the focus, which may be another one while the list is still being filtered.
    await this.page.locator('.quick-input-list .monaco-list-row.focused').filter({ hasText: title }).waitFor();
    await this.page.keyboard.press('Enter');
  }

  quickInput() {
    return this.page.locator('.quick-input-widget input:not([type=checkbox])').first();
  }

  rows(text) {
    return this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text });
  }

  /**
   * Runs a command that asks for a row, types into its pick, and takes the row. The pick may close before: a panel that is
   * loaded meanwhile takes the focus.
   */
  async runAndPick(title, filter, rowText) {
    for (let attempt = 1; ; attempt++) {
      await this.runCommand(title);
      try {
        await this.quickInput().fill(filter, { timeout: 5000 });
        await this.rows(rowText).first().click({ timeout: 20_000 });
        return;
      } catch (error) {
        // One that is still open has no such row.
        if (attempt === 3 || (await this.quickInput().isVisible())) throw error;
      }
    }
  }

  /** Only the settings of the workspace are read while the workbench runs. */
  setSettings(settings) {
    mkdirSync(path.join(this.folder, '.vscode'), { recursive: true });
    writeFileSync(path.join(this.folder, '.vscode/settings.json'), JSON.stringify(settings, null, 2));
  }

  async setTheme(name, settings = {}) {
    this.setSettings({ ...settings, 'workbench.colorTheme': this.server.install.themes[name] });
    await this.page.locator(`.monaco-workbench.${THEME_CLASSES[name]}`).waitFor({ timeout: 15_000 });
  }

  /** Title of the active editor, and where its cursor is, as the status bar says: "Ln 31, Col 5". */
  async activeEditor() {
    const { page } = this;
    const tab = page.locator('.editor-group-container.active .tab.active').first();
    const title = await tab.getAttribute('data-resource-name');
    const position = page.locator('#status\\.editor\\.selection').first();
    const text = (await position.count()) > 0 ? await position.textContent() : null;
    const match = /Ln (\d+), Col (\d+)/.exec(text ?? '');
    return { title, line: match ? Number(match[1]) : null, column: match ? Number(match[2]) : null };
  }

  async open() {
    await this.page.goto(this.url, { waitUntil: 'domcontentloaded' });
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
  }

  async setLanguage(language) {
    await this.page.addInitScript((name) => {
      globalThis._VSCODE_NLS_LANGUAGE = name;
    }, language);
    await this.open();
  }

  /** Leaves a picture and the log behind, to be read when a test has failed. */
  async saveFailure(name) {
    const folder = path.join(out, 'failures');
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, name.replace(/[^\w.-]+/g, '-').slice(0, 80));
    await this.page.screenshot({ path: `${file}.png`, timeout: 10_000 }).catch(() => undefined);
    writeFileSync(`${file}.log`, this.server.log());
    return `${file}.png`;
  }

  async close() {
    await this.browser.close().catch(() => undefined);
    await this.server.stop();
    if (this.ownFolder) rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function openWorkbench({ folder, extension, viewport = VIEWPORT, ...options } = {}) {
  const ownFolder = !folder;
  const workspace = folder ?? mkdtempSync(path.join(tmpdir(), 'loopscope-workspace-'));
  // Now, because the file watcher misses what is written into a folder that has just been made.
  if (ownFolder) mkdirSync(path.join(workspace, '.vscode'));
  const server = await startServer(options);
  let browser;
  try {
    browser = await launchChromium();
    const context = await browser.newContext({ viewport, permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await context.newPage();
    const workbench = new Workbench({ server, browser, page, folder: workspace, ownFolder, extension });
    await workbench.open();
    return workbench;
  } catch (error) {
    await browser?.close().catch(() => undefined);
    await server.stop();
    if (ownFolder) rmSync(workspace, { recursive: true, force: true });
    throw error;
  }
}
