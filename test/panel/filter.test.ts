import assert from 'node:assert/strict';
import { nextSnapshot, snapshotOf } from '../support/samples';
import { attachmentMessage, beatMessage } from './messages';
import { usePanel, type PanelPage } from './panelPage';

const keys = (panel: PanelPage): Promise<(string | null)[]> =>
  panel.page.locator('#pane tbody tr[data-key]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-key')));

describe('the filter of the tables', () => {
  const { open } = usePanel();

  it('asks for type, place, age and growth of what is pending', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'), beatMessage(nextSnapshot(snapshotOf())));
    const filter = panel.page.getByLabel('Filter rows');
    const left: Record<string, string[]> = {
      'type:Timeout site:poller age>1m +growing': ['Timeout@1'],
      'type:Timeout -growing': ['Timeout@12', 'Timeout@15'],
      'phase:check,close': ['Immediate@9'],
      'package:pg': ['TCPWRAP@4'],
      '-package:"your code" -type:timeout +alive': ['TCPWRAP@4', 'FSEVENTWRAP@10'],
      'change<0': ['FSREQCALLBACK@7'],
      'age>12min count=1 site:server,metrics': ['TCPSERVERWRAP@2', 'Timeout@15'],
      '+before -server': ['PIPEWRAP@before'],
      '+finding': ['Timeout@1'],
    };
    for (const [text, expected] of Object.entries(left)) {
      await filter.fill(text);
      assert.deepEqual(await keys(panel), expected, text);
      assert.equal(await filter.getAttribute('aria-invalid'), 'false', text);
    }
  });

  it('asks for the words of the other tables, too', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'), { type: 'showTab', tab: 'listeners' });
    const filter = panel.page.getByLabel('Filter rows');
    await filter.fill('+over');
    assert.deepEqual(await keys(panel), ['Server/error#1']);
    await filter.fill('event:error -site:retry count>3');
    assert.deepEqual(await keys(panel), ['Client/error#*']);
    await panel.send({ type: 'showTab', tab: 'hot' });
    await filter.fill('self>20 -function:buildReport');
    assert.deepEqual(await keys(panel), ['hot13', 'hot1']);
  });

  it('says in a sentence which term it leaves out, and goes by the others', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    const filter = panel.page.getByLabel('Filter rows');
    await filter.fill('typ:x type:Immediate');
    const problem = panel.page.locator('#filterProblem');
    assert.match(
      await problem.innerText(),
      /^“typ:x” is left out: there is no field typ\. Fields are type, phase, site/,
    );
    assert.equal(await filter.getAttribute('aria-invalid'), 'true');
    assert.equal(await filter.getAttribute('aria-describedby'), await problem.getAttribute('id'));
    assert.deepEqual(await keys(panel), ['Immediate@9']);
    await filter.press('Escape');
    assert.equal(await problem.innerText(), '');
    assert.equal((await keys(panel)).length, 12);
  });

  it('explains itself, by mouse and by keyboard', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    await panel.page.getByLabel('Filter rows').focus();
    await panel.page.keyboard.press('Tab');
    await panel.page.keyboard.press('Enter');
    const help = panel.page.getByRole('region', { name: 'Help on the filter' });
    assert.match(await help.innerText(), /type:Timeout site:poller age>1m \+growing[^]*age>10s\s+age of the oldest/);
    await panel.page.getByRole('button', { name: 'Close help' }).focus();
    await panel.page.keyboard.press('Escape');
    assert.equal(await help.count(), 0);
    assert.equal(await panel.text('button:focus'), '');
    assert.equal(await panel.page.locator('button:focus').getAttribute('aria-label'), 'Help on the filter');
    await panel.page.getByRole('tab', { name: 'Hot functions' }).click();
    await panel.page.getByRole('button', { name: 'Help on the filter' }).click();
    assert.match(await help.innerText(), /self>10\s+milliseconds in the function itself/);
  });
});
