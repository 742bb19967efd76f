import assert from 'node:assert/strict';
import { flameOf, frameAt, framesUnder, stepFrom } from '../../media/flameData';
import type { CallTree } from '../../src/protocol/panel';
import { attachmentMessage, CALLS } from './messages';
import { usePanel, type PanelPage } from './panelPage';

describe('A tree of calls', () => {
  it('has frames as long as what ran in them, side by side', () => {
    const root = flameOf(CALLS);
    assert.equal(root.totalMs, 7000);
    const told = framesUnder(root).map(({ frame, left, width }) => [frame.key, left * 7000, width * 7000]);
    assert.deepEqual(
      told.map(([key, left, width]) => [key, Math.round(Number(left)), Math.round(Number(width))]),
      [
        ['', 0, 7000],
        ['>20', 0, 6000],
        ['>14', 6000, 1000],
        ['>20>3', 0, 5800],
        ['>20>', 5800, 200],
        ['>20>3>4', 0, 800],
        ['>20>3>13', 800, 2000],
        ['>20>3>13>3', 800, 1000],
      ],
    );
  });

  it('has one frame fill the width, with what called it above', () => {
    const top = frameAt(flameOf(CALLS), '>20>3>13');
    const drawn = framesUnder(top).map(({ frame, left, width }) => [frame.key, left, width]);
    assert.deepEqual(drawn, [
      ['', 0, 1],
      ['>20', 0, 1],
      ['>20>3', 0, 1],
      ['>20>3>13', 0, 1],
      ['>20>3>13>3', 0, 0.5],
    ]);
  });

  it('leads to the nearest caller when a frame is not there any more', () => {
    assert.equal(frameAt(flameOf(CALLS), '>20>3>99>1').key, '>20>3');
    assert.equal(frameAt(flameOf(CALLS), '>2').key, '');
  });

  it('is walked by arrows: caller, longest callee, along the row', () => {
    const placed = framesUnder(flameOf(CALLS));
    const from = (key: string, arrow: string): string | null => stepFrom(placed, key, `Arrow${arrow}`);
    assert.equal(from('', 'Up'), null);
    assert.equal(from('', 'Down'), '>20');
    assert.equal(from('>20', 'Right'), '>14');
    assert.equal(from('>20', 'Left'), null);
    assert.equal(from('>20>3', 'Down'), '>20>3>13');
    assert.equal(from('>20>3>4', 'Left'), null);
    assert.equal(from('>20>3>13>3', 'Up'), '>20>3>13');
  });

  it('that is very wide and deep is drawn only where it is seen', () => {
    const wide: CallTree = { durationMs: 1, callers: [], sites: [], selfMs: [], places: {} };
    for (let at = 0; at < 2000; at++) {
      wide.callers.push(at % 10 === 0 ? -1 : at - 1);
      wide.sites.push(at);
      wide.selfMs.push(at < 10 ? 1000 : 0.01);
    }
    assert.equal(framesUnder(flameOf(wide)).length, 11);
  });
});

describe('The flame view', () => {
  const { open } = usePanel();

  async function opened(): Promise<PanelPage> {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    await panel.page.locator('#tab-hot').click();
    await panel.page.getByRole('button', { name: 'Flame' }).click();
    await panel.send({ type: 'calls', calls: CALLS });
    return panel;
  }
  const frames = async (panel: PanelPage): Promise<string[]> =>
    (await panel.page.locator('.frame').allInnerTexts()).map((text) => text.replace(/\s/g, ' '));
  const focused = (panel: PanelPage): Promise<string | null | undefined> =>
    panel.page.evaluate(() => document.activeElement?.getAttribute('data-frame'));

  it('is asked for while it is shown, and draws callers over what they called', async () => {
    const panel = await opened();
    assert.deepEqual(await panel.posted(), [{ type: 'flame', shown: true }]);
    assert.deepEqual(await frames(panel), [
      'All that ran: ≈ 7 000 ms of 10 000 ms',
      'processTimers',
      'drain',
      'buildReport',
      'others',
      'connect',
      'handleOrder',
      'buildReport',
    ]);
    const box = async (key: string): Promise<{ x: number; y: number; width: number }> => {
      const found = await panel.page.locator(`[data-frame="${key}"]`).boundingBox();
      assert.ok(found);
      return found;
    };
    const [all, report, order] = [await box(''), await box('>20>3'), await box('>20>3>13')];
    assert.ok(Math.abs(report.width / all.width - 5800 / 7000) < 0.01);
    assert.ok(order.y > report.y && order.x > report.x);
    // The extension has forgotten it with what it knew of the page.
    await panel.send(attachmentMessage('live'));
    assert.deepEqual((await panel.posted()).slice(1), [{ type: 'flame', shown: true }]);
    await panel.page.locator('#tab-pending').click();
    assert.deepEqual((await panel.posted()).slice(2), [{ type: 'flame', shown: false }]);
    assert.deepEqual(await panel.violations(), []);
  });

  it('goes to the line with a click, fills the width with a double click, and stands still under the pointer', async () => {
    const panel = await opened();
    const report = panel.page.locator('[data-frame=">20>3"]');
    await report.hover();
    const card = await panel.hoverCard();
    assert.match(
      card,
      /^≈ 3\s000 ms in itself, ≈ 5\s800 ms with all that it called: ≈ 58 % of the time\.\nbuildReport at/,
    );
    await panel.send({ type: 'calls', calls: { ...CALLS, selfMs: CALLS.selfMs.map(() => 1) } });
    assert.match((await frames(panel))[0] ?? '', /7 000 ms/);
    await report.click();
    await panel.page.waitForFunction(() => window.fakeHost.posted.some(({ type }) => type === 'openSite'));
    assert.deepEqual((await panel.posted()).slice(1), [{ type: 'openSite', site: 3 }]);
    await report.dblclick();
    assert.equal(await panel.page.locator('[data-frame=">14"]').count(), 0);
    await panel.page.mouse.move(5, 5);
    assert.match((await frames(panel))[0] ?? '', /≈ 7 ms/);
    assert.equal((await panel.posted()).length, 2);
  });

  it('is walked, zoomed and followed by keyboard, one tab stop in all', async () => {
    const panel = await opened();
    const { keyboard } = panel.page;
    assert.equal(await panel.page.locator('.frame[tabindex="0"]').count(), 1);
    await panel.page.locator('.frame[tabindex="0"]').focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown']) await keyboard.press(key);
    assert.equal(await focused(panel), '>20>3>13');
    await keyboard.press('ArrowLeft');
    assert.equal(await focused(panel), '>20>3>4');
    await keyboard.press('Space');
    assert.deepEqual((await panel.posted()).at(-1), { type: 'openSite', site: 4 });
    await keyboard.press('ArrowRight');
    await keyboard.press('Enter');
    assert.equal((await frames(panel)).length, 5);
    assert.equal(await focused(panel), '>20>3>13');
    await keyboard.press('Escape');
    assert.equal((await frames(panel)).length, 8);
    assert.equal(await focused(panel), '');
  });

  it('shows which frames match the filter, and says when there are no samples', async () => {
    const panel = await opened();
    await panel.page.getByLabel('Filter rows').fill('report');
    assert.deepEqual(await panel.page.locator('.frame:not(.unmatched)').allInnerTexts(), [
      'buildReport',
      'buildReport',
    ]);
    await panel.send({ type: 'calls', calls: null });
    assert.match(await panel.text('#pane'), /No function ran long enough/);
  });
});
