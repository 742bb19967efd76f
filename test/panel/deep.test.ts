import assert from 'node:assert/strict';
import { attachmentOf, nextSnapshot } from '../support/samples';
import { attachmentMessage, beatMessage, deepSnapshot } from './messages';
import { usePanel, type PanelPage } from './panelPage';

const PROMISES = '#pane tbody tr[data-key^="PROMISE"]';

const PARENTS = '#pane tr[data-key*="/parent "]';

const cells = (panel: PanelPage, column: string): Promise<string[]> =>
  panel.page.locator(`${PROMISES} td.${column}`).allInnerTexts();

const exact = { ...attachmentMessage('deep'), snapshot: deepSnapshot(1) };

describe('level deep', () => {
  const { open } = usePanel();

  it('shows promises by the place that awaits them, counts of sampled ones as estimates', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('deep'));
    assert.deepEqual(
      (await cells(panel, 'c-site')).map((text) => text.split('\n')[0]),
      ['db.ts:41', 'orders.ts:64', 'mail.ts:57', 'poller.ts:34'],
    );
    assert.deepEqual(await cells(panel, 'c-count'), ['≈\u202f320', '≈\u202f48', '≈\u202f16', '≈\u202f16']);
    assert.equal((await cells(panel, 'c-delta'))[0], '≈\u202f+16.0');
    assert.equal(await panel.text('tr[data-key="Timeout@1"] .c-count'), '240', 'what is counted is no estimate');
    assert.equal(await panel.text('#tab-pending .badge'), '≈\u202f666');
  });

  it('marks nothing as an estimate where every await is followed', async () => {
    const panel = await open();
    await panel.send(exact);
    assert.deepEqual(await cells(panel, 'c-count'), ['320', '48', '16', '16']);
    assert.equal(await panel.text('#tab-pending .badge'), '666');
  });

  it('marks the sum of a grouping that holds estimates', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('deep'));
    await panel.page.getByLabel('Group by').selectOption('Type');
    assert.equal(await panel.text('tr[data-key="group:PROMISE"] .c-count'), '≈\u202f400');
    assert.equal(await panel.text('tr[data-key="group:Timeout"] .c-count'), '245');
  });

  it('puts the oldest first when the age is sorted by', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('deep'));
    await panel.page.getByLabel('Filter rows').fill('promise');
    await panel.page.locator('#pane th.c-oldest button').click();
    assert.deepEqual(await cells(panel, 'c-oldest'), ['12 min', '4 min', '1 s', '12 ms']);
  });

  it('opens a promise to what awaits it in turn, each a link to its place', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('deep'));
    await panel.page.locator('tr[data-key="PROMISE@16"]').click();
    const parents = panel.page.locator(PARENTS);
    assert.deepEqual(
      (await parents.allInnerTexts()).map((text) => text.trim()),
      ['oldest awaited by orders.ts:64 handleOrder', 'which is awaited by server.ts:27 onConnection'],
    );
    await parents.first().locator('a.site').click();
    await panel.page.locator('tr[data-key="PROMISE@16"]').focus();
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('Enter');
    const instances = { type: 'instances', key: 'PROMISE@16', limit: 50 };
    assert.deepEqual(await panel.posted(), [instances, { type: 'openSite', site: 13 }, { type: 'openSite', site: 6 }]);
  });

  it('lists those that are followed, none of which keeps the process alive', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('deep'));
    await panel.page.locator('tr[data-key="PROMISE@13"]').click();
    const members = [71, 72, 73].map((id) => ({ id, ageMs: 1450, referenced: null, idle: false, detail: '' }));
    await panel.send({ type: 'instances', key: 'PROMISE@13', instances: members, total: 48 });
    assert.match(await panel.page.locator('#pane tr.sub').nth(1).innerText(), /^async id 71\s+1 s\s+no/);
    assert.equal(
      (await panel.page.locator('#pane tr.sub').last().innerText()).trim(),
      '3 of ≈\u202f48 shown, those that are followed.',
    );
  });

  it('opens a promise without known parents to its members only', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('deep'));
    await panel.page.locator('tr[data-key="PROMISE@7"]').click();
    assert.equal(await panel.page.locator(PARENTS).count(), 0);
    assert.match(await panel.text('#pane tr.sub'), /^Asking the target for ≈\u202f16…/);
  });

  it('hides promises from what keeps the process alive', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('deep'));
    assert.deepEqual(await cells(panel, 'c-refd'), ['none', 'none', 'none', 'none']);
    await panel.page.getByRole('button', { name: 'Keeps process alive' }).click();
    assert.equal(await panel.page.locator(PROMISES).count(), 0);
  });

  it('says what it costs, beside the cost of a beat and in the process tab', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('deep'), { type: 'showTab', tab: 'process' });
    assert.match(await panel.text('#foot .cost'), /^Own cost 0\.4 ms \+ 3\.1 ms deep, 2\.1 kB a beat$/);
    assert.match(await panel.text('.kv'), /Pending promises\s+≈\u202f400, one in 16 followed\s+Cost of deep\s+3\.1 ms/);
    await panel.send(attachmentMessage('live'));
    assert.match(await panel.text('#foot .cost'), /^Own cost 0\.4 ms, 2\.1 kB a beat$/);
    assert.match(await panel.text('.kv'), /Pending promises\s+– \(level deep counts them\)\s+Cost of deep\s+–/);
  });

  it('counts promises that could not be followed as dropped', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('deep'));
    const dropped = { resources: 0, sites: 0, beats: 0, promises: 12 };
    await panel.send(beatMessage(nextSnapshot(deepSnapshot(), { dropped }), attachmentOf({ level: 'deep' })));
    assert.equal(await panel.text('#foot .warnText'), 'Dropped 12');
    await panel.page.locator('#foot .warnText').hover();
    assert.match(await panel.hoverCard(), /12 promises$/);
  });

  it('can be asked for', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    await panel.page.getByLabel('Level').selectOption('deep');
    assert.deepEqual(await panel.posted(), [{ type: 'setLevel', level: 'deep' }]);
  });
});
