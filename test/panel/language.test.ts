import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ComparedProcess, PanelAttachment, ToPanel } from '../../src/protocol/panel';
import type { Snapshot } from '../../src/protocol/snapshot';
import { root } from '../support/paths.mjs';
import { attachmentOf, historyOf, listeners, NOW_MS, snapshotOf } from '../support/samples';
import { textsIn } from '../support/texts';
import { clippedTexts } from './clipped';
import { attachmentMessage, beatMessage, connectingMessage, emptyMessage, sumMessage } from './messages';
import { TARGETS, THREADS, type SampleState } from './messages';
import { usePanel, type PanelPage } from './panelPage';

/** Full-width letters: what is left in others has not gone through l10n. */
const wide = (text: string): string =>
  text.replace(/[A-Za-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));

/** Names and sentences that the page gets, and shows as they are. */
const GIVEN = new Set([
  ...['text', 'label', 'detail', 'error', 'endedBecause', 'distortion', 'program', 'title', 'name'],
  ...['function', 'package', 'emitter', 'event', 'inspector'],
]);

function given<T>(message: T): T {
  return JSON.parse(JSON.stringify(message), (key, value: unknown) => {
    if (key === 'notes' || key === 'notices') return (value as string[]).map(wide);
    if (typeof value !== 'string') return value;
    if (key === 'url') return value.replace(/(?<=^file:\/\/).*/, wide);
    return GIVEN.has(key) ? wide(value) : value;
  }) as T;
}

/** Not translated: names, units, levels, phases and types as Node calls them. */
const NAMES = [
  ...['Loopscope', 'Node', 'CPU', 'pid', 'ms', 'MB', 'kB', 'observe', 'track', 'deep'],
  ...[
    'pending callbacks',
    'idle, prepare',
    'close callbacks',
    'pending',
    'prepare',
    'poll',
    'check',
    'close',
    'timers',
  ],
  ...['nextTick', 'microtasks', 'PROMISE', 'TCPSocketWrap', ...snapshotOf().pending.map(({ type }) => type)],
];
const named = new RegExp(`\\b(${NAMES.join('|')})\\b`, 'g');

/** What of the page is not in its language: texts, and attributes that are read by people. */
async function english(panel: PanelPage): Promise<string[]> {
  const texts = await panel.page.evaluate(() => {
    const terms = [...document.querySelectorAll('#filterHelp code')].map((code) => code.textContent);
    terms.push(document.querySelector<HTMLInputElement>('.field input')?.value ?? '');
    const words: string[] = terms.join(' ').match(/[a-z]+/g) ?? [];
    // The filter speaks of its own words, and of those that were written.
    const known = (text: string, element: Element): string =>
      element.closest('#filterNotes')
        ? text.replace(/“[^”]*”/, '').replace(/[a-z]+/g, (word) => (words.includes(word) ? '' : word))
        : text;
    const found: string[] = [];
    for (const element of document.body.querySelectorAll('*')) {
      if (element.matches('code, kbd, script')) continue;
      const where = `${element.localName}#${element.id}.${element.getAttribute('class') ?? ''}`;
      for (const node of element.childNodes)
        if (node instanceof Text) found.push(`${where}: ${known(node.data, element)}`);
      for (const name of ['aria-label', 'aria-valuetext', 'title', 'placeholder', 'data-tip', 'alt', 'label'])
        if (element.hasAttribute(name)) found.push(`${where} ${name}: ${element.getAttribute(name) ?? ''}`);
    }
    return [...new Set(found)];
  });
  assert.ok(texts.length > 0);
  return texts.filter((text) => /[A-Za-z]{2,}/.test(text.replace(/^.*?: /s, '').replace(named, '')));
}

const live = attachmentMessage('live');

function attached(
  state: SampleState,
  change: Partial<PanelAttachment>,
  snapshot?: Snapshot | null,
): ReturnType<typeof attachmentMessage> {
  const message = attachmentMessage(state);
  const attachment = { ...message.attachment, ...change };
  return { ...message, attachment, ...(snapshot === undefined ? {} : { snapshot }) };
}

function blocked(open: Snapshot['openCallback']): ToPanel {
  const { snapshot } = attachmentMessage('blocked');
  return attached('blocked', {}, snapshot && { ...snapshot, openCallback: open });
}

const worker = { threadId: 3, threads: [...THREADS, { threadId: 3, name: '', ended: true }], threadCount: 9 };

const STATES: Record<string, ToPanel> = {
  'before the first beat': attached('live', {}, null),
  paused: attachmentMessage('paused'),
  'paused before the first beat': { ...attachmentMessage('paused'), history: [], snapshot: null },
  blocked: attachmentMessage('blocked'),
  'blocked by a microtask': blocked({ phase: 'microtasks', sinceMs: 4214, site: null }),
  'blocked by something': blocked(null),
  'not answering': attached('notAnswering', { level: 'deep' }),
  'a worker that does not answer': attached('notAnswering', worker, null),
  'threads that do not answer': attached('notAnswering', { ...worker, threadId: 'all' }),
  'the view paused': attachmentMessage('viewPaused'),
  detached: attached('detached', { awaited: true }),
  'detached before the first beat': attached('detached', { endedBecause: null }, null),
  'a worker that has ended': attached('detached', worker),
  idle: attachmentMessage('idle'),
  observe: attachmentMessage('observe'),
  'an old Node': attachmentMessage('node18'),
  deep: attachmentMessage('deep'),
  'all threads': sumMessage(),
  'everything in the header': {
    ...attached('paused', { ...worker, viewPausedAtMs: NOW_MS, distortion: 'A debugger is attached.' }),
    targets: (['running', 'paused', 'blocked', 'notAnswering', 'detached'] as const).map((state) => {
      return { attachmentId: state, label: 'api.js', state };
    }),
  },
};

const COMPARED: ComparedProcess = {
  attachmentId: 'a2',
  name: 'worker.js',
  pid: 4377,
  depth: 1,
  state: 'notAnswering',
  utilization: 0.42,
  utilizationMethod: 'sampled',
  latenessMaxMs: null,
  heapUsedBytes: null,
  pending: null,
};

/** A row for each way in which something is not known or has no name. */
function unknowns(): Snapshot {
  const snapshot = snapshotOf();
  return {
    ...snapshot,
    target: { ...snapshot.target, program: '' },
    memory: { ...snapshot.memory, gcCount: 1 },
    listeners: [
      ...snapshot.listeners,
      { ...listeners('Agent', 'free', 1, 1, []), limit: 0 },
      listeners(
        'Pool',
        'error',
        60,
        1,
        [99, 2, 3, 4, 6, 8].map((site) => ({ site, count: 10 })),
      ),
    ],
    sites: { ...snapshot.sites, 99: { function: '', url: '', line: 1, column: 1, package: null, generated: null } },
    notes: [],
  };
}

describe('in another language', () => {
  const { open } = usePanel();
  let texts: Record<string, string> = {};

  before(() => {
    texts = Object.fromEntries(textsIn('media').keys.map(({ text }) => [text, wide(text)]));
  });

  async function opened(...messages: ToPanel[]): Promise<PanelPage> {
    const panel = await open({ language: 'x-wide', texts });
    await panel.send(...messages.map(given));
    return panel;
  }

  it('the pages without a target have no English word', async () => {
    const panel = await opened();
    assert.deepEqual(await english(panel), [], 'waiting');
    const { processes } = emptyMessage();
    const nameless = processes.slice(0, 1).map((process) => ({ ...process, program: '' }));
    for (const message of [
      emptyMessage(),
      emptyMessage([]),
      { ...emptyMessage(nameless), lookedUpAtMs: NOW_MS },
      connectingMessage(),
      connectingMessage('It has ended.'),
    ]) {
      await panel.send(given(message));
      for (const width of [1280, 380]) {
        await panel.resize(width);
        assert.deepEqual(await english(panel), [], `${message.type} at ${width} px`);
      }
    }
  });

  it('the states of a target have no English word', async () => {
    const panel = await opened(live);
    for (const [state, message] of Object.entries(STATES)) {
      await panel.send(given(message));
      assert.deepEqual(await english(panel), [], state);
    }
  });

  it('a recording has no English word', async () => {
    const panel = await opened();
    const recording = { frames: 601, frame: 300, startMs: NOW_MS - 600_000, endMs: NOW_MS, timeMs: NOW_MS };
    const notices = ['Its end is missing.'];
    for (const change of [{}, { state: 'detached' as const, endedBecause: 'It has ended.' }]) {
      await panel.send(
        given<ToPanel>({
          type: 'recording',
          recording: { ...recording, from: 100, to: 400, notices },
          shown: { attachment: attachmentOf(change), history: historyOf(), snapshot: snapshotOf() },
        }),
      );
      assert.deepEqual(await english(panel), []);
    }
  });

  it('the tabs have no English word, nor has what opens in them', async () => {
    const panel = await opened({ ...live, snapshot: unknowns(), targets: TARGETS });
    const { page } = panel;
    const filter = page.locator('.field input');
    await page.locator('tr[data-key="Timeout@1"]').click();
    const one = { id: 4, ageMs: 242_000, referenced: true, idle: false, detail: '1 000' };
    await panel.send({ type: 'instances', key: 'Timeout@1', instances: [one], total: 240 });
    assert.deepEqual(await english(panel), [], 'an opened row');
    for (const tab of ['pending', 'listeners', 'hot', 'process', 'compare'] as const) {
      await panel.send({ type: 'showTab', tab });
      if (tab === 'compare') {
        const main = { ...COMPARED, attachmentId: 'a1', depth: 0, state: 'running' as const };
        for (const processes of [[main], [main, COMPARED]]) {
          await panel.send(given({ type: 'processes', processes }));
          assert.deepEqual(await english(panel), [], `${processes.length} in compare`);
        }
      }
      assert.deepEqual(await english(panel), [], tab);
      if (tab === 'process') continue;
      await page.locator('.field .help').click();
      const wrong = tab === 'pending' ? ['x:1', 'count>x', 'age>x', 'type>1'] : [];
      for (const text of [...wrong, '+x', 'zzz']) {
        await filter.fill(text);
        assert.deepEqual(await english(panel), [], `${tab}, ${text}`);
      }
      assert.ok(await page.locator('#pane .none').isVisible());
      await filter.fill('');
      await page.locator('#filterHelp > button').click();
    }
    await panel.send(given<ToPanel>(attachmentMessage('deep')), { type: 'showTab', tab: 'process' });
    assert.deepEqual(await english(panel), [], 'process, deep');
    await panel.send(given<ToPanel>(attachmentMessage('idle')), { type: 'showTab', tab: 'listeners' });
    assert.deepEqual(await english(panel), [], 'listeners, idle');
  });

  it('hover cards have no English word, nor what stands still under the pointer', async () => {
    const panel = await opened(live);
    await panel.page.locator('#phases tr[data-part=timers]').hover();
    await panel.send(given(beatMessage(snapshotOf({ sequence: 725 }))));
    assert.match(await panel.hoverCard(), /[ａ-ｚ]/);
    assert.equal(await panel.text('tr[data-phase=window] .how'), wide('held'));
    assert.deepEqual(await english(panel), []);
    await panel.page.locator('#foot [aria-controls=notes]').click();
    assert.deepEqual(await english(panel), []);
  });
});

describe('in Simplified Chinese', () => {
  const { open } = usePanel();

  it('the page says so, speaks it, and cuts nothing off in a split editor', async () => {
    const bundle = await readFile(path.join(root, 'l10n/bundle.l10n.zh-cn.json'), 'utf8');
    const texts = JSON.parse(bundle) as Record<string, unknown>;
    const panel = await open({ language: 'zh-cn', texts, width: 380 });
    assert.equal(await panel.page.locator('html').getAttribute('lang'), 'zh-cn');
    for (const message of [emptyMessage(), connectingMessage('4321')]) {
      await panel.send(message);
      assert.match(await panel.text('h1'), /^\p{Script=Han}+/u);
      assert.deepEqual(await clippedTexts(panel, '#head, #start, #foot'), [], message.type);
    }
    const widest = ['a worker that does not answer', 'all threads', 'everything in the header', 'deep'];
    for (const state of widest) {
      const message = STATES[state];
      assert.ok(message);
      await panel.send(message);
      assert.match(await panel.text('#state'), /^[\p{Script=Han}，]+$/u);
      assert.deepEqual(await clippedTexts(panel, '#head, .banner, #phases, .chead, .axis, #foot'), [], state);
    }
    await panel.send(attachmentMessage('blocked'));
    assert.equal(
      await panel.text('.banner .grow'),
      '已阻塞 4.2 s，尚未返回的是一个 timers 回调：位于 report.ts:88 的 buildReport。自 14:03:14 起事件循环没有完成过一轮。',
    );
    await panel.send(attachmentMessage('detached'));
    assert.match(await panel.text('.banner .grow'), /^已于 14:03:19 分离。Hooks are .*again\.以下是最后收到的数据。$/);
  });
});
