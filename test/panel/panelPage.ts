import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import type { FromPanel, ToPanel } from '../../src/protocol/panel';
import { pageHtml } from '../../src/editor/page';
import { launchChromium } from '../support/chromium.mjs';
import { NOW_MS } from '../support/samples';
import { root } from '../support/paths.mjs';

const ORIGIN = 'https://panel.test';
const MEDIA = path.join(root, 'dist/media');

export const THEMES = ['dark', 'light', 'hc', 'hcLight'] as const;
export type Theme = (typeof THEMES)[number];

/** Values and body classes that a real webview gets from VS Code. */
type ThemeValues = Record<Theme, { classes: string; values: Record<string, string> }>;

export interface PanelOptions {
  theme?: Theme;
  width?: number;
  height?: number;
  /** Font family in place of the theme's own. */
  font?: string;
  /** What an earlier page of this panel kept. */
  kept?: unknown;
  /** Display language, and the texts in it; English when not given. */
  language?: string;
  texts?: Readonly<Record<string, unknown>>;
}

/** Stands for VS Code inside the page: records what is posted and kept. */
interface FakeHost {
  posted: FromPanel[];
  kept: unknown;
  violations: string[];
}

declare global {
  interface Window {
    fakeHost: FakeHost;
    hacked?: boolean;
  }
}

/** The built panel in a real Chromium, under the policy of its real page, before an extension that only records. */
export class PanelPage {
  private readonly errors: Error[] = [];

  private constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.errors.push(error));
  }

  static async open(browser: Browser, options: PanelOptions = {}): Promise<PanelPage> {
    const { theme = 'dark', width = 1280, height = 900, font, kept, language = 'en', texts } = options;
    const page = await browser.newPage({ viewport: { width, height } });
    // Timers run, time stands still: ages in the page are exact.
    await page.clock.setFixedTime(NOW_MS);
    const html = pageHtml({
      cspSource: ORIGIN,
      nonce: 'panelTestNonce',
      scriptUri: `${ORIGIN}/panel.js`,
      styleUri: `${ORIGIN}/panelStyle.css`,
      language,
      texts,
      title: 'Loopscope',
    });
    await page.route(`${ORIGIN}/**`, async (route) => {
      const file = new URL(route.request().url()).pathname.slice(1);
      if (file === '') return route.fulfill({ contentType: 'text/html', body: html });
      const contentType = file.endsWith('.css') ? 'text/css' : 'text/javascript';
      return route.fulfill({ contentType, body: await readFile(path.join(MEDIA, file)) });
    });
    const themes = JSON.parse(await readFile(path.join(root, 'test/panel/themes.json'), 'utf8')) as ThemeValues;
    const { values, classes } = themes[theme];
    if (font !== undefined) values['--vscode-font-family'] = font;
    // VS Code sets the theme's values through the style object as well: the policy forbids style attributes in markup.
    await page.addInitScript(
      ({ values, classes, kept }) => {
        window.fakeHost = { posted: [], kept, violations: [] };
        document.addEventListener('securitypolicyviolation', (event) => {
          window.fakeHost.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
        });
        Object.assign(window, {
          acquireVsCodeApi: () => ({
            postMessage: (message: FromPanel) => window.fakeHost.posted.push(message),
            getState: () => window.fakeHost.kept,
            setState: (state: unknown) => (window.fakeHost.kept = structuredClone(state)),
          }),
        });
        document.addEventListener('DOMContentLoaded', () => document.body.classList.add(...classes.split(' ')));
        const observer = new MutationObserver(() => {
          const root = document.documentElement as HTMLElement | null;
          if (!root) return;
          observer.disconnect();
          for (const [name, value] of Object.entries(values)) root.style.setProperty(name, value);
        });
        observer.observe(document, { childList: true });
      },
      { values, classes, kept },
    );
    await page.goto(`${ORIGIN}/`);
    await page.waitForFunction(() => window.fakeHost.posted.some((message) => message.type === 'ready'));
    return new PanelPage(page);
  }

  /** Delivers messages of the extension and waits until they are drawn. */
  async send(...messages: ToPanel[]): Promise<void> {
    // As a text: of very many rows Playwright would look at each value.
    await this.page.evaluate(async (all) => {
      for (const message of JSON.parse(all) as ToPanel[]) window.postMessage(message, '*');
      const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
      await new Promise<void>((resolve) => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve();
        channel.port2.postMessage(null);
      });
      await frame();
      await frame();
    }, JSON.stringify(messages));
    this.throwErrors();
  }

  /** Throws the first error that nothing in the page has caught. */
  throwErrors(): void {
    const [error] = this.errors;
    if (error) throw new Error(`uncaught in the page: ${error.stack ?? error.message}`);
  }

  /** Everything that was posted to the extension, but `ready`. */
  async posted(): Promise<FromPanel[]> {
    const all = await this.page.evaluate(() => window.fakeHost.posted);
    return all.filter((message) => message.type !== 'ready');
  }

  kept(): Promise<unknown> {
    return this.page.evaluate(() => window.fakeHost.kept);
  }

  /** What the content security policy refused; the panel must ask for nothing that it does. */
  violations(): Promise<string[]> {
    return this.page.evaluate(() => window.fakeHost.violations);
  }

  text(selector: string): Promise<string> {
    const element = this.page.locator(selector).first();
    return element.evaluate((found) => (found instanceof HTMLElement ? found.innerText : found.textContent));
  }

  /** How many lines the shown table has, whether they are drawn or not. */
  async lines(): Promise<number> {
    return Number(await this.page.locator('#pane table').getAttribute('aria-rowcount')) - 1;
  }

  /** Scrolls to the end of the shown table, and gives its last line. */
  async lastLine(): Promise<Locator> {
    await this.page.locator('#pane').evaluate((pane) => (pane.scrollTop = pane.scrollHeight));
    const last = this.page.locator(`#pane tr[aria-rowindex="${(await this.lines()) + 1}"]`);
    await last.waitFor();
    return last;
  }

  /** Makes the page as wide as this, and waits until it is drawn so. */
  async resize(width: number): Promise<void> {
    await this.page.setViewportSize({ width, height: this.page.viewportSize()?.height ?? 900 });
    await this.send();
  }

  /** Lets time pass in the page; what shows it is drawn within a second. */
  passTime(ms: number): Promise<void> {
    return this.page.clock.setFixedTime(NOW_MS + ms);
  }

  /** Waits for the hover card, and gives its text. */
  async hoverCard(): Promise<string> {
    await this.page.locator('#tip').waitFor();
    return this.text('#tip');
  }

  close(): Promise<void> {
    return this.page.close();
  }
}

/** One Chromium for all test files of a run: each file is a bundle of its own, so it is kept outside of them. */
const shared = globalThis as { panelTestBrowser?: Promise<Browser> | undefined };

/** There is no mocha in a soak. */
const { after: afterAll } = globalThis as { after?: Mocha.HookFunction };

afterAll?.(async () => {
  const browser = await shared.panelTestBrowser;
  shared.panelTestBrowser = undefined;
  await browser?.close();
});

/** A fresh page for each test of a `describe`, closed after it. */
export function usePanel(): { open: (options?: PanelOptions) => Promise<PanelPage> } {
  const opened: PanelPage[] = [];
  before(async function () {
    this.timeout(120_000);
    await (shared.panelTestBrowser ??= launchChromium());
  });
  afterEach(async () => {
    for (const panel of opened.splice(0)) await panel.close();
  });
  return {
    async open(options) {
      const panel = await PanelPage.open(await (shared.panelTestBrowser ??= launchChromium()), options);
      opened.push(panel);
      return panel;
    },
  };
}
