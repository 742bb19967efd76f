import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { AxeResults, RunOptions } from 'axe-core';
import type { ToPanel } from '../../src/protocol/panel';
import { root } from '../support/paths.mjs';
import { attachmentOf, NOW_MS } from '../support/samples';
import {
  attachmentMessage,
  CALLS,
  connectingMessage,
  emptyMessage,
  pastMessage,
  TARGETS,
  THREADS,
  type SampleState,
} from './messages';
import { THEMES, usePanel, type PanelOptions, type PanelPage } from './panelPage';

const STATES: SampleState[] = [
  'paused',
  'blocked',
  'notAnswering',
  'viewPaused',
  'detached',
  'idle',
  'observe',
  'deep',
];
const TABS = ['listeners', 'hot', 'process', 'pending'] as const;

const live = attachmentMessage('live');
/** Everything in the header at once. */
const crowded: ToPanel = {
  ...live,
  attachment: attachmentOf({
    threads: THREADS,
    threadCount: 3,
    viewPausedAtMs: NOW_MS,
    distortion: 'A debugger with async stacks is attached.',
  }),
  targets: TARGETS,
};

declare global {
  interface Window {
    axe: { run: (context: Document, options: RunOptions) => Promise<AxeResults> };
  }
}

/** What axe-core finds wrong in the page as it is, one line for each element. */
async function found(panel: PanelPage, options: RunOptions = {}): Promise<string[]> {
  const { violations } = await panel.page.evaluate(async (given) => {
    return window.axe.run(document, { resultTypes: ['violations'], ...given });
  }, options);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${(failureSummary ?? '').slice(0, 300)}`),
  );
}

const readAxe = (): Promise<string> =>
  readFile(createRequire(path.join(root, 'package.json')).resolve('axe-core/axe.min.js'), 'utf8');

describe('accessibility', function () {
  this.timeout(90_000);
  const { open } = usePanel();

  async function openWithAxe(options: PanelOptions = {}): Promise<PanelPage> {
    const panel = await open(options);
    await panel.page.evaluate(await readAxe());
    return panel;
  }

  it('axe-core finds nothing in the pages without a target', async () => {
    const panel = await openWithAxe();
    for (const message of [emptyMessage(), emptyMessage([]), connectingMessage(), connectingMessage('It ended.')]) {
      await panel.send(message);
      assert.deepEqual(await found(panel), [], message.type);
    }
  });

  it('axe-core finds nothing in any state of a target', async () => {
    const panel = await openWithAxe();
    for (const state of STATES) {
      await panel.send(attachmentMessage(state));
      assert.deepEqual(await found(panel), [], state);
    }
  });

  it('axe-core finds nothing in any tab, nor in what opens', async () => {
    const panel = await openWithAxe();
    await panel.send(crowded);
    for (const tab of TABS) {
      await panel.page.locator(`#tab-${tab}`).click();
      assert.deepEqual(await found(panel), [], tab);
    }
    await panel.page.locator('#tab-hot').click();
    await panel.page.getByRole('button', { name: 'Flame' }).click();
    await panel.send({ type: 'calls', calls: CALLS }, pastMessage());
    assert.deepEqual(await found(panel), [], 'flame view of the past');
    await panel.send({ type: 'past', past: null });
    await panel.page.locator('#tab-pending').click();
    await panel.page.locator('tr[data-key="Timeout@1"]').click();
    await panel.page.getByRole('button', { name: 'Why' }).first().click();
    await panel.page.getByRole('button', { name: 'Help on the filter' }).click();
    await panel.page.getByRole('button', { name: '2 notes' }).click();
    await panel.page.getByLabel('Filter rows').fill('typ:x Timeout');
    assert.deepEqual(await found(panel), [], 'opened');
    await panel.page.getByLabel('Filter rows').fill('nothing like it');
    assert.deepEqual(await found(panel), [], 'filtered away');
  });

  for (const theme of THEMES.filter((name) => name !== 'dark')) {
    it(`axe-core finds nothing that is hard to read (${theme})`, async () => {
      const panel = await openWithAxe({ theme, width: 700 });
      const contrast: RunOptions = { runOnly: ['color-contrast'] };
      for (const message of [emptyMessage(), connectingMessage('It ended.'), attachmentMessage('detached'), crowded]) {
        await panel.send(message);
        assert.deepEqual(await found(panel, contrast), [], message.type);
      }
      await panel.page.locator('tr[data-key="Timeout@1"]').click();
      await panel.page.getByLabel('Filter rows').fill('typ:x Timeout');
      assert.deepEqual(await found(panel, contrast), [], 'opened');
      await panel.page.locator('#tab-hot').click();
      await panel.page.getByRole('button', { name: 'Flame' }).click();
      await panel.send({ type: 'calls', calls: CALLS });
      assert.deepEqual(await found(panel, contrast), [], 'flame view');
    });
  }

  it('at 200 % zoom nothing is cut off, and everything is reached', async () => {
    // A window of 1280 by 800 has half as many CSS pixels then.
    const panel = await open({ width: 640, height: 400 });
    await panel.send(crowded);
    await panel.page.keyboard.press('Tab');
    const reached = new Set<string>();
    for (let at = 0; at < 60; at++) {
      const focus = await panel.page.evaluate(() => {
        const element = document.activeElement;
        if (!(element instanceof HTMLElement) || element === document.body || element.dataset.reached) return null;
        element.dataset.reached = 'yes';
        const { top, bottom, left, right } = element.getBoundingClientRect();
        const isSeen = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth && right <= innerWidth + 1;
        const style = getComputedStyle(element);
        return { name: element.id || element.outerHTML.slice(0, 80), isSeen, outline: style.outlineStyle };
      });
      if (focus === null) break;
      reached.add(focus.name);
      assert.ok(focus.isSeen, `${focus.name} is seen while it has the focus`);
      assert.equal(focus.outline, 'solid', `${focus.name} shows that it has the focus`);
      await panel.page.keyboard.press('Tab');
    }
    assert.ok(reached.has('tab-pending') && reached.size > 15, [...reached].join('\n'));
    const sizes = await panel.page.locator('#app').evaluate((app) => [app.scrollWidth, app.clientWidth] as const);
    assert.equal(sizes[0], sizes[1]);
  });
});
