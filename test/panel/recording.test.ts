import assert from 'node:assert/strict';
import type { PanelRecording, ToPanel } from '../../src/protocol/panel';
import { attachmentOf, historyOf, NOW_MS, snapshotOf } from '../support/samples';
import { usePanel, type PanelPage } from './panelPage';

/** A moment of ten minutes with a beat a second. */
function momentOf(frame: number, change: Partial<PanelRecording> = {}): Extract<ToPanel, { type: 'recording' }> {
  const timeMs = NOW_MS - (600 - frame) * 1000;
  const recording = {
    frames: 601,
    frame,
    startMs: NOW_MS - 600_000,
    endMs: NOW_MS,
    timeMs,
    from: 0,
    to: 600,
    notices: [],
    ...change,
  };
  const shown = {
    attachment: attachmentOf(),
    history: historyOf(timeMs),
    snapshot: snapshotOf({ timeMs, sequence: frame + 1 }),
  };
  return { type: 'recording', recording, shown };
}

describe('The page of a recording', () => {
  const { open } = usePanel();
  const slider = (panel: PanelPage) => panel.page.getByRole('slider', { name: 'Moment of the recording' });

  it('shows a moment with ring, charts and tables, and its time slider', async () => {
    const panel = await open();
    await panel.send(momentOf(600));
    assert.equal(await panel.text('#recording .moment'), '14:03:19, 601 of 601');
    assert.equal(await panel.text('#utilization'), '78 %');
    assert.ok((await panel.page.locator('#pane tr[data-key]').count()) > 3);
    assert.equal(await slider(panel).getAttribute('aria-valuetext'), '14:03:19, 601 of 601');
    assert.match(await panel.text('#foot'), /^Recorded/);
    assert.deepEqual(await panel.violations(), []);
    // Nothing is offered that only a live target can do.
    for (const name of ['Detach', 'Pause view'])
      assert.equal(await panel.page.getByRole('button', { name }).count(), 0);
    assert.equal(await panel.page.getByLabel('Level').count(), 0);
    const ended = momentOf(600);
    const attachment = attachmentOf({ state: 'detached', endedBecause: 'api.js has exited.' });
    await panel.send({ ...ended, shown: ended.shown && { ...ended.shown, attachment } });
    assert.match(await panel.text('.banner .grow'), /api\.js has exited/);
    assert.equal(await panel.page.getByRole('button', { name: 'Attach again' }).count(), 0);
  });

  it('seeks by mouse and by keyboard, and keeps nothing of one moment in another', async () => {
    const panel = await open();
    await panel.send(momentOf(600));
    const box = await slider(panel).boundingBox();
    assert.ok(box);
    await slider(panel).click({ position: { x: box.width / 2, y: box.height / 2 } });
    const [first] = await panel.posted();
    assert.ok(first?.type === 'seek' && Math.abs(first.frame - 300) < 5, JSON.stringify(first));
    await panel.send(momentOf(300));
    assert.equal(await panel.text('#recording .moment'), '13:58:19, 301 of 601');
    assert.equal(await panel.text('#snapshot'), 'Snapshot 301, 13:58:19');
    await panel.page.keyboard.press('ArrowRight');
    await panel.page.keyboard.press('Home');
    const frames = (await panel.posted()).map((message) => (message.type === 'seek' ? message.frame : null));
    assert.deepEqual(frames.slice(1), [301, 0]);
    const before = momentOf(10);
    const snapshot = snapshotOf({ pending: snapshotOf().pending.slice(0, 1), timeMs: before.recording.timeMs });
    await panel.send({ ...before, shown: before.shown && { ...before.shown, snapshot } });
    assert.equal(await panel.page.locator('#pane tr[data-key]').count(), 1);
  });

  it('chooses the stretch that is exported', async () => {
    const panel = await open();
    await panel.send(momentOf(200));
    await panel.page.getByRole('button', { name: 'From here' }).click();
    await panel.send(momentOf(400, { from: 200 }));
    await panel.page.getByRole('button', { name: 'To here' }).click();
    await panel.send(momentOf(400, { from: 200, to: 400 }));
    const [left, width] = await panel.page
      .locator('#recording .stretch')
      .evaluate((element) => [(element as HTMLElement).style.left, (element as HTMLElement).style.width]);
    assert.match(`${left} ${width}`, /^33\.3\d*% 33\.3\d*%$/);
    for (const name of ['Trace', 'Report', 'All']) await panel.page.getByRole('button', { name, exact: true }).click();
    assert.deepEqual(await panel.posted(), [
      { type: 'stretch', from: 200, to: 600 },
      { type: 'stretch', from: 200, to: 400 },
      { type: 'export', as: 'trace' },
      { type: 'export', as: 'report' },
      { type: 'stretch', from: 0, to: 600 },
    ]);
  });

  it('says what is missing, also when nothing can be shown', async () => {
    const panel = await open();
    const notice = 'This recording is whole up to 14:03:19. What follows is damaged or cut off, and is not shown.';
    await panel.send(momentOf(600, { notices: [notice] }));
    assert.equal(await panel.text('#recording .banner'), notice);
    const nothing = { ...momentOf(0, { frames: 0, notices: ['"x" is no recording of Loopscope.'] }), shown: null };
    await panel.send(nothing);
    assert.equal(await panel.text('#app'), '"x" is no recording of Loopscope.');
  });
});
