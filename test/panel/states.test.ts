import assert from 'node:assert/strict';
import { attachmentOf, NOW_MS } from '../support/samples';
import { attachmentMessage, connectingMessage, emptyMessage, sumMessage, TARGETS, THREADS } from './messages';
import { usePanel, type PanelPage } from './panelPage';

const chip = (panel: PanelPage): Promise<string> => panel.text('#state');
const banner = (panel: PanelPage): Promise<string> => panel.text('.banner .grow');

/** Whether what is drawn of the loop has lost its colour. */
function isGrey(panel: PanelPage): Promise<boolean> {
  return panel.page
    .locator('#ring [data-part=timers] .arc')
    .first()
    .evaluate((arc) => getComputedStyle(arc).filter.includes('grayscale(1)'));
}

describe('the states of the panel', () => {
  const { open } = usePanel();

  it('lists the Node processes while nothing is attached, and attaches to the one that is clicked', async () => {
    const panel = await open();
    await panel.send(emptyMessage());
    assert.equal(await chip(panel), 'Not attached');
    assert.equal(await panel.text('h1'), 'Nothing is attached');
    assert.deepEqual(await panel.page.locator('.processes tbody tr').allInnerTexts(), [
      '4321\tapi.js\t24.2.0\tup 12 min\twill be opened\tAttach',
      '4377\tworker.js\t24.2.0\tup 12 min\t127.0.0.1:9230\tAttach',
      '5120\tvite\t–\tup 3 h\twill be opened\tAttach',
    ]);
    assert.match(await panel.text('#foot'), /3 Node processes on this machine, looked up 3 s ago/);
    await panel.page.getByRole('button', { name: 'Attach to worker.js, pid 4377' }).click();
    await panel.page.getByRole('button', { name: 'Attach to Process…' }).click();
    await panel.page.getByRole('button', { name: 'Connect to Address…' }).click();
    await panel.page.getByRole('button', { name: 'Look again' }).click();
    const expected = [{ type: 'attach', pid: 4377 }, { type: 'pick' }, { type: 'connect' }, { type: 'refresh' }];
    assert.deepEqual(await panel.posted(), expected);
  });

  it('says so when there is no Node process', async () => {
    const panel = await open();
    await panel.send(emptyMessage([]));
    assert.match(
      await panel.text('#start'),
      /No Node process was found on this machine\. Start one, then look again\./,
    );
  });

  it('shows the steps of an attach and cancels it', async () => {
    const panel = await open();
    await panel.send(connectingMessage());
    assert.equal(await chip(panel), 'Connecting');
    assert.equal(await panel.text('h1'), 'Connecting to api.js');
    const states = await panel.page
      .locator('.steps li')
      .evaluateAll((all) => all.map((step) => step.getAttribute('data-step')));
    assert.deepEqual(states, ['done', 'done', 'done', 'active', 'waiting']);
    assert.match(
      await panel.text('.steps li:nth-child(2)'),
      /Connect to its inspector .*closed again at detach\s+0\.4 s/,
    );
    await panel.page.getByRole('button', { name: 'Cancel' }).click();
    assert.deepEqual(await panel.posted(), [{ type: 'cancel' }]);
  });

  it('shows why an attach failed, and offers to try again or to go back', async () => {
    const panel = await open();
    await panel.send(connectingMessage('The process 4321 ended before Loopscope was attached. Pick another one.'));
    assert.equal(await chip(panel), 'Not connected');
    assert.equal(await panel.text('#error'), 'The process 4321 ended before Loopscope was attached. Pick another one.');
    await panel.page.getByRole('button', { name: 'Try again' }).click();
    await panel.page.getByRole('button', { name: 'Back' }).click();
    assert.deepEqual(await panel.posted(), [{ type: 'reattach' }, { type: 'cancel' }]);
  });

  it('is in colour and without a banner while the target runs', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    assert.equal(await chip(panel), 'Running');
    assert.equal(await panel.page.locator('.banner').count(), 0);
    assert.equal(await isGrey(panel), false);
    assert.equal(await panel.text('#utilization'), '78 %');
    assert.match(await panel.text('#head'), /api\.js\s+pid 4321\s+Node 24\.2\.0\s+up 12 min/);
    assert.match(await panel.text('#foot'), /Beat 1 s\s+Own cost 0\.4 ms, 2\.1 kB a beat\s+Dropped 0\s+2 notes/);
    assert.match(await panel.text('#snapshot'), /Snapshot 724, 14:03:19/);
  });

  it('greys the loop while paused in the debugger, and keeps what is pending in colour', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('paused'));
    assert.equal(await chip(panel), 'Paused in debugger');
    assert.match(
      await banner(panel),
      /^Paused in the debugger for 12 s\. The loop is not turning: ring and table show the last beat before the pause; what is pending is read live\.$/,
    );
    assert.equal(await isGrey(panel), true);
    const filter = panel.page.locator('#pane .sw').first();
    assert.equal(await filter.evaluate((swatch) => getComputedStyle(swatch).filter), 'none');
    assert.match(await panel.text('.axis'), /paused 12 s/);
    assert.equal(await panel.text('tr[data-phase=window] .how'), 'last seen');
  });

  it('names the callback that blocks the loop, with a link to its line', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('blocked'));
    assert.equal(await chip(panel), 'Blocked');
    assert.equal(
      await banner(panel),
      'Blocked for 4.2 s: a timers callback has not returned, buildReport at report.ts:88. No loop turn since 14:03:14.',
    );
    assert.equal(await isGrey(panel), false);
    assert.equal(await panel.text('#utilization'), '100 %');
    assert.equal(await panel.text('#turns'), '0 turns/s');
    const cells = await panel.page.locator('tr[data-phase=timers] td').allInnerTexts();
    assert.deepEqual(cells, ['100', '1\u202f001.3', '1 open', '≥ 4\u202f214', 'hooks']);
    await panel.page.locator('.banner a.site').click();
    assert.deepEqual(await panel.posted(), [{ type: 'openSite', site: 3 }]);
  });

  it('counts on while the target does not answer, and says from when the figures are', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('notAnswering'));
    assert.equal(await chip(panel), 'Not answering');
    assert.match(
      await banner(panel),
      /^Not answering for 7\.0 s: native code or a synchronous child process holds the thread\. Loopscope goes on asking; all figures are from 14:03:12\.$/,
    );
    assert.equal(await isGrey(panel), true);
    await panel.passTime(5000);
    await panel.page.locator('.banner', { hasText: 'Not answering for 12 s' }).waitFor();
    assert.match(await panel.text('#foot'), /^No beat for 12 s/);
  });

  it('says that another level is still to come while the target does not answer', async () => {
    const panel = await open();
    const message = attachmentMessage('notAnswering');
    await panel.send({ ...message, attachment: { ...message.attachment, level: 'deep' } });
    assert.match(await banner(panel), / all figures are from 14:03:12\. Level deep begins when it answers\.$/);
  });

  it('keeps its colours while the view is paused, and resumes', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('viewPaused'));
    assert.equal(await chip(panel), 'Running, view paused');
    assert.equal(
      await banner(panel),
      'View paused at 14:03:19. The target runs on, and beats are still collected: 12 so far.',
    );
    assert.equal(await isGrey(panel), false);
    await panel.send({ type: 'state', attachment: attachmentOf({ viewPausedAtMs: NOW_MS, beatsWhilePaused: 13 }) });
    assert.match(await banner(panel), /13 so far/);
    await panel.page.getByRole('button', { name: 'Resume', exact: true }).click();
    await panel.page.getByRole('button', { name: 'Resume view' }).click();
    const resume = { type: 'pauseView', paused: false };
    assert.deepEqual(await panel.posted(), [resume, resume]);
  });

  it('keeps the last picture in grey after the end, says why, and attaches again', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('detached'));
    assert.equal(await chip(panel), 'Detached');
    assert.equal(
      await banner(panel),
      'Detached at 14:03:19. Hooks are off, patched methods restored, the inspector closed again. These are the last figures seen.',
    );
    assert.equal(await isGrey(panel), true);
    assert.equal(await panel.text('#utilization'), '78 %');
    assert.equal(await panel.page.getByRole('button', { name: 'Detach', exact: true }).isDisabled(), true);
    assert.equal(await panel.page.getByLabel('Level').isDisabled(), true);
    await panel.page.getByRole('button', { name: 'Attach again' }).click();
    assert.deepEqual(await panel.posted(), [{ type: 'reattach' }]);
  });

  it('says that nothing was found and nothing is pending in an idle process', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('idle'));
    assert.equal(await panel.text('.findings li'), 'No findings. 6 rules were checked against the last 60 s.');
    assert.match(await panel.text('#pane'), /^Nothing is pending\.\s+No timer, request or handle is left\./);
    assert.equal(await panel.text('#utilization'), '0 %');
    await panel.page.locator('#tab-listeners').click();
    assert.match(await panel.text('#pane'), /No listeners were found/);
  });

  it('waits for the first beat of a fresh attachment', async () => {
    const panel = await open();
    await panel.send({ ...attachmentMessage('live'), snapshot: null, history: [] });
    assert.equal(await chip(panel), 'Running');
    assert.equal(await panel.text('.none'), 'Waiting for the first beat.');
  });

  it('pauses the view, detaches, sets the level and copies the snapshot', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    await panel.page.getByRole('button', { name: 'Pause view' }).click();
    await panel.page.getByLabel('Level').selectOption('observe');
    await panel.page.getByRole('button', { name: 'Copy as JSON' }).click();
    await panel.page.getByRole('button', { name: 'Detach', exact: true }).click();
    assert.deepEqual(await panel.posted(), [
      { type: 'pauseView', paused: true },
      { type: 'setLevel', level: 'observe' },
      { type: 'copySnapshot' },
      { type: 'detach' },
    ]);
  });

  it('offers a switch only when several targets are attached', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    assert.equal(await panel.page.getByLabel('Target').count(), 0);
    await panel.send({ type: 'targets', targets: TARGETS });
    const options = await panel.page.getByLabel('Target').locator('option').allInnerTexts();
    assert.deepEqual(options, ['api.js (4321)', 'worker.js (4377), paused']);
    await panel.page.getByLabel('Target').selectOption('a2');
    assert.deepEqual(await panel.posted(), [{ type: 'select', attachmentId: 'a2' }]);
  });

  it('switches between the threads of a process, by mouse and by keyboard, once there are several', async () => {
    const panel = await open();
    const live = attachmentMessage('live');
    await panel.send(live);
    const threads = panel.page.getByLabel('Thread', { exact: true });
    assert.equal(await threads.count(), 0);
    const attachment = attachmentOf({ threads: THREADS, threadCount: 7 });
    await panel.send({ type: 'state', attachment });
    assert.deepEqual(await threads.locator('option').allInnerTexts(), [
      'main thread',
      'worker 1, resize.js',
      'worker 12, a name that a program gave its thread',
      'all threads',
    ]);
    await threads.selectOption({ label: 'worker 1, resize.js' });
    await panel.send({ type: 'state', attachment: { ...attachment } });
    assert.equal(await threads.inputValue(), '0', 'it shows what the extension says, which could not attach');
    await threads.focus();
    await panel.page.keyboard.press('End');
    await panel.page.keyboard.press('Enter');
    assert.deepEqual(await panel.posted(), [
      { type: 'selectThread', threadId: 1 },
      { type: 'selectThread', threadId: 'all' },
    ]);
    await threads.hover();
    assert.match(await panel.hoverCard(), /all threads: it is put into each worker, .*\n4 more are not listed/s);
  });

  it('shows the sum of all threads, says what its 100 % are, and names the thread of what is in it', async () => {
    const panel = await open();
    await panel.send(sumMessage());
    assert.equal(await panel.page.getByLabel('Thread', { exact: true }).inputValue(), 'all');
    assert.equal(await panel.text('#utilization'), '26 %');
    assert.match(await panel.text('#ring svg'), /mean of 3 threads/);
    await panel.page.locator('#utilization').hover();
    assert.match(await panel.hoverCard(), /the mean of 3 threads\. At 100 % no thread's loop would ever wait/);
    const whole = panel.page.locator('tr[data-phase=window]');
    assert.match(await whole.innerText(), /^3 × window\s+100\s+3\u202f003\.9/);
    await whole.locator('th').hover();
    assert.match(await panel.hoverCard(), /the time of 3 threads together/);
    assert.match(await panel.text('.findings'), /Main thread: One timers callback .*Worker 12 is not in the sum/s);
    const row = panel.page.locator('#pendingTable tr[aria-expanded]').first();
    assert.match(await row.innerText(), /Timeout\s+timers\s+720/);
    await row.click();
    const [asked] = await panel.posted();
    assert.ok(asked?.type === 'instances');
    const one = { id: 4, ageMs: 10, referenced: true, idle: false, detail: 'every 20 ms' };
    const instances = ['main thread', 'worker 2'].map((thread) => ({ ...one, thread }));
    await panel.send({ type: 'instances', key: asked.key, instances, total: 2 });
    assert.deepEqual(await panel.page.locator('#pendingTable tr.sub td:first-child').allInnerTexts(), [
      'main thread, async id 4',
      'worker 2, async id 4',
    ]);
  });

  it('lets the sum be left again when no worker is there any more', async () => {
    const panel = await open();
    const { attachment, ...message } = sumMessage();
    await panel.send({ ...message, attachment: { ...attachment, threads: THREADS.slice(0, 1), threadCount: 1 } });
    await panel.page.getByLabel('Thread', { exact: true }).selectOption('0');
    assert.deepEqual(await panel.posted(), [{ type: 'selectThread', threadId: 0 }]);
  });

  it('keeps the picture of a worker that has ended alone, says so, and offers the main thread', async () => {
    const panel = await open();
    const detached = attachmentMessage('detached');
    const threads = [...THREADS.slice(0, 2), { threadId: 3, name: '', ended: true }];
    const endedBecause = 'worker 3 of api.js (pid 4321) has ended.';
    await panel.send({ ...detached, attachment: { ...detached.attachment, threadId: 3, threads, endedBecause } });
    assert.match(await panel.text('.banner'), /Ended at .*worker 3 of api\.js \(pid 4321\) has ended\. These are/);
    assert.equal(await panel.text('#state'), 'Ended');
    assert.equal(await panel.page.getByLabel('Thread', { exact: true }).inputValue(), '3');
    await panel.page.getByRole('button', { name: 'Show main thread' }).click();
    assert.deepEqual(await panel.posted(), [{ type: 'selectThread', threadId: 0 }]);
  });

  it('says in header and lateness chart when a debugger distorts the timings', async () => {
    const panel = await open();
    const message = attachmentMessage('live');
    const distortion = 'A debugger with async stacks is attached: durations are longer than without it.';
    await panel.send({ ...message, attachment: { ...message.attachment, distortion } });
    assert.match(await panel.text('#distortion'), /Timings distorted/);
    await panel.page.locator('#distortion').hover();
    assert.equal(await panel.hoverCard(), distortion);
    assert.equal(await panel.page.locator('[data-chart=lateness] .distorted').count(), 1);
  });

  it('shows the notes on a click, and on hover', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    const notes = panel.page.getByRole('button', { name: '2 notes' });
    await notes.hover();
    assert.match(await panel.hoverCard(), /At level track promises are not followed: .*\./);
    await notes.click();
    const listed = await panel.page.locator('#notes li').allInnerTexts();
    assert.deepEqual(listed, attachmentMessage('live').snapshot?.notes);
  });
});
