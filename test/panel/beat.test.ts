import assert from 'node:assert/strict';
import { arrange, type Order } from '../../media/rows';
import { attachmentOf, group, nextSnapshot, snapshotOf } from '../support/samples';
import { attachmentMessage, beatMessage } from './messages';
import { usePanel, type PanelPage } from './panelPage';

type Box = [left: number, right: number, top: number];

/** Places of everything that holds text: cells, labels, heads. The ring's labels ride on arcs, and do move. */
function boxes(panel: PanelPage): Promise<Record<string, Box>> {
  return panel.page.evaluate(() => {
    const found: Record<string, Box> = {};
    const all = document.querySelectorAll(
      '#head *, #phases td, #phases th, .chead *, .axis *, .findings *, #bar *, #pane td, #pane th, #foot *',
    );
    all.forEach((element, at) => {
      const { left, right, top } = element.getBoundingClientRect();
      found[`${at} ${element.tagName} ${element.getAttribute('class') ?? ''}`] = [left, right, top];
    });
    return found;
  });
}

const keys = (panel: PanelPage): Promise<(string | null)[]> =>
  panel.page.locator('#pane tbody tr[data-key]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-key')));

describe('a beat', () => {
  const { open } = usePanel();

  it('changes the figures in place', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    await panel.send(beatMessage(nextSnapshot(snapshotOf())));
    assert.equal(await panel.text('#utilization'), '75 %');
    assert.equal(await panel.text('tr[data-phase=timers] td:nth-of-type(2)'), '580.1');
    assert.equal(await panel.text('tr[data-key="Timeout@1"] .c-count'), '241');
    assert.match(await panel.text('#snapshot'), /Snapshot 725, 14:03:20/);
  });

  it('moves no text', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    const before = await boxes(panel);
    assert.ok(Object.keys(before).length > 200);
    let snapshot = snapshotOf();
    for (let at = 0; at < 4; at++) {
      snapshot = nextSnapshot(snapshot, { cpu: { userShare: at / 4, systemShare: 0.1 } });
      await panel.send(beatMessage(snapshot));
    }
    const after = await boxes(panel);
    const moved = Object.keys(before).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
    assert.deepEqual(moved, []);
    assert.deepEqual(Object.keys(after), Object.keys(before));
  });

  it('of another attachment changes nothing', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    await panel.send(beatMessage(nextSnapshot(snapshotOf()), attachmentOf({ attachmentId: 'other' })));
    assert.equal(await panel.text('#utilization'), '78 %');
  });

  it('holds ring and table while the pointer is on them; the charts go on', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    await panel.page.locator('tr[data-phase=check]').hover();
    const next = nextSnapshot(snapshotOf(), { cpu: { userShare: 0.11, systemShare: 0.02 } });
    await panel.send(beatMessage(next));
    assert.equal(await panel.text('#utilization'), '78 %');
    assert.equal(await panel.text('tr[data-phase=window] .how'), 'held');
    assert.match(await panel.text('[data-chart=cpu] .read'), /11/);
    await panel.page.mouse.move(640, 4);
    await panel.page.waitForFunction(() => document.querySelector('#utilization')?.textContent === '75 %');
  });

  it('keeps rows and order while the pointer is inside, and sorts again when it leaves', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    const before = await keys(panel);
    await panel.page.locator('tr[data-key="TCPWRAP@4"]').hover();
    const [first, second, , ...rest] = snapshotOf().pending;
    assert.ok(first && second);
    const fresh = group('UDPWRAP', 'poll', 900, 13);
    const pending = [fresh, { ...second, count: 300 }, first, ...rest];
    await panel.send(beatMessage(nextSnapshot(snapshotOf(), { pending })));
    assert.deepEqual(await keys(panel), [...before, 'UDPWRAP@13'], 'a new row goes below');
    const gone = panel.page.locator('tr[data-key="TCPWRAP@4"]');
    assert.equal(await gone.getAttribute('class'), 'ended', 'an ended row stays, greyed');
    assert.equal(await gone.locator('.c-count').innerText(), '0');
    assert.equal(await panel.text('tr[data-key="TCPWRAP@6"] .c-count'), '300', 'figures go on');
    await panel.page.mouse.move(640, 4);
    await panel.page.waitForFunction(
      () => document.querySelector('#pane tbody tr')?.getAttribute('data-key') === 'UDPWRAP@13',
    );
    assert.deepEqual((await keys(panel)).slice(0, 3), ['UDPWRAP@13', 'TCPWRAP@6', 'Timeout@1']);
  });

  it('keeps scroll position, opened rows and focus', async () => {
    const panel = await open({ height: 620 });
    await panel.send(attachmentMessage('live'));
    await panel.page.locator('tr[data-key="TCPWRAP@6"]').click();
    await panel.page.locator('#pane').evaluate((pane) => (pane.scrollTop = 60));
    await panel.send(beatMessage(nextSnapshot(snapshotOf())));
    assert.equal(await panel.page.locator('#pane').evaluate((pane) => pane.scrollTop), 60);
    assert.equal(await panel.page.locator('tr[data-key="TCPWRAP@6"]').getAttribute('aria-expanded'), 'true');
    assert.equal(await panel.page.locator('#pane tr:focus').getAttribute('data-key'), 'TCPWRAP@6');
  });

  it('draws the trend of each group', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    let snapshot = snapshotOf();
    for (let at = 0; at < 5; at++) {
      snapshot = nextSnapshot(snapshot);
      await panel.send(beatMessage(snapshot));
    }
    const points = await panel.page.locator('tr[data-key="Timeout@1"] .spark polyline').getAttribute('points');
    assert.equal(points?.split(' ').length, 6);
  });

  it('draws the trend of a row that gathers groups, and sorts by it', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    await panel.page.getByLabel('Group by').selectOption('Type');
    let snapshot = snapshotOf();
    for (let at = 0; at < 3; at++) {
      snapshot = nextSnapshot(snapshot);
      await panel.send(beatMessage(snapshot));
    }
    const line = panel.page.locator('tr[data-key="group:Timeout"] .spark polyline');
    const heights = ((await line.getAttribute('points')) ?? '').split(' ').map((point) => Number(point.split(',')[1]));
    assert.equal(heights.length, 4);
    assert.ok(Number(heights[0]) > Number(heights[3]), `it rises: ${heights.join(' ')}`);
    await panel.page.locator('#pane th', { hasText: 'Trend' }).getByRole('button').click();
    await panel.page.locator('#pane th', { hasText: 'Trend' }).getByRole('button').click();
    assert.equal((await keys(panel))[0], 'group:Timeout');
  });
});

describe('the order of rows', () => {
  interface Row {
    key: string;
    count: number;
  }
  const row = (key: string, count: number): Row => ({ key, count });
  const run = (
    before: Order<Row> | null,
    rows: Row[],
    held: boolean,
    nowMs: number,
    isSteady = false,
  ): { order: Order<Row>; keys: string } => {
    const order = arrange(before, rows, {
      signature: 'count',
      value: ({ count }) => count,
      isFigure: true,
      isSteady,
      descending: true,
      held,
      ended: ({ key }) => row(key, 0),
      nowMs,
    });
    const keys = order.placed.map(({ row: { key }, endedAtMs }) => (endedAtMs === null ? key : `(${key})`));
    return { order, keys: keys.join(' ') };
  };

  it('does not change for a small swap, and does for one that is plain', () => {
    const first = run(null, [row('a', 10), row('b', 9)], false, 0);
    assert.equal(first.keys, 'a b');
    const small = run(first.order, [row('a', 9), row('b', 11)], false, 1000);
    assert.equal(small.keys, 'a b');
    assert.equal(run(small.order, [row('a', 9), row('b', 30)], false, 2000).keys, 'b a');
  });

  it('keeps an ended row for six seconds, longer while it is held', () => {
    const all = [row('a', 10), row('b', 9), row('c', 8)];
    const left = [row('a', 10), row('c', 8)];
    // An order is carried on: each begins with its own.
    const next = (rows: Row[], held: boolean, nowMs: number): string =>
      run(run(run(null, all, false, 0).order, left, false, 1000).order, rows, held, nowMs).keys;
    assert.equal(next(left, false, 1000), 'a (b) c');
    assert.equal(next(left, false, 6500), 'a (b) c');
    assert.equal(next(left, false, 7500), 'a c');
    assert.equal(next(left, true, 60_000), 'a (b) c');
    assert.equal(next([row('a', 10), row('b', 7), row('c', 8)], false, 3000), 'a b c');
  });

  it('takes a row that comes back after it was let go as a new one', () => {
    const all = [row('a', 10), row('b', 9), row('c', 8)];
    const left = [row('a', 10), row('c', 8)];
    const gone = run(run(run(null, all, false, 0).order, left, false, 1000).order, left, false, 7500);
    assert.equal(gone.keys, 'a c');
    assert.equal(run(gone.order, all, false, 8000).keys, 'a c b');
  });

  it('lets ended rows go when it is made anew', () => {
    const first = run(null, [row('a', 10), row('b', 9), row('c', 8)], false, 0);
    const ended = run(first.order, [row('a', 10), row('c', 80)], false, 1000);
    assert.equal(ended.keys, 'c a');
    assert.equal(run(ended.order, [row('a', 10), row('b', 9), row('c', 80)], false, 2000).keys, 'c a b');
  });

  it('is the same whether all rows are asked or only those that changed', () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 16_807) % 2_147_483_647) % below;
    let rows = Array.from({ length: 30 }, (_, at) => row(`k${at}`, random(50)));
    let asked: ReturnType<typeof run> | null = null;
    let spared: ReturnType<typeof run> | null = null;
    const seen = new Set<string>();
    for (let beat = 0; beat < 400; beat++) {
      rows = rows.map((one) => (random(20) === 0 ? row(one.key, random(80)) : one)).filter(() => random(30) > 0);
      while (rows.length < 30) rows.push(row(`k${random(60)}`, random(80)));
      rows = [...new Map(rows.map((one) => [one.key, one])).values()];
      if (random(10) === 0) rows.reverse();
      const held = beat % 20 > 14;
      const isLetGo = beat % 20 === 0 && beat > 0;
      asked = run(asked?.order ?? null, rows, held, beat * 1000);
      spared = run(spared?.order ?? null, rows, held, beat * 1000, true);
      assert.equal(spared.keys, asked.keys, `in beat ${beat}`);
      const there = spared.keys.split(' ').filter((key) => !key.startsWith('('));
      assert.deepEqual([...there].sort(), rows.map(({ key }) => key).sort(), `in beat ${beat}`);
      const inOrder = [...rows].sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
      if (isLetGo) assert.equal(spared.keys, inOrder.map(({ key }) => key).join(' '), `in beat ${beat}`);
      seen.add(spared.keys);
    }
    assert.ok(seen.size > 100, `${seen.size} orders were met`);
  });
});
