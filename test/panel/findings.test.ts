import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { attachmentOf } from '../support/samples';
import { attachmentMessage } from './messages';
import { usePanel, type PanelPage } from './panelPage';

const item = (panel: PanelPage, rule: string): Locator => panel.page.locator(`.findings li[data-rule=${rule}]`);
const button = (of: Locator, name: string): Locator => of.getByRole('button', { name, exact: true });

describe('the findings', () => {
  const { open } = usePanel();

  it('have a profile taken of what uses the CPU, while one can be taken', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    await button(item(panel, 'blocked-loop'), 'Profile now').click();
    assert.deepEqual(await panel.posted(), [{ type: 'profile' }]);
    const all = panel.page.getByRole('button', { name: 'Profile now' });
    assert.equal(await all.count(), 1, 'other rules need no profile');
    for (const [change, count] of [
      [{ state: 'detached' }, 0],
      [{ state: 'blocked' }, 1],
      [{ threadId: 'all' }, 0],
    ] as const) {
      await panel.send({ ...attachmentMessage('live'), attachment: attachmentOf(change) });
      assert.equal(await all.count(), count, JSON.stringify(change));
    }
  });

  it('say why, by keyboard: what is measured, the threshold with its setting, and what helps', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    const blocked = item(panel, 'blocked-loop');
    const why = button(blocked, 'Why');
    await why.focus();
    assert.equal(await why.getAttribute('aria-expanded'), 'false');
    await panel.page.keyboard.press('Enter');
    assert.equal(await why.getAttribute('aria-expanded'), 'true');
    const explained = panel.page.locator(`#${(await why.getAttribute('aria-controls')) ?? ''}`);
    const lines = (await explained.innerText()).replace(/\s+/g, ' ');
    assert.match(lines, /^Measured How long each callback runs/);
    assert.match(lines, /Threshold 100 ms loopscope\.thresholds\.blockedLoopMs What helps Split long work/);
    await panel.page.keyboard.press('Tab');
    await panel.page.keyboard.press('Enter');
    assert.deepEqual(await panel.posted(), [{ type: 'openThreshold', name: 'blockedLoopMs' }]);
    await panel.page.keyboard.press('Escape');
    assert.equal(await explained.count(), 0);
    assert.ok(await why.evaluate((element) => element === document.activeElement), 'the focus is not lost');
  });

  it('tell a screen reader which finding a step is of', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    const described = await panel.page
      .getByRole('button', { name: 'Why' })
      .evaluateAll((all) =>
        all.map((one) => document.getElementById(one.getAttribute('aria-describedby') ?? '')?.textContent.slice(0, 20)),
      );
    assert.deepEqual(described, [
      'One timers callback ',
      '240 timers from poll',
      'The heap uses 412 MB',
      'Server has 14 "error',
    ]);
  });

  it('leave what is explained open on a beat, and have no threshold where nobody knows it', async () => {
    const panel = await open();
    const message = attachmentMessage('live');
    await panel.send(message);
    await button(item(panel, 'heap-near-limit'), 'Why').click();
    await panel.send({ ...message, attachment: attachmentOf({ thresholds: null }) });
    assert.match(await item(panel, 'heap-near-limit').innerText(), /Threshold\s+– loopscope\.thresholds\.heapShare/);
    await button(item(panel, 'listeners-over-limit'), 'Why').click();
    assert.doesNotMatch(await item(panel, 'listeners-over-limit').innerText(), /Threshold/);
  });
});
