import assert from 'node:assert/strict';
import type { Snapshot } from '../../src/protocol/snapshot';
import { attachmentOf, NOW_MS } from '../support/samples';
import { clippedTexts } from './clipped';
import {
  attachmentMessage,
  connectingMessage,
  emptyMessage,
  sampledIdleSnapshot,
  sumMessage,
  TARGETS,
  THREADS,
} from './messages';
import { usePanel, type PanelPage } from './panelPage';

const WIDTHS = [380, 470, 570, 620, 760, 900, 1000, 1140, 1280, 1500, 1900];

/** A narrow and a wide font as VS Code falls back to; the second names are those of macOS and Windows. */
const FONTS = {
  narrow: '"Liberation Sans", Arial, sans-serif',
  wide: '"DejaVu Sans", Verdana, sans-serif',
} as const;

/** Texts of the elements that can be seen: they have a box, and it lies within what their parent shows. */
function seenTexts(panel: PanelPage, selector: string): Promise<string[]> {
  return panel.page.locator(selector).evaluateAll((all) =>
    all
      .filter((element) => {
        const own = element.getBoundingClientRect();
        const outer = element.parentElement?.getBoundingClientRect();
        return own.width > 0 && outer !== undefined && own.top < outer.bottom - 1;
      })
      .map((element) => (element as HTMLElement).innerText.trim()),
  );
}

const LOOP = '#head, #phases, .chead, .axis';
const LONG =
  /^(pending callbacks|idle, prepare|poll: waiting|poll: callbacks|check|close callbacks|timers|.* queue|other active|window)$/;
const SHORT = /^(pending|prepare|waiting|poll|check|close|timers|nextTick|microtasks|other|window)$/;

function withSnapshot(snapshot: Snapshot): ReturnType<typeof attachmentMessage> {
  return { ...attachmentMessage('live'), snapshot };
}

describe('at every width and in every font', () => {
  const { open } = usePanel();

  for (const [name, font] of Object.entries(FONTS)) {
    it(`no text of header, phase table and chart heads is cut off (${name} font)`, async () => {
      const panel = await open({ font });
      const paused = attachmentMessage('paused');
      const messages = {
        live: attachmentMessage('live'),
        blocked: attachmentMessage('blocked'),
        detached: attachmentMessage('detached'),
        deep: attachmentMessage('deep'),
        'all threads': sumMessage(),
        sampled: withSnapshot(sampledIdleSnapshot()),
        'paused, view paused, distorted': {
          ...paused,
          attachment: attachmentOf({
            ...paused.attachment,
            viewPausedAtMs: NOW_MS,
            distortion: 'A debugger.',
            threads: THREADS,
            threadCount: 3,
          }),
          targets: TARGETS,
        },
      };
      for (const [state, message] of Object.entries(messages)) {
        await panel.send(message);
        for (const width of WIDTHS) {
          await panel.resize(width);
          assert.deepEqual(await clippedTexts(panel, LOOP), [], `${state} at ${width} px`);
        }
      }
    });

    it(`phases, methods and the first figures of every chart can be read (${name} font)`, async () => {
      const panel = await open({ font });
      await panel.send(attachmentMessage('live'));
      for (const width of WIDTHS) {
        await panel.resize(width);
        const names = await seenTexts(panel, '#phases tbody th');
        assert.equal(names.length, 11);
        const form = names.includes('poll: waiting') ? LONG : SHORT;
        for (const text of names) assert.match(text, form, `at ${width} px`);
        const heads = (await seenTexts(panel, '#phases thead th')).map((text) => text.replace(/\s+/g, ' '));
        for (const head of ['Phase', 'Share %', 'Busy ms', 'Longest ms', 'Measured by'])
          assert.ok(heads.includes(head), `${head} at ${width} px`);
        assert.equal((await seenTexts(panel, '#phases tbody .how')).filter(Boolean).length, 10);
        const figures = await seenTexts(panel, '.read > span');
        for (const label of ['p50', 'p99', 'max', 'user', 'system', 'used', 'total', 'limit', 'timers', 'handles'])
          assert.ok(
            figures.some((text) => text.startsWith(label)),
            `${label} at ${width} px`,
          );
        assert.equal((await seenTexts(panel, '.chead > b')).join(), 'Timer lateness,CPU,Heap,Pending');
      }
    });

    it(`no text of the pages without a target is cut off (${name} font)`, async () => {
      const panel = await open({ font });
      for (const message of [emptyMessage(), connectingMessage(), connectingMessage('It ended. Pick another one.')]) {
        await panel.send(message);
        for (const width of WIDTHS) {
          await panel.resize(width);
          assert.deepEqual(await clippedTexts(panel, '#head, #start, #foot'), [], `${message.type} at ${width} px`);
        }
      }
    });
  }

  it('the callbacks that found no column are said in the hover card of their row', async () => {
    const panel = await open({ font: FONTS.wide, width: 570 });
    await panel.send(attachmentMessage('live'));
    assert.equal(await panel.page.locator('#phases th.calls').isVisible(), false);
    const tip = await panel.page.locator('tr[data-phase=timers]').getAttribute('data-tip');
    assert.match(tip ?? '', /\n96 callbacks\.$/);
    await panel.resize(1140);
    assert.equal(await panel.page.locator('#phases th.calls').isVisible(), true);
  });

  for (const [name, font] of Object.entries(FONTS)) {
    it(`opened rows and their remark keep to the columns that there are (${name} font)`, async () => {
      const panel = await open({ font });
      await panel.send(attachmentMessage('live'));
      await panel.page.locator('tr[data-key="Timeout@1"]').click();
      const member = {
        id: 18_000,
        ageMs: 242_000,
        referenced: true,
        idle: false,
        detail: 'every 1 000 ms, due in 400 ms',
      };
      const instances = Array.from({ length: 50 }, (_, at) => ({ ...member, id: 18_000 + at }));
      await panel.send({ type: 'instances', key: 'Timeout@1', instances, total: 240 });
      for (const width of WIDTHS) {
        await panel.resize(width);
        await panel.lastLine();
        const more = panel.page.getByRole('button', { name: 'Show 50 more' });
        await more.scrollIntoViewIfNeeded();
        assert.ok(await more.isVisible(), `at ${width} px`);
        const sizes = await panel.page
          .locator('#pane')
          .evaluate((pane) => [pane.scrollWidth, pane.clientWidth] as const);
        assert.equal(sizes[0], sizes[1], `nothing reaches out of the table at ${width} px`);
        await panel.page.locator('#pane').evaluate((pane) => (pane.scrollTop = 0));
        await panel.page.locator('tr[aria-rowindex="3"]').waitFor();
        const details = panel.page.locator('#pane tr.sub').first();
        assert.match(await details.innerText(), /async id 18000\s+every 1 000 ms/, `at ${width} px`);
        const ages = await panel.page
          .locator('#pane tbody tr:nth-child(-n+2) td.c-oldest')
          .evaluateAll((all) => all.map((cell) => Math.round(cell.getBoundingClientRect().right)));
        assert.equal(new Set(ages).size, 1, `ages stand under each other at ${width} px`);
      }
    });
  }
});
