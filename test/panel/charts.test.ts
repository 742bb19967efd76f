import assert from 'node:assert/strict';
import { bandsOf, CHARTS, nextScale, restartsIn, stepUp, stretchOf } from '../../media/chartData';
import { historyOf, nextSnapshot, NOW_MS, snapshotOf, unknownPoint } from '../support/samples';
import { attachmentMessage, beatMessage } from './messages';
import { usePanel, type PanelPage } from './panelPage';

const chartOf = (id: string): (typeof CHARTS)[number] => {
  const found = CHARTS.find((chart) => chart.id === id);
  assert.ok(found);
  return found;
};

const readings = async (panel: PanelPage, chart: string): Promise<string> =>
  (
    await panel.page.locator(`[data-chart=${chart}] .read > span`).evaluateAll((all) =>
      all.map((item) =>
        [...item.childNodes]
          .map((node) => node.textContent)
          .filter(Boolean)
          .join(' '),
      ),
    )
  ).join(', ');

describe('the charts', () => {
  const { open } = usePanel();

  it('show the newest figures in their heads, the GC time among them', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    assert.equal(await readings(panel, 'lateness'), 'p50 0.4, p99 41, max 350');
    assert.equal(await readings(panel, 'cpu'), 'user 71, system 6');
    assert.equal(await readings(panel, 'heap'), 'used 412, total 448, limit 512, GC ms 12');
    assert.equal(await readings(panel, 'pending'), 'timers 245, handles 17, requests 3');
  });

  it('draw lines on every canvas, in the colours of the theme', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    const drawn = await panel.page.locator('.plot canvas').evaluateAll((all) =>
      all.map((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const pixels = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
        return new Set(Array.from({ length: pixels.length / 4 }, (_, at) => pixels.slice(at * 4, at * 4 + 4).join()))
          .size;
      }),
    );
    assert.equal(drawn.length, 4);
    for (const colours of drawn) assert.ok(colours > 10, `only ${colours} colours`);
  });

  it('share one cursor, by pointer and by keyboard, and say its time', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    await panel.page.locator('#charts').focus();
    for (let at = 0; at < 6; at++) await panel.page.keyboard.press('Shift+ArrowLeft');
    assert.equal(await panel.page.locator('.area .cursor').count(), 4);
    assert.equal(await panel.text('.cursorTime'), '−1 min');
    assert.match(await readings(panel, 'pending'), /^timers 185, /);
    await panel.page.keyboard.press('ArrowRight');
    assert.equal(await panel.text('.cursorTime'), '−59 s');
    await panel.page.keyboard.press('Escape');
    assert.equal(await panel.page.locator('.area .cursor').count(), 0);
    assert.match(await readings(panel, 'pending'), /^timers 245, /);
    await panel.page.locator('[data-chart=cpu] .plot').hover();
    assert.equal(await panel.page.locator('.area .cursor').count(), 4);
  });

  it('follow the beats', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    const next = nextSnapshot(snapshotOf(), { cpu: { userShare: 0.33, systemShare: 0.02 } });
    await panel.send(beatMessage(next));
    assert.equal(await readings(panel, 'cpu'), 'user 33, system 2');
  });

  it('leave a gap where beats are missing', () => {
    const history = historyOf().filter((point) => point.timeMs < NOW_MS - 40_000 || point.timeMs > NOW_MS - 30_000);
    const { points, times } = stretchOf(history, 1000, NOW_MS);
    assert.equal(points.filter((point) => point === null).length, 1);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
  });

  it('mark a restart, for the eye, the pointer and the screen reader', async () => {
    const history = historyOf().map((point, at) =>
      at >= 60 && at < 70 ? { ...unknownPoint(point.timeMs, 'detached'), latenessP50Ms: null } : point,
    );
    assert.deepEqual(restartsIn(stretchOf(history, 1000, NOW_MS)), [history[70]?.timeMs]);
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    assert.equal(await panel.page.locator('.area .restart').count(), 0);
    await panel.send({ ...attachmentMessage('live'), history });
    assert.equal(await panel.page.locator('.area .restart').count(), 4);
    const [x, end] = await panel.page
      .locator('[data-chart=cpu] .area')
      .evaluate((area) => [
        area.querySelector('.restart')?.getBoundingClientRect().x,
        area.getBoundingClientRect().right,
      ]);
    assert.ok(x !== undefined && x < end - 50, `the mark is at ${x}, the end at ${end}`);
    assert.match((await panel.page.locator('#charts').getAttribute('aria-label')) ?? '', /Restarted at \d+:\d\d/);
  });

  it('mark when findings began, the worst of a beat, with their sentences', async () => {
    const [blocked, growing] = snapshotOf().findings;
    assert.ok(blocked && growing);
    const timeMs = NOW_MS - 30_000;
    const marks = [growing, blocked].map(({ severity, text }) => ({ timeMs, severity, text }));
    const panel = await open();
    await panel.send({ ...attachmentMessage('live'), marks });
    const shown = panel.page.locator('.began:visible');
    assert.equal(await shown.count(), 1);
    assert.match((await shown.getAttribute('class')) ?? '', /\berr\b/);
    await shown.hover();
    assert.equal(await panel.hoverCard(), `14:02:49 ${growing.text}\n14:02:49 ${blocked.text}`);
    assert.match(
      (await panel.page.locator('#charts').getAttribute('aria-label')) ?? '',
      /At 14:02:49 began: 240 timers/,
    );
    // One more begins, and is seen in its beat alone.
    const finding = { ...growing, id: 'other', severity: 'info' as const, text: 'Another one.' };
    const next = nextSnapshot(snapshotOf());
    await panel.send(beatMessage({ ...next, findings: [...next.findings, finding] }));
    assert.equal(await shown.count(), 2);
    assert.equal(await shown.last().getAttribute('data-tip'), '14:03:20 Another one.');
    await panel.resize(900);
    assert.equal(await shown.count(), 4);
  });

  it('mark the time in which the target did not run, past and present', () => {
    const history = historyOf().map((point, at) => ({
      ...point,
      state: at >= 20 && at < 30 ? ('blocked' as const) : point.state,
    }));
    const stretch = stretchOf(history, 1000, NOW_MS);
    const bands = bandsOf(stretch, 1000, { state: 'paused', sinceMs: NOW_MS - 5000 });
    assert.deepEqual(
      bands.map(({ fromMs, toMs }) => [fromMs - NOW_MS, toMs - NOW_MS]),
      [
        [-101_000, -91_000],
        [-5000, 0],
      ],
    );
  });

  it('have scales that step 1, 2, 5, grow at once and shrink only after 30 s', () => {
    assert.deepEqual([0.3, 1, 3, 6, 11, 245].map(stepUp), [0.5, 1, 5, 10, 20, 500]);
    const pending = chartOf('pending');
    const low = stretchOf(
      historyOf().map((point) => ({ ...point, timers: 12 })),
      1000,
      NOW_MS,
    );
    const high = stretchOf(historyOf(), 1000, NOW_MS);
    const first = nextScale(null, pending, low, 0);
    assert.equal(first.top, 20);
    const grown = nextScale(first, pending, high, 1000);
    assert.equal(grown.top, 500);
    const waiting = nextScale(grown, pending, low, 2000);
    assert.equal(waiting.top, 500);
    assert.equal(nextScale(waiting, pending, low, 31_000).top, 500);
    assert.equal(nextScale(waiting, pending, low, 32_000).top, 20);
  });

  it('show the heap limit only when the heap comes near it', () => {
    const heap = chartOf('heap');
    const near = nextScale(null, heap, stretchOf(historyOf(), 1000, NOW_MS), 0);
    assert.equal(near.limit, 512);
    const far = historyOf().map((point) => ({ ...point, heapUsedBytes: 40e6, heapTotalBytes: 60e6 }));
    assert.equal(nextScale(null, heap, stretchOf(far, 1000, NOW_MS), 0).limit, null);
  });
});
