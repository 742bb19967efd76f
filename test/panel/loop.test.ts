import assert from 'node:assert/strict';
import { LEAST_DEGREES, partsOf, placeOnRing } from '../../media/parts';
import type { Snapshot } from '../../src/protocol/snapshot';
import { nextSnapshot, snapshotOf } from '../support/samples';
import { attachmentMessage, beatMessage, type SampleState } from './messages';
import { usePanel, type PanelPage } from './panelPage';

const STATES: SampleState[] = ['live', 'blocked', 'idle', 'observe', 'node18', 'deep'];

const shownNumber = (text: string): number => Number(text.replace(/[≈\s\u202f]/g, '').replace('–', '0') || '0');

async function column(panel: PanelPage, index: number): Promise<Record<string, string>> {
  const rows = panel.page.locator('table.phases tbody tr');
  const pairs = await rows.evaluateAll(
    (all, at) =>
      all.map((row) => [row.getAttribute('data-phase'), row.querySelectorAll('td')[at]?.textContent] as const),
    index,
  );
  return Object.fromEntries(pairs) as Record<string, string>;
}

describe('ring and phase table', () => {
  const { open } = usePanel();

  for (const state of STATES) {
    it(`shows parts that add up to the window (${state})`, async () => {
      const panel = await open();
      await panel.send(attachmentMessage(state));
      const { window: whole = '', ...parts } = await column(panel, 1);
      const sum = Object.values(parts).reduce((total, text) => total + shownNumber(text), 0);
      assert.equal(Object.keys(parts).length, 10);
      assert.ok(Math.abs(sum - shownNumber(whole)) < 0.5, `${sum} is not ${whole}`);
    });
  }

  it('lets samples give way where they claim more than the exact figures leave', () => {
    const snapshot = snapshotOf();
    const greedy = snapshot.phases.map((phase) => (phase.method === 'sampled' ? { ...phase, busyMs: 400 } : phase));
    const parts = partsOf({ ...snapshot, phases: greedy });
    const sum = parts.reduce((total, part) => total + (part.ms ?? 0), 0);
    assert.ok(Math.abs(sum - snapshot.windowMs) < 1e-6);
    assert.equal(parts.find((part) => part.name === 'timers')?.ms, 611.6);
    assert.ok((parts.find((part) => part.name === 'other')?.ms ?? 1) < 1e-6);
  });

  it('fills the circle exactly, with a least width for what is small', () => {
    const arcs = placeOnRing(partsOf(snapshotOf()));
    const last = arcs[arcs.length - 1];
    assert.ok(last && Math.abs(last.from + last.length - 360) < 1e-6);
    for (const arc of arcs) assert.ok(arc.length >= LEAST_DEGREES - 1e-9, arc.name);
  });

  it('leaves the circle open where the waiting is not known', () => {
    const snapshot = snapshotOf();
    const arcs = placeOnRing(partsOf({ ...snapshot, loop: { ...snapshot.loop, idleMs: null } }));
    const timers = arcs.find((arc) => arc.name === 'timers');
    assert.ok(timers && timers.length < 0.62 * 360, 'known parts must not grow into the unknown');
  });

  it('draws the phases in the order of the Node version', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    const now = ['pending', 'prepare', 'wait', 'poll', 'check', 'close', 'timers', 'nextTick', 'microtasks', 'other'];
    const order = (): Promise<(string | null)[]> =>
      panel.page.locator('#ring g[data-part]').evaluateAll((all) => all.map((part) => part.getAttribute('data-part')));
    assert.deepEqual(await order(), now);
    await panel.send(attachmentMessage('node18'));
    assert.deepEqual(await order(), ['timers', ...now.filter((name) => name !== 'timers')]);
    assert.equal(Object.keys(await column(panel, 0))[0], 'timers');
    assert.equal(await panel.text('#turns'), '– turns/s');
  });

  it('tells not known, zero, small and sampled apart, and says how each was measured', async () => {
    const panel = await open();
    const message = attachmentMessage('live');
    const phases = snapshotOf().phases.map((phase) => (phase.phase === 'check' ? { ...phase, busyMs: 0.02 } : phase));
    await panel.send({ ...message, snapshot: snapshotOf({ phases }) });
    const busy = await column(panel, 1);
    assert.equal(busy.pending, '–');
    assert.equal(busy.close, '0');
    assert.equal(busy.check, '<0.1');
    assert.equal(busy.microtasks, '≈\u202f47.2');
    assert.equal((await column(panel, 2)).wait, '', 'callbacks of waiting make no sense');
    assert.equal((await column(panel, 2)).microtasks, '–');
    const methods = await column(panel, 4);
    const expected = {
      pending: 'not observable',
      wait: 'counter',
      timers: 'hooks',
      microtasks: 'sampled',
      other: 'remainder',
    };
    for (const [name, method] of Object.entries(expected)) assert.equal(methods[name], method);
    const tip = await panel.page.locator('tr[data-phase=prepare]').getAttribute('data-tip');
    assert.match(tip ?? '', /Not observable from JavaScript/);
  });

  it('marks waiting and utilization as estimates where they were sampled, in ring, table, hover card and label', async () => {
    const panel = await open();
    const message = attachmentMessage('live');
    const snapshot = snapshotOf();
    await panel.send(message);
    assert.equal(await panel.page.locator('#method').count(), 0);
    await panel.page.locator('#utilization').hover();
    assert.match(await panel.hoverCard(), /\nCounter: loop idle time, as Node counts it\.$/);
    await panel.send({ ...message, snapshot: { ...snapshot, loop: { ...snapshot.loop, method: 'sampled' } } });
    await panel.page.mouse.move(0, 0);
    const cells = await panel.page.locator('tr[data-phase=wait] td').allInnerTexts();
    assert.deepEqual(cells, ['≈\u202f22.0', '≈\u202f220.3', '', '', 'sampled']);
    assert.equal((await column(panel, 4)).other, 'remainder');
    assert.equal(await panel.text('#utilization'), '≈\u202f78 %');
    assert.equal(await panel.text('#method'), 'sampled');
    const label = (await panel.page.locator('#ring svg').getAttribute('aria-label')) ?? '';
    assert.match(label, /, utilization ≈\u202f78 % \(sampled\): .*poll: waiting ≈\u202f22\.0 % \(sampled\), /);
    const tip = await panel.page.locator('#ring g[data-part=wait]').getAttribute('data-tip');
    assert.match(tip ?? '', /\nSampled: .*\n≈\u202f22\.0 % of the window, ≈\u202f220\.3 ms$/);
    const rowTip = await panel.page.locator('tr[data-phase=wait]').getAttribute('data-tip');
    assert.match(rowTip ?? '', /\nSampled: /);
    await panel.page.locator('#utilization').hover();
    assert.match(await panel.hoverCard(), /\nSampled: an estimate/);
  });

  it('says everything that the ring shows to a screen reader', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    const label = (await panel.page.locator('#ring svg').getAttribute('aria-label')) ?? '';
    assert.match(
      label,
      /^Event loop over 1.001 ms, utilization 78 %: pending callbacks not known, .*timers 61\.1 %.*other active 1\.7 %$/,
    );
    assert.equal(await panel.page.locator('table.phases caption').count(), 1);
    assert.equal(await panel.page.locator('table.phases tbody th[scope=row]').count(), 11);
  });

  it('opens the longest callback of a phase', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    await panel.page.locator('tr[data-phase=timers] a.site').click();
    assert.deepEqual(await panel.posted(), [{ type: 'openSite', site: 3 }]);
  });

  it('glides where a share is plainly another, and is still otherwise', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    const svg = panel.page.locator('#ring svg');
    const first = snapshotOf();
    const waits = async (before: Snapshot, idleMs: number): Promise<Snapshot> => {
      const next = nextSnapshot(before, { loop: { ...first.loop, idleMs } });
      await panel.send(beatMessage(next));
      return next;
    };
    const idleMs = first.loop.idleMs ?? NaN;
    const same = await waits(first, idleMs + 5);
    assert.equal(await svg.getAttribute('class'), '');
    await waits(same, idleMs + 200);
    assert.equal(await svg.getAttribute('class'), 'glides');
  });

  it('lights up the row of the part under the pointer and explains it under the ring', async () => {
    const panel = await open();
    await panel.send(attachmentMessage('live'));
    const ring = await panel.page.locator('#ring svg').boundingBox();
    assert.ok(ring);
    await panel.page.mouse.move(ring.x + 52, ring.y + 128);
    assert.match((await panel.page.locator('tr[data-phase=timers]').getAttribute('class')) ?? '', /\bhot\b/);
    assert.match(
      await panel.hoverCard(),
      /^Timers: setTimeout and setInterval callbacks\.\s+Measured by hooks: every callback\.\s+61\.1 % of the window, 611\.6 ms$/,
    );
    const box = await panel.page.locator('#tip').boundingBox();
    assert.ok(box && box.y >= ring.y + ring.height - 1, 'the card stands under the ring');
    await panel.page.keyboard.press('Escape');
    assert.equal(await panel.page.locator('#tip').isHidden(), true);
  });

  it('keeps the theme’s own colours in high contrast, with parts that differ', async () => {
    const panel = await open({ theme: 'hc' });
    await panel.send(attachmentMessage('live'));
    const colours = await panel.page
      .locator('#ring [data-part] .arc:last-child')
      .evaluateAll((all) => all.map((arc) => getComputedStyle(arc).stroke));
    assert.ok(new Set(colours).size >= 5, colours.join(' '));
    const border = await panel.page.locator('#head').evaluate((head) => getComputedStyle(head).borderBottomColor);
    assert.equal(border, 'rgb(111, 195, 223)');
    const mark = await panel.page
      .locator('[role=tab][aria-selected=true]')
      .evaluate((tab) => getComputedStyle(tab).boxShadow);
    assert.match(mark, /rgb\(111, 195, 223\)/);
  });

  it('has all figures around it on a large screen, and none of them meets another', async () => {
    const panel = await open({ width: 2000, height: 1200 });
    for (const state of STATES) {
      await panel.send(attachmentMessage(state));
      const boxes = await panel.page.locator('#ring [data-size=large] .lab').evaluateAll((all) => {
        const ring = document.querySelector('#ring svg')?.getBoundingClientRect() ?? new DOMRect();
        return all.map((label) => {
          const { left, right, top, bottom } = label.getBoundingClientRect();
          const inside = left >= ring.left - 1 && right <= ring.right + 1 && top >= ring.top && bottom <= ring.bottom;
          return { text: label.textContent, left, right, top, bottom, inside };
        });
      });
      assert.equal(boxes.length, 10, state);
      for (const one of boxes) {
        assert.ok(one.inside, `${state}: ${one.text} stands out of the ring's figure`);
        const met = boxes.find(
          (other) =>
            other !== one &&
            other.left < one.right &&
            one.left < other.right &&
            other.top < one.bottom - 1 &&
            one.top < other.bottom - 1,
        );
        assert.equal(met, undefined, `${state}: ${one.text} meets ${met?.text}`);
      }
    }
    await panel.send(attachmentMessage('live'));
    assert.match(await panel.text('#ring [data-part=timers] .lab'), /timers\s96 ×\smax 350\.2\s?61\.1 %\s611\.6 ms/);
    assert.equal(await panel.page.locator('#ring svg').evaluate((ring) => ring.clientWidth), 640);
    const [ring, charts] = await panel.page
      .locator('#ring, #charts')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
    assert.ok(ring && charts && Math.abs(ring - charts) < 30, `${ring} and ${charts} px`);
  });

  it('tells all eight parts apart without labels where it is small', async () => {
    const panel = await open({ width: 400, height: 1000 });
    await panel.send(attachmentMessage('live'));
    assert.equal(await panel.page.locator('#ring .lab').count(), 0);
    const arcs = await panel.page.locator('#ring g[data-part]').evaluateAll((all) =>
      all.map((part) => {
        const { width, height } = (part as SVGGElement).getBBox();
        return part.querySelectorAll('.arc, path').length > 0 && width > 0 && height > 0;
      }),
    );
    assert.deepEqual(arcs, Array<boolean>(10).fill(true));
    for (const figure of ['#utilization', '#turns']) {
      const size = await panel.page.locator(figure).evaluate((text) => text.getBoundingClientRect().height);
      assert.ok(size >= 11, `${figure} is ${size} px high`);
    }
  });
});
