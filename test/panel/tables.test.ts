import assert from 'node:assert/strict';
import { snapshotOf } from '../support/samples';
import { attachmentMessage } from './messages';
import { usePanel, type PanelPage } from './panelPage';

const keys = (panel: PanelPage): Promise<(string | null)[]> =>
  panel.page.locator('#pane tbody tr[data-key]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-key')));

const columnTexts = (panel: PanelPage, name: string): Promise<string[]> =>
  panel.page.locator(`#pane tbody td.${name}`).allInnerTexts();

const head = (panel: PanelPage, name: string): ReturnType<PanelPage['page']['locator']> =>
  panel.page.locator('#pane th', { hasText: name });

const instances = (count: number, total = 240): Extract<Parameters<PanelPage['send']>[0], { type: 'instances' }> => ({
  type: 'instances',
  key: 'Timeout@1',
  total,
  instances: Array.from({ length: count }, (_, at) => ({
    id: 18_000 + at,
    ageMs: 242_000 - at * 1000,
    referenced: at % 2 === 0,
    idle: false,
    detail: `every 1 000 ms, due in ${400 + at} ms`,
  })),
});

describe('tabs and tables', () => {
  const { open } = usePanel();

  it('change with the mouse, and count what they hold', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    const tabs = await panel.page.getByRole('tab').allInnerTexts();
    assert.deepEqual(
      tabs.map((text) => text.replace(/\s+/g, ' ')),
      ['Pending 266', 'Listeners 31', 'Hot functions', 'Process'],
    );
    await panel.page.getByRole('tab', { name: 'Listeners' }).click();
    assert.deepEqual(await columnTexts(panel, 'c-count'), ['14', '12', '4', '1']);
    await panel.page.getByRole('tab', { name: 'Hot functions' }).click();
    assert.deepEqual((await columnTexts(panel, 'c-ms')).slice(0, 2), ['≈ 512', '≈ 604']);
    await panel.page.getByRole('tab', { name: 'Process' }).click();
    assert.match(await panel.text('.kv'), /Heap limit\s+512 MB/);
  });

  it('change with the arrow keys', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    await panel.page.locator('#tab-pending').focus();
    const selected = (): Promise<string> => panel.text('[role=tab][aria-selected=true]:focus');
    await panel.page.keyboard.press('ArrowRight');
    assert.match(await selected(), /Listeners/);
    await panel.page.keyboard.press('End');
    assert.match(await selected(), /Process/);
    await panel.page.keyboard.press('ArrowRight');
    assert.match(await selected(), /Pending/);
  });

  it('follow keybindings around the tabs and to the filter', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'), { type: 'go', to: 'previousTab' });
    const selected = (): Promise<string> => panel.text('[role=tab][aria-selected=true]:focus');
    assert.equal(await selected(), 'Process', 'round the beginning');
    await panel.send({ type: 'go', to: 'nextTab' });
    assert.match(await selected(), /Pending/, 'round the end');
    await panel.page.getByLabel('Filter rows').fill('type:TCPWRAP');
    await panel.page.locator('#tab-pending').focus();
    await panel.send({ type: 'go', to: 'filter' });
    await panel.page.keyboard.type('poller');
    assert.equal(await panel.page.getByLabel('Filter rows').inputValue(), 'poller', 'what was there is replaced');
  });

  it('show a tab that the extension asks for', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'), { type: 'showTab', tab: 'hot' });
    assert.equal(await panel.text('[role=tab][aria-selected=true]'), 'Hot functions');
  });

  it('give the share of a hot function in the time that was sampled, not in the last beat', async () => {
    const panel = await open();
    const snapshot = snapshotOf({ hot: [{ site: 3, selfMs: 512, totalMs: 604 }], hotMs: 10_240 });
    await panel.send({ ...attachmentMessage('live'), snapshot }, { type: 'showTab', tab: 'hot' });
    assert.match(await panel.text('#hotTable tbody'), /≈\s5\s%/);
  });

  it('sort by every column, up and down, and say so', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    assert.equal(await head(panel, 'Count').getAttribute('aria-sort'), 'descending');
    assert.equal((await keys(panel))[0], 'Timeout@1');
    await head(panel, 'Count').getByRole('button').click();
    assert.equal(await head(panel, 'Count').getAttribute('aria-sort'), 'ascending');
    assert.equal((await keys(panel)).at(-1), 'Timeout@1');
    for (const name of ['Type', 'Phase', 'Trend', 'Change /s', 'Oldest', 'Ref’d', 'Created at']) {
      await head(panel, name).getByRole('button').click();
      assert.ok(await head(panel, name).getAttribute('aria-sort'), name);
      assert.equal(await panel.page.locator('#pane th[aria-sort]').count(), 1);
    }
    const places = (await columnTexts(panel, 'c-site')).map((text) => text.split('\n')[0]);
    assert.deepEqual(places.slice(0, 3), ['config.ts:19', 'db.ts:14', 'http.ts:12']);
    assert.equal(places.at(-1), 'before attach', 'what is not known comes last');
  });

  it('filter by type, file and package, and offer to clear a filter that hides everything', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    const filter = panel.page.getByLabel('Filter rows');
    await filter.fill('poller');
    assert.deepEqual(await keys(panel), ['Timeout@1', 'GETADDRINFOREQWRAP@8']);
    await filter.fill('UNDICI');
    assert.deepEqual(await keys(panel), ['Timeout@12']);
    await filter.fill('nothing like it');
    assert.match(await panel.text('#pane'), /^No row matches\. 12 groups are hidden by the filter\./);
    await panel.page.getByRole('button', { name: 'Clear filter' }).click();
    assert.equal((await keys(panel)).length, 12);
  });

  it('show only what keeps the process alive', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    const toggle = panel.page.getByRole('button', { name: 'Keeps process alive' });
    await toggle.click();
    assert.equal(await toggle.getAttribute('aria-pressed'), 'true');
    assert.equal((await keys(panel)).length, 9);
    assert.ok(!(await columnTexts(panel, 'c-refd')).includes('none'));
  });

  it('group rows by type, and open a group to its rows', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    await panel.page.getByLabel('Group by').selectOption('Type');
    assert.equal((await keys(panel))[0], 'group:Timeout');
    assert.equal((await columnTexts(panel, 'c-count'))[0], '245');
    await panel.page.locator('tr[data-key="group:Timeout"]').click();
    assert.equal(await panel.page.locator('#pane tr.sub').count(), 3);
    assert.deepEqual(await panel.posted(), [], 'a grouping is no group of the target: nothing is asked for');
  });

  it('open a group to its members, and ask for more', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    const row = panel.page.locator('tr[data-key="Timeout@1"]');
    await row.click();
    assert.equal(await row.getAttribute('aria-expanded'), 'true');
    assert.deepEqual(await panel.posted(), [{ type: 'instances', key: 'Timeout@1', limit: 50 }]);
    assert.match(await panel.text('#pane tr.sub'), /Asking the target for 240/);
    await panel.send(instances(50));
    assert.equal(await panel.lines(), 12 + 51);
    assert.match(await panel.text('#pane tr.sub'), /async id 18000\s+every 1 000 ms, due in 400 ms\s+4 min\s+yes/);
    await panel.lastLine();
    const remark = panel.page.locator('tr[data-key="Timeout@1/more"]');
    assert.match(await remark.innerText(), /^50 of 240 shown\. Show 50 more$/);
    await panel.page.getByRole('button', { name: 'Show 50 more' }).click();
    assert.deepEqual((await panel.posted())[1], { type: 'instances', key: 'Timeout@1', limit: 100 });
    await panel.send(instances(100));
    await panel.lastLine();
    assert.match(await remark.innerText(), /^100 of 240 shown\./);
    await panel.page.keyboard.press('Home');
    await row.click();
    assert.equal(await panel.lines(), 12);
  });

  it('show at most 500 members of a group, and say so', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    await panel.page.locator('tr[data-key="Timeout@1"]').click();
    for (let limit = 50; limit < 500; limit += 50) {
      await panel.send(instances(limit, 1200));
      await panel.lastLine();
      await panel.page.getByRole('button', { name: 'Show 50 more' }).click();
    }
    await panel.send(instances(500, 1200));
    assert.deepEqual((await panel.posted()).at(-1), { type: 'instances', key: 'Timeout@1', limit: 500 });
    await panel.lastLine();
    const remark = await panel.text('tr[data-key="Timeout@1/more"]');
    assert.equal(remark.trim(), '500 of 1\u202f200 shown, the most at a time.');
  });

  it('are one tab stop, moved in by arrows, opened by right and left, followed by Enter', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    assert.equal(await panel.page.locator('#pane tbody [tabindex="0"]').count(), 1);
    await panel.page.locator('tr[data-key="Timeout@1"]').focus();
    await panel.page.keyboard.press('ArrowRight');
    await panel.send(instances(2, 2));
    const focused = (): Promise<string | null> => panel.page.locator('#pane tr:focus').getAttribute('data-key');
    await panel.page.keyboard.press('ArrowDown');
    assert.equal(await focused(), 'Timeout@1/18000');
    await panel.page.keyboard.press('ArrowLeft');
    assert.equal(await focused(), 'Timeout@1');
    await panel.page.keyboard.press('ArrowLeft');
    assert.equal(await panel.page.locator('#pane tr.sub').count(), 0);
    await panel.page.keyboard.press('ArrowDown');
    assert.equal(await focused(), 'TCPWRAP@6');
    await panel.page.keyboard.press('Enter');
    assert.deepEqual((await panel.posted()).at(-1), { type: 'openSite', site: 6 });
    await panel.page.keyboard.press('End');
    assert.equal(await focused(), (await keys(panel)).at(-1));
  });

  it('are copied by row, as text and as Markdown, and as a whole', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    const copied = async (): Promise<unknown> => (await panel.posted()).at(-1);
    await panel.page.locator('tr[data-key="TCPWRAP@4"]').focus();
    await panel.page.keyboard.press('Control+c');
    const cells = ['TCPWRAP', 'poll', '4', '0', '12 min', 'all', '/srv/api/src/db.ts:14:20 connect pg'];
    assert.deepEqual(await copied(), { type: 'copyText', text: cells.join('\t') });
    await panel.page.keyboard.press('Control+Alt+c');
    const markdown = [
      '| Type | Phase | Count | Change /s | Oldest | Ref’d | Created at |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      `| ${cells.join(' | ')} |`,
    ];
    assert.deepEqual(await copied(), { type: 'copyText', text: markdown.join('\n') });
    await panel.page.locator('#tab-listeners').click();
    await panel.page.locator('tr[data-key="Server/error#1"]').click({ button: 'right' });
    await panel.send({ type: 'copy', as: 'row' });
    const listeners = 'Server\terror\t14\t10\t0\t1\t/srv/api/src/retry.ts:9:10 (11), /srv/api/src/server.ts:22:8 (3)';
    assert.deepEqual(await copied(), { type: 'copyText', text: listeners });
    await panel.page.getByLabel('Filter rows').fill('event:error');
    await panel.send({ type: 'copy', as: 'tableMarkdown' });
    const message = (await copied()) as { text: string };
    assert.deepEqual(
      message.text.split('\n').map((line) => line.split(' | ')[0]),
      ['| Emitter', '| ---', '| Server', '| Client'],
    );
  });

  it('open the place of a row, of a finding and of a listener', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    await panel.page.locator('tr[data-key="TCPWRAP@6"] a.site').click();
    await panel.page.locator('.findings li[data-rule=timer-leak] a.site').click();
    await panel.page.locator('#tab-listeners').click();
    await panel.page.locator('tr[data-key="Server/error#1"] a.site').nth(1).click();
    const sites = [6, 1, 2].map((site) => ({ type: 'openSite', site }));
    assert.deepEqual(await panel.posted(), sites);
    const tip = await panel.page.locator('tr[data-key="Server/error#1"] a.site').first().getAttribute('data-tip');
    assert.equal(tip, 'withRetry at /srv/api/src/retry.ts:9:10\nRuns as /srv/api/dist/retry.js:9:10\nGo to line');
  });

  it('go from a finding to its row, whatever the filter hides', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    await panel.page.getByLabel('Filter rows').fill('undici');
    await panel.page.getByRole('button', { name: 'Show in Listeners' }).click();
    assert.equal(await panel.page.locator('#pane tr:focus').getAttribute('data-key'), 'Server/error#1');
    await panel.page.getByRole('button', { name: 'Show in Pending' }).click();
    assert.equal(await panel.page.locator('#pane tr:focus').getAttribute('data-key'), 'Timeout@1');
  });

  it('mark listeners over their limit, and say where they were added', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    await panel.page.locator('#tab-listeners').click();
    assert.equal(await panel.text('.c-count .warnText'), '14');
    assert.equal((await columnTexts(panel, 'c-site'))[0], 'retry.ts:9 (11), server.ts:22 (3)');
    assert.equal((await columnTexts(panel, 'c-limit'))[1], '–', 'several emitters have no one limit');
  });

  it('say that the sampler is off instead of showing no functions', async () => {
    const panel = await open();
    await panel.send(
      { ...attachmentMessage('live'), snapshot: snapshotOf({ hot: null }) },
      { type: 'showTab', tab: 'hot' },
    );
    assert.match(await panel.text('#pane'), /^The CPU sampler is off, so hot functions are not known\./);
  });
});
