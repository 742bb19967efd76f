import assert from 'node:assert/strict';
import { attachmentOf, nextSnapshot, NOW_MS, snapshotOf } from '../support/samples';
import { attachmentMessage, beatMessage, pastMessage } from './messages';
import { usePanel, type PanelPage } from './panelPage';

const MINUTE_AGO = { type: 'look', at: { fromMs: NOW_MS - 60_000, toMs: NOW_MS - 60_000 } };
const LIVE = { type: 'look', at: null };

/** The middle of the charts is a minute ago. */
async function plotOf(panel: PanelPage): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await panel.page.locator('[data-chart=cpu] .plot').boundingBox();
  assert.ok(box);
  return box;
}

async function opened(open: () => Promise<PanelPage>): Promise<PanelPage> {
  const panel = await open();
  await panel.send(attachmentMessage('live'));
  return panel;
}

describe('A moment that is chosen in the charts', () => {
  const { open } = usePanel();

  it('is asked for by a click, and shown by ring, tables and findings while beats go on', async () => {
    const panel = await opened(open);
    const { x, y, width, height } = await plotOf(panel);
    await panel.page.mouse.click(x + width / 2, y + height / 2);
    assert.deepEqual(await panel.posted(), [MINUTE_AGO]);
    await panel.send(pastMessage());
    assert.match(await panel.text('#past .banner'), /^This is the beat of 14:02:19: ring, tables and findings show it/);
    assert.equal(await panel.text('#utilization'), '21 %');
    assert.equal(await panel.lines(), 3);
    assert.equal(await panel.page.locator('.findings li[data-rule]').count(), 1);
    assert.equal(await panel.text('#phases [data-phase=window] .how'), '14:02:19');
    assert.equal(await panel.page.locator('.area .looked').count(), 4);
    assert.deepEqual(await plotOf(panel), { x, y, width, height });
    await panel.page.mouse.move(5, 5);
    await panel.page.locator('#tab-hot').click();
    assert.match(await panel.text('#hotTable tbody'), /fetchStatus[^]*77/);
    assert.equal(await panel.lines(), 1);

    const before = await panel.page.locator('[data-chart=cpu] .looked').boundingBox();
    await panel.send(beatMessage(nextSnapshot(snapshotOf())));
    const after = await panel.page.locator('[data-chart=cpu] .looked').boundingBox();
    assert.ok(before && after && after.x < before.x, 'the mark does not go with the time');
    assert.equal(await panel.text('#utilization'), '21 %');
    assert.match(await panel.text('#snapshot'), /^Snapshot 725/);

    await panel.page.getByRole('button', { name: 'Back to live' }).click();
    assert.deepEqual((await panel.posted()).at(-1), LIVE);
    await panel.send({ type: 'past', past: null });
    assert.equal(await panel.page.locator('#past .banner').count(), 0);
    assert.equal(await panel.text('#utilization'), '75 %');
    assert.equal(await panel.page.evaluate(() => document.activeElement?.id), 'charts');
    assert.deepEqual(await panel.violations(), []);
  });

  it('is chosen by keyboard too, and left by Escape from anywhere', async () => {
    const panel = await opened(open);
    await panel.page.locator('#charts').focus();
    for (let at = 0; at < 6; at++) await panel.page.keyboard.press('Shift+ArrowLeft');
    await panel.page.keyboard.press('Enter');
    assert.deepEqual(await panel.posted(), [MINUTE_AGO]);
    await panel.send(pastMessage());
    await panel.page.locator('#tab-pending').focus();
    await panel.page.keyboard.press('Escape');
    assert.deepEqual(await panel.posted(), [MINUTE_AGO, LIVE]);
    await panel.send({ type: 'past', past: null });
    await panel.page.keyboard.press('Escape');
    assert.equal((await panel.posted()).length, 2);
  });

  it('of which nothing is kept says so, and leaves the latest beat', async () => {
    const panel = await opened(open);
    await panel.send(pastMessage({ beats: 0, snapshot: null }));
    assert.match(await panel.text('#past .banner'), /^Nothing is kept of 14:02:19/);
    assert.equal(await panel.text('#utilization'), '78 %');
  });

  it('says which rows of then were not kept', async () => {
    const panel = await opened(open);
    await panel.send(pastMessage({ pendingLeft: 9800, listenersLeft: 50 }));
    assert.match(await panel.text('#past .banner'), /9\s800 are left out\. .* 50 are left out\./);
  });

  it('is forgotten with another attachment', async () => {
    const panel = await opened(open);
    const { x, y, width, height } = await plotOf(panel);
    await panel.page.mouse.click(x + width / 2, y + height / 2);
    await panel.send(pastMessage());
    const before = await panel.posted();
    await panel.send({ ...attachmentMessage('live'), attachment: attachmentOf({ attachmentId: 'a2' }) });
    assert.equal(await panel.page.locator('#past .banner').count(), 0);
    assert.equal(await panel.lines(), 12);
    assert.deepEqual(await panel.posted(), before);
  });

  it('is looked at again by a page that was hidden, unless it is too long ago by then', async () => {
    const first = await opened(open);
    const { x, y, width, height } = await plotOf(first);
    await first.page.mouse.click(x + width / 2, y + height / 2);
    const kept = await first.kept();

    const second = await open({ kept });
    await second.send(attachmentMessage('live'));
    assert.deepEqual(await second.posted(), [MINUTE_AGO]);
    await second.send(pastMessage());
    assert.match(await second.text('#past .banner'), /^This is the beat of 14:02:19/);

    const late = await open({ kept });
    await late.send(attachmentMessage('live'), pastMessage({ beats: 0, snapshot: null }));
    assert.deepEqual(await late.posted(), [MINUTE_AGO, LIVE]);
    assert.equal(await late.page.locator('#past .banner').count(), 0);

    // Told everything anew, as when the view is paused, the page that was there all the time is live.
    await second.send(attachmentMessage('live'));
    assert.equal(await second.page.locator('#past .banner').count(), 0);
    assert.deepEqual(await second.posted(), [MINUTE_AGO]);

    const live = await open({ kept: await second.kept() });
    await live.send(attachmentMessage('live'));
    assert.deepEqual(await live.posted(), []);
  });
});

describe('A stretch that is chosen in the charts', () => {
  const { open } = usePanel();
  const stretch = { fromMs: NOW_MS - 90_000, toMs: NOW_MS - 60_000 };

  it('is drawn with the pointer, fills the charts, and a double click leaves it', async () => {
    const panel = await opened(open);
    const { x, y, width, height } = await plotOf(panel);
    await panel.page.mouse.move(x + width / 4, y + height / 2);
    await panel.page.mouse.down();
    await panel.page.mouse.move(x + width / 3, y + height / 2);
    await panel.page.mouse.move(x + width / 2, y + height / 2);
    assert.equal(await panel.page.locator('.area .drawn').count(), 4);
    await panel.page.mouse.up();
    assert.deepEqual(await panel.posted(), [{ type: 'look', at: stretch }]);
    await panel.send(pastMessage({ ...stretch, beats: 31 }));
    assert.match(await panel.text('#past .banner'), /^These are the 31 beats from 14:01:49 to 14:02:19/);
    assert.equal(await panel.page.locator('.area .drawn').count(), 0);
    assert.match(await panel.text('.axis'), /^14:01:49[^]*14:02:19$/);
    // A moment in it.
    await panel.page.mouse.click(x + width / 2, y + height / 2);
    assert.deepEqual((await panel.posted()).at(-1), {
      type: 'look',
      at: { fromMs: NOW_MS - 75_000, toMs: NOW_MS - 75_000 },
    });
    await panel.send(pastMessage({ fromMs: NOW_MS - 75_000, toMs: NOW_MS - 75_000 }));
    assert.match(await panel.text('.axis'), /^14:01:49/);
    await panel.page.mouse.dblclick(x + width / 2, y + height / 2);
    assert.deepEqual((await panel.posted()).at(-1), LIVE);
    await panel.send({ type: 'past', past: null });
    assert.match(await panel.text('.axis'), /^−2 min/);
  });

  it('is drawn with the keyboard: Space begins it, Enter ends it, Escape gives it up', async () => {
    const panel = await opened(open);
    const { keyboard } = panel.page;
    await panel.page.locator('#charts').focus();
    for (let at = 0; at < 6; at++) await keyboard.press('Shift+ArrowLeft');
    await keyboard.press('Space');
    await keyboard.press('Shift+ArrowLeft');
    assert.equal(await panel.page.locator('.area .drawn').count(), 4);
    await keyboard.press('Escape');
    assert.equal(await panel.page.locator('.area .drawn').count(), 0);
    await keyboard.press('Shift+ArrowRight');
    await keyboard.press('Space');
    for (let at = 0; at < 3; at++) await keyboard.press('Shift+ArrowLeft');
    await keyboard.press('Enter');
    assert.deepEqual(await panel.posted(), [{ type: 'look', at: stretch }]);
  });
});
