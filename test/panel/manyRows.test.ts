import assert from 'node:assert/strict';
import type { Kept } from '../../src/protocol/panel';
import type { PendingGroup, Site, Snapshot } from '../../src/protocol/snapshot';
import { group, nextSnapshot, snapshotOf } from '../support/samples';
import { attachmentMessage, beatMessage } from './messages';
import { usePanel, type PanelPage } from './panelPage';

const MANY = 10_000;
const LINE_PX = 24;

const SITES: Snapshot['sites'] = Object.fromEntries(
  Array.from({ length: MANY }, (_, at): [number, Site] => [
    at,
    {
      function: `made${at}`,
      url: `file:///srv/file${at % 300}.js`,
      line: at,
      column: 5,
      package: null,
      generated: null,
    },
  ]),
);

const timers = (at: number, more: Partial<PendingGroup> = {}): PendingGroup =>
  group('Timeout', 'timers', MANY - at, at, { key: `Timeout@${at}`, ...more });

const many = (): Snapshot =>
  snapshotOf({ pending: Array.from({ length: MANY }, (_, at) => timers(at)), sites: SITES, findings: [] });

/** A beat in which only these groups are told. */
function smallBeat(before: Snapshot, pending: PendingGroup[], ended: string[] = []): ReturnType<typeof beatMessage> {
  const snapshot = nextSnapshot(before, { pending, sites: {} });
  const kept: Kept = { sequence: before.sequence, olderMs: 1000, ended, endedListeners: [], unusedSites: [] };
  return { ...beatMessage(snapshot), kept };
}

const drawn = (panel: PanelPage): Promise<number> => panel.page.locator('#pane tr[data-key]').count();

const scrollTo = (panel: PanelPage, top: number): Promise<void> =>
  panel.page.locator('#pane').evaluate((pane, to) => void (pane.scrollTop = to), top);

/** Key of the row that stands right under the head of the table. */
const topRow = (panel: PanelPage): Promise<string | null | undefined> =>
  panel.page
    .locator('#pane th')
    .first()
    .evaluate((head) => {
      const { left, bottom } = head.getBoundingClientRect();
      return document
        .elementFromPoint(left + 40, bottom + 12)
        ?.closest('tr')
        ?.getAttribute('data-key');
    });

const focused = (panel: PanelPage): Promise<string | null> =>
  panel.page.locator('tr:focus').getAttribute('data-key', { timeout: 5000 });

describe('ten thousand rows', () => {
  const { open } = usePanel();

  async function openMany(): Promise<{ panel: PanelPage; snapshot: Snapshot }> {
    const panel = await open();
    const snapshot = many();
    await panel.send({ ...attachmentMessage('live'), snapshot });
    return { panel, snapshot };
  }

  it('are all there to scroll to, though only those in sight are drawn', async () => {
    const { panel } = await openMany();
    assert.equal(await panel.lines(), MANY);
    assert.ok((await drawn(panel)) < 100);
    const height = await panel.page.locator('#pane').evaluate((pane) => pane.scrollHeight);
    assert.ok(Math.abs(height - (MANY + 1) * LINE_PX) < 4, `${height} px`);
    for (const at of [5000, 120, 9000]) {
      await scrollTo(panel, at * LINE_PX);
      await panel.page.locator(`tr[data-key="Timeout@${at}"]`).waitFor();
      assert.equal(await topRow(panel), `Timeout@${at}`);
      assert.equal(await panel.page.locator(`tr[data-key="Timeout@${at}"]`).getAttribute('aria-rowindex'), `${at + 2}`);
      assert.ok((await drawn(panel)) < 100);
    }
  });

  it('are walked through by keyboard, from end to end', async () => {
    const { panel } = await openMany();
    await panel.page.locator('tr[data-key="Timeout@0"]').focus();
    await panel.page.keyboard.press('End');
    assert.equal(await focused(panel), 'Timeout@9999');
    await panel.page.keyboard.press('PageUp');
    assert.equal(await focused(panel), 'Timeout@9989');
    await panel.page.keyboard.press('Home');
    assert.equal(await focused(panel), 'Timeout@0');
    await panel.page.keyboard.press('ArrowUp');
    assert.equal(await focused(panel), 'Timeout@0');
    assert.equal(await topRow(panel), 'Timeout@0', 'the head hides no row that has the focus');
  });

  it('keep focus, selection and scroll position over beats, also of a row that is out of sight', async () => {
    const { panel, snapshot } = await openMany();
    await scrollTo(panel, 400 * LINE_PX);
    await panel.page.locator('tr[data-key="Timeout@402"]').click();
    await scrollTo(panel, 7000 * LINE_PX);
    await panel.page.locator('tr[data-key="Timeout@7000"]').waitFor();
    const top = await topRow(panel);
    let before = snapshot;
    for (let beat = 0; beat < 3; beat++) {
      const message = smallBeat(before, [timers(402, { count: 9600 + beat }), timers(7001, { count: 2990 + beat })]);
      await panel.send(message);
      before = message.snapshot;
    }
    assert.equal(await topRow(panel), top);
    assert.equal(await focused(panel), 'Timeout@402');
    const row = panel.page.locator('tr[data-key="Timeout@402"]');
    assert.equal(await row.getAttribute('aria-selected'), 'true');
    assert.equal(await row.locator('.c-count').innerText(), '9\u202f602');
    assert.equal(await panel.page.locator('tr[aria-selected=true]').count(), 1);
    assert.equal(await panel.text('tr[data-key="Timeout@7001"] .c-count'), '2\u202f992');
    await panel.page.keyboard.press('ArrowDown');
    assert.equal(await focused(panel), 'Timeout@402/asking');
  });

  it('grow older in sight, and go when they end', async () => {
    const { panel, snapshot } = await openMany();
    await panel.page.mouse.move(640, 4);
    const first = smallBeat(snapshot, [], ['Timeout@1']);
    await panel.send(first);
    assert.equal(await panel.text('tr[data-key="Timeout@0"] .c-oldest'), '1 min');
    assert.equal(await panel.page.locator('tr[data-key="Timeout@1"]').getAttribute('class'), 'ended');
    const later = { ...smallBeat(first.snapshot, []) };
    await panel.send({ ...later, kept: { ...later.kept!, olderMs: 119_000 } });
    assert.equal(await panel.text('tr[data-key="Timeout@0"] .c-oldest'), '3 min');
    assert.equal(await panel.lines(), MANY);
    await panel.send(smallBeat({ ...later.snapshot, timeMs: later.snapshot.timeMs + 10_000 }, []));
    assert.equal(await panel.lines(), MANY - 1);
  });

  it('are filtered and grouped, and a group opens to all of its rows', async () => {
    const { panel } = await openMany();
    await panel.page.getByLabel('Filter rows').fill('site:file7.js count>9000');
    assert.equal(await drawn(panel), 4);
    await panel.page.getByLabel('Filter rows').fill('');
    await panel.page.getByLabel('Group by').selectOption('File');
    assert.equal(await panel.lines(), 300);
    await panel.page.getByLabel('Group by').selectOption('Type');
    await panel.page.locator('tr[data-key="group:Timeout"]').click();
    assert.equal(await panel.lines(), MANY + 1);
    assert.ok((await drawn(panel)) < 100);
    await panel.page.keyboard.press('End');
    assert.equal(await focused(panel), 'group:Timeout/Timeout@9999');
    await panel.page.keyboard.press('ArrowLeft');
    assert.equal(await focused(panel), 'group:Timeout');
  });

  it('are asked for again when a beat was lost', async () => {
    const { panel, snapshot } = await openMany();
    await panel.send(smallBeat({ ...snapshot, sequence: 800 }, [timers(0, { count: 1 })]));
    assert.equal(
      await panel.page.evaluate(() => window.fakeHost.posted.filter(({ type }) => type === 'ready').length),
      2,
    );
    assert.equal(await panel.text('tr[data-key="Timeout@0"] .c-count'), '10\u202f000');
  });
});
