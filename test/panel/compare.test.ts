import assert from 'node:assert/strict';
import type { ComparedProcess, ToPanel } from '../../src/protocol/panel';
import { MB } from '../support/samples';
import { attachmentMessage, TARGETS } from './messages';
import { usePanel, type PanelPage } from './panelPage';

const WIDTHS = [1280, 700, 360];

function compared(attachmentId: string, more: Partial<ComparedProcess> = {}): ComparedProcess {
  return {
    attachmentId,
    name: 'worker.js',
    pid: 4300 + Number(attachmentId.slice(1)),
    depth: 1,
    state: 'running',
    utilization: 0.42,
    utilizationMethod: 'counter',
    latenessMaxMs: 12.34,
    heapUsedBytes: 61 * MB,
    pending: { timers: 12, immediates: 0, requests: 3, handles: 8, promises: null },
    ...more,
  };
}

const PROCESSES = [
  compared('a1', { name: 'api.js', depth: 0, utilization: 0.08, utilizationMethod: 'sampled' }),
  compared('a2', { state: 'blocked', utilization: 1, latenessMaxMs: 1350 }),
  compared('a3', { name: 'resize.js', depth: 2, latenessMaxMs: null }),
  compared('a4', { state: 'notAnswering' }),
  compared('a5', { name: 'mail.js', depth: 0, utilization: null, utilizationMethod: null, pending: null }),
];

const processes = (list = PROCESSES): ToPanel => ({ type: 'processes', processes: list });

describe('the attached processes side by side', () => {
  const { open } = usePanel();

  async function opened(options: Parameters<typeof open>[0] = {}): Promise<PanelPage> {
    const panel = await open(options);
    await panel.send({ ...attachmentMessage('live'), targets: TARGETS }, { type: 'showTab', tab: 'compare' });
    await panel.send(processes());
    return panel;
  }

  const names = (panel: PanelPage): Promise<string[]> =>
    panel.page.locator('#compareTable td.c-process button').allInnerTexts();
  const cells = async (panel: PanelPage, at: number): Promise<string[]> =>
    (await panel.page.locator(`#compareTable tbody tr:nth-child(${at}) td`).allInnerTexts()).map((text) =>
      text.replace(/\s+/g, ' ').trim(),
    );

  it('have a tab once there are two, and are asked for only while it is shown', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    const tab = panel.page.getByRole('tab', { name: 'Compare' });
    assert.equal(await tab.count(), 0);
    await panel.send({ type: 'targets', targets: TARGETS });
    assert.equal((await tab.innerText()).replace(/\s+/g, ' '), 'Compare 2');
    assert.deepEqual(await panel.posted(), []);
    await tab.click();
    assert.deepEqual(await panel.posted(), [{ type: 'compare', shown: true }]);
    await panel.page.getByRole('tab', { name: 'Process' }).click();
    assert.deepEqual((await panel.posted()).at(-1), { type: 'compare', shown: false });
  });

  it('are asked for again by a page that is loaded anew', async () => {
    const first = await opened();
    const second = await open({ kept: await first.kept() });
    assert.deepEqual(await second.posted(), [{ type: 'compare', shown: true }]);
  });

  it('show state and figures in a row each, and a dash for what is not known', async () => {
    const panel = await opened();
    assert.deepEqual(await cells(panel, 1), [
      ...['api.js 4301', 'Running', '≈ 8', '12.3', '61'],
      ...['12', '0', '3', '8', '–'],
    ]);
    assert.deepEqual((await cells(panel, 2)).slice(0, 4), ['worker.js 4302', 'Blocked', '100', '1 350.0']);
    assert.deepEqual((await cells(panel, 3)).slice(3, 4), ['–']);
    assert.deepEqual((await cells(panel, 5)).slice(2, 3), ['–']);
    assert.deepEqual((await cells(panel, 5)).slice(5), ['–', '–', '–', '–', '–']);
  });

  it('stand below the one that started them, as soon as they come, until they are sorted by a figure', async () => {
    const panel = await opened();
    const indents = (): Promise<number[]> =>
      panel.page
        .locator('#compareTable .branch')
        .evaluateAll((all) => all.map((each) => parseFloat(getComputedStyle(each).paddingLeft)));
    assert.deepEqual(await indents(), [0, 16, 32, 16, 0]);
    await panel.send(
      processes([...PROCESSES.slice(0, 2), compared('a6', { name: 'new.js', depth: 2 }), ...PROCESSES.slice(2)]),
    );
    assert.deepEqual(await names(panel), ['api.js', 'worker.js', 'new.js', 'resize.js', 'worker.js', 'mail.js']);
    await panel.page.getByRole('button', { name: 'Late ms' }).click();
    assert.equal((await cells(panel, 1))[3], '1 350.0');
    assert.deepEqual([...new Set(await indents())], [0]);
  });

  it('are opened with the mouse and with the keyboard, and the shown one is marked', async () => {
    const panel = await opened();
    const marked = panel.page.locator('#compareTable [aria-current=true]');
    assert.deepEqual(await marked.allInnerTexts(), ['api.js']);
    await panel.page.getByRole('button', { name: 'resize.js' }).click();
    assert.deepEqual((await panel.posted()).at(-1), { type: 'select', attachmentId: 'a3' });
    await panel.page.locator('#compareTable tbody tr').first().focus();
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('Enter');
    assert.deepEqual((await panel.posted()).at(-1), { type: 'select', attachmentId: 'a2' });
    const next = attachmentMessage('live');
    await panel.send({ ...next, attachment: { ...next.attachment, attachmentId: 'a2', targetId: 'a2' } });
    assert.equal(await marked.innerText(), 'worker.js');
    assert.match(await panel.text('[role=tab][aria-selected=true]'), /Compare/);
  });

  it('are found by name and pid', async () => {
    const panel = await opened();
    await panel.page.getByLabel('Filter rows').fill('4305');
    assert.deepEqual(await names(panel), ['mail.js']);
    await panel.page.getByLabel('Filter rows').fill('nothing');
    assert.match(await panel.text('#pane'), /No row matches\. 5 processes are hidden/);
  });

  it('keep their first figures at every width', async () => {
    const panel = await opened();
    for (const width of WIDTHS) {
      await panel.resize(width);
      for (const part of ['#app', '#pane']) {
        const [content, room] = await panel.page
          .locator(part)
          .evaluate((element) => [element.scrollWidth, element.clientWidth]);
        assert.equal(content, room, `nothing reaches out of ${part} at ${width} px`);
      }
      for (const title of ['Active %', 'Late ms', 'Heap MB', 'Timers']) {
        assert.ok(await panel.page.getByRole('button', { name: title }).isVisible(), `${title} at ${width} px`);
      }
    }
  });

  it('say with one process how more come', async () => {
    const panel = await opened();
    await panel.send(processes(PROCESSES.slice(0, 1)));
    assert.match(await panel.text('#pane'), /Attach to more processes to see them side by side/);
  });
});
