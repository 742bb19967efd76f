import type { Browser, CDPSession } from 'playwright-core';
import type { ToPanel } from '../../../src/protocol/panel';
import { PageCopy } from '../../../src/editor/pageCopy';
import { PanelPage } from '../../panel/panelPage';
import { Crowd } from '../../support/crowd';
import { attachmentOf, chartPoint } from '../../support/samples';
import { traced, type Took } from './traced';

const CHANGED = 100;
const REPLACED = 5;
const HISTORY = 1200;

declare global {
  interface Window {
    benchMessages: unknown[];
  }
}

/** Of the file format of V8: nodes stand one after the other, each with as many numbers as there are fields. */
interface HeapSnapshot {
  snapshot: { meta: { node_fields: string[]; node_types: [string[]] } };
  nodes: number[];
}

function bytesOf({ snapshot: { meta }, nodes }: HeapSnapshot): { dataBytes: number; codeBytes: number } {
  const [type, size] = [meta.node_fields.indexOf('type'), meta.node_fields.indexOf('self_size')];
  const code = meta.node_types[0].indexOf('code');
  const bytes = { dataBytes: 0, codeBytes: 0 };
  for (let at = 0; at < nodes.length; at += meta.node_fields.length) {
    bytes[nodes[at + type] === code ? 'codeBytes' : 'dataBytes'] += nodes[at + size] ?? 0;
  }
  return bytes;
}

/** The same beat with a waiting that is plainly longer, or shorter, than in the one before. */
export function gliding(message: ToPanel, at: number): ToPanel {
  if (message.type !== 'beat') return message;
  const { snapshot } = message;
  return { ...message, snapshot: { ...snapshot, loop: { ...snapshot.loop, idleMs: at % 2 === 0 ? 300 : 700 } } };
}

/** A crowded target, what the host sends of it, and a real page in Chromium that draws it. */
export class BenchPage {
  private readonly copy = new PageCopy();
  private readonly crowd: Crowd;
  private readonly attachment = attachmentOf({ level: 'deep' });

  private constructor(
    private readonly browser: Browser,
    readonly panel: PanelPage,
    private readonly session: CDPSession,
    groups: number,
  ) {
    this.crowd = new Crowd(groups);
  }

  static async open(browser: Browser, groups: number): Promise<BenchPage> {
    const panel = await PanelPage.open(browser, { height: 1000 });
    const session = await panel.page.context().newCDPSession(panel.page);
    return new BenchPage(browser, panel, session, groups);
  }

  /** The message that draws everything, with as long a history as there is. */
  attachmentMessage(): ToPanel {
    this.copy.clear();
    const { snapshot } = this.copy.changes(this.crowd.apply(this.crowd.full()));
    const history = Array.from({ length: HISTORY }, (_, at) => chartPoint(snapshot.timeMs - (HISTORY - at) * 1000));
    return { type: 'attachment', attachment: this.attachment, targets: [], history, marks: [], snapshot };
  }

  /** A beat as the host sends it; `whole` tells everything. */
  beatMessage(whole = false): ToPanel {
    const snapshot = this.crowd.apply(whole ? this.crowd.full() : this.crowd.changed(CHANGED, REPLACED));
    if (whole) this.copy.clear();
    const point = this.crowd.feed.monitor.lastPoint ?? chartPoint(snapshot.timeMs);
    return { type: 'beat', attachment: this.attachment, ...this.copy.changes(snapshot), point };
  }

  /** Delivers messages one after the other, each drawn before the next; what each took. */
  async deliver(messages: readonly ToPanel[]): Promise<Took[]> {
    await this.load(messages);
    const deliverOne = (): Promise<void> =>
      this.panel.page.evaluate(async () => {
        const received = new Promise((resolve) => addEventListener('message', resolve, { once: true }));
        window.postMessage(window.benchMessages.shift(), '*');
        await received;
      });
    const took = await this.timed(messages.map(() => deliverOne));
    this.panel.throwErrors();
    return took;
  }

  /** From the sending of a message until its frame is drawn, on the wall clock. */
  async drawnAfterMs(message: ToPanel): Promise<number> {
    await this.load([message]);
    return this.panel.page.evaluate(async () => {
      const start = performance.now();
      window.postMessage(window.benchMessages.shift(), '*');
      await new Promise((resolve) => addEventListener('message', resolve, { once: true }));
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const channel = new MessageChannel();
      const drawn = new Promise((resolve) => (channel.port1.onmessage = resolve));
      channel.port2.postMessage(null);
      await drawn;
      return performance.now() - start;
    });
  }

  /** Scrolls the table, so that other rows come into sight. */
  scrollTo(top: number): Promise<void> {
    return this.panel.page.locator('#pane').evaluate((pane, to) => void (pane.scrollTop = to), top);
  }

  /** What the page took for each of these until it was drawn. */
  timed(acts: readonly (() => Promise<unknown>)[]): Promise<Took[]> {
    return traced(this.browser, this.panel.page, acts);
  }

  /** What is in use after a collection. */
  async heap(): Promise<{ dataBytes: number; codeBytes: number }> {
    const chunks: string[] = [];
    const collect = ({ chunk }: { chunk: string }): void => void chunks.push(chunk);
    this.session.on('HeapProfiler.addHeapSnapshotChunk', collect);
    await this.session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    this.session.off('HeapProfiler.addHeapSnapshotChunk', collect);
    return bytesOf(JSON.parse(chunks.join('')) as HeapSnapshot);
  }

  /** Puts messages into the page: how they get there is none of its cost. */
  private load(messages: readonly ToPanel[]): Promise<void> {
    return this.panel.page.evaluate((text) => {
      window.benchMessages = JSON.parse(text) as unknown[];
    }, JSON.stringify(messages));
  }
}
