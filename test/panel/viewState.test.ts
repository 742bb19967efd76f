import assert from 'node:assert/strict';
import { INITIAL_VIEW, readViewState } from '../../media/viewState';
import { attachmentOf } from '../support/samples';
import { attachmentMessage } from './messages';
import { usePanel } from './panelPage';

describe('what the reader chose', () => {
  const { open } = usePanel();

  it('survives that the page is loaded anew', async () => {
    const first = await open();
    await first.send(attachmentMessage('live'));
    await first.page.getByRole('button', { name: 'Keeps process alive' }).click();
    await first.page.getByLabel('Filter rows').fill('ts');
    await first.page.locator('#pane th', { hasText: 'Oldest' }).getByRole('button').click();
    await first.page.locator('tr[data-key="TCPWRAP@6"]').click();
    const kept = await first.kept();

    const second = await open({ kept });
    await second.send(attachmentMessage('live'));
    const { page } = second;
    assert.equal(await page.getByRole('button', { name: 'Keeps process alive' }).getAttribute('aria-pressed'), 'true');
    assert.equal(await page.getByLabel('Filter rows').inputValue(), 'ts');
    assert.equal(await page.locator('#pane th[aria-sort=descending]').innerText(), 'Oldest ↓');
    assert.equal(await page.locator('tr[data-key="TCPWRAP@6"]').getAttribute('aria-expanded'), 'true');
    assert.deepEqual(await second.posted(), [{ type: 'instances', key: 'TCPWRAP@6', limit: 50 }]);
  });

  it('keeps the tab', async () => {
    const first = await open();
    await first.send(attachmentMessage('live'));
    await first.page.locator('#tab-process').click();
    const second = await open({ kept: await first.kept() });
    await second.send(attachmentMessage('live'));
    assert.equal(await second.text('[role=tab][aria-selected=true]'), 'Process');
  });

  it('forgets opened rows with another attachment', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    await panel.page.locator('tr[data-key="TCPWRAP@6"]').click();
    await panel.send({ ...attachmentMessage('live'), attachment: attachmentOf({ attachmentId: 'a2' }) });
    assert.equal(await panel.page.locator('tr[aria-expanded=true]').count(), 0);
  });

  it('is read field by field, whatever an older version has written', () => {
    assert.deepEqual(readViewState(undefined), INITIAL_VIEW);
    assert.deepEqual(readViewState({ tab: 'gone', filters: 7, sorts: { pending: {} }, open: [3, 'a'], alive: 'yes' }), {
      ...INITIAL_VIEW,
      open: ['a'],
    });
    assert.equal(readViewState({ tab: 'hot' }).tab, 'hot');
  });
});
