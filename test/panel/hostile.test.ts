import assert from 'node:assert/strict';
import type { ComparedProcess } from '../../src/protocol/panel';
import { HOSTILE, hostileSnapshot } from './hostileSamples';
import { attachmentMessage, connectingMessage, emptyMessage, type SampleState } from './messages';
import { THEMES, usePanel, type PanelPage } from './panelPage';

const WIDTHS = [1280, 900, 620, 400];
const STATES: SampleState[] = ['live', 'blocked', 'detached', 'idle'];

/** Elements that stand out of the page to the right, and whether the page itself scrolls sideways. */
function overflowing(panel: PanelPage): Promise<string[]> {
  return panel.page.evaluate(() => {
    const found: string[] = [];
    const app = document.querySelector('#app');
    if (app && app.scrollWidth > app.clientWidth) found.push(`page ${app.scrollWidth} > ${app.clientWidth}`);
    const pane = document.querySelector('#pane');
    if (pane && pane.scrollWidth > pane.clientWidth) found.push(`pane ${pane.scrollWidth} > ${pane.clientWidth}`);
    for (const element of document.querySelectorAll('#head *, .banner *, .findings *, #bar *, #phases *, .chead')) {
      if (element.closest('svg, .sr')) continue;
      const { right, width } = element.getBoundingClientRect();
      if (width > 0 && right > window.innerWidth + 1)
        found.push(`${element.tagName}.${element.getAttribute('class') ?? ''} ${right}`);
    }
    return found;
  });
}

describe('width', () => {
  const { open } = usePanel();

  for (const width of WIDTHS) {
    it(`of ${width} px is never exceeded`, async () => {
      const panel = await open({ width, height: 1000 });
      for (const state of STATES) {
        await panel.send(attachmentMessage(state));
        assert.deepEqual(await overflowing(panel), [], state);
      }
      await panel.send(attachmentMessage('live'));
      for (const tab of ['listeners', 'hot', 'process']) {
        await panel.page.locator(`#tab-${tab}`).click();
        assert.deepEqual(await overflowing(panel), [], tab);
      }
      for (const message of [emptyMessage(), connectingMessage(), connectingMessage(HOSTILE.endless)]) {
        await panel.send(message);
        assert.deepEqual(await overflowing(panel), [], message.type);
      }
    });

    it(`of ${width} px holds the name of every phase uncut`, async () => {
      const panel = await open({ width, height: 1000 });
      await panel.send(attachmentMessage('live'));
      const cut = await panel.page
        .locator('#phases tbody th')
        .evaluateAll((all) =>
          all.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent),
        );
      assert.deepEqual(cut, []);
    });
  }
});

describe('text of the target that means harm', () => {
  const { open } = usePanel();

  for (const width of WIDTHS) {
    it(`stays text and breaks nothing at ${width} px`, async () => {
      const panel = await open({ width, height: 1000 });
      const message = attachmentMessage('live');
      const { markup, endless } = HOSTILE;
      const threads = [markup, endless].map((name, threadId) => ({ threadId, name, ended: true }));
      const attachment = { ...message.attachment, name: endless, nodeVersion: markup, threads };
      const targets = [markup, endless].map((label, at) => ({
        attachmentId: `a${at + 1}`,
        label,
        state: 'running' as const,
      }));
      await panel.send({ ...message, attachment, targets, snapshot: hostileSnapshot() });
      const named = [markup, endless].map((name, depth): ComparedProcess => {
        const figures = { utilization: 0, utilizationMethod: null, latenessMaxMs: 0, heapUsedBytes: 0, pending: null };
        return { attachmentId: `a${depth + 1}`, name, pid: 2 ** 31, depth: depth * 1e6, state: 'running', ...figures };
      });
      await panel.send({ type: 'processes', processes: named });
      for (const tab of ['pending', 'listeners', 'hot', 'process', 'compare']) {
        await panel.page.locator(`#tab-${tab}`).click();
        assert.deepEqual(await overflowing(panel), [], tab);
        assert.equal(await panel.page.locator('#app img, #app script').count(), 0);
      }
      assert.equal(await panel.page.evaluate(() => window.hacked), undefined);
      assert.deepEqual(await panel.violations(), []);
    });
  }

  it('is shown as it is in tables, findings, notes and hover cards', async () => {
    const panel = await open();
    await panel.send({ ...attachmentMessage('live'), snapshot: hostileSnapshot() });
    assert.match(await panel.text('#pane tr[data-key] .mono'), /^<img src=x onerror=/);
    assert.match(await panel.text('.findings li'), /^warning:\s+240 timers from <img src=x/i);
    await panel.page.getByRole('button', { name: '2 notes' }).click();
    assert.match(await panel.text('#notes li'), /^<img src=x onerror=/);
    await panel.page.locator('#pane a.site').first().hover();
    assert.match(await panel.hoverCard(), /^<img src=x onerror=/);
  });

  it('is bounded, and cannot turn the direction of what stands beside it', async () => {
    const panel = await open();
    await panel.send({ ...attachmentMessage('live'), snapshot: hostileSnapshot() });
    const longest = await panel.page.evaluate(() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      let length = 0;
      for (let node = walker.nextNode(); node; node = walker.nextNode())
        length = Math.max(length, node.textContent?.length ?? 0);
      return length;
    });
    assert.ok(longest <= 400, `a text of ${longest} characters`);
    const text = await panel.page.locator('#app').innerText();
    assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069]/);
  });
});

describe('the content security policy', () => {
  const { open } = usePanel();

  for (const theme of THEMES) {
    it(`is never hit (${theme})`, async () => {
      const panel = await open({ theme });
      const errors: string[] = [];
      panel.page.on('pageerror', (error) => errors.push(error.message));
      panel.page.on('console', (line) => {
        if (line.type() === 'error') errors.push(line.text());
      });
      await panel.send(emptyMessage());
      await panel.send(connectingMessage());
      for (const state of STATES) await panel.send(attachmentMessage(state));
      assert.deepEqual(await panel.violations(), []);
      assert.deepEqual(errors, []);
    });
  }
});
