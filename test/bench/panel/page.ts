import type { Browser, CDPSession } from 'playwright-core';
import type { ToPanel } from '../../../src/protocol/panel';
import { PageCopy } from '../../../src/editor/pageCopy';
import { PanelPage } from '../../panel/panelPage';
import { Crowd } from '../../support/crowd';
import { attachmentOf, chartPoint, NOW_MS } from '../../support/samples';

const CHANGED = 100;
const REPLACED = 5;
const HISTORY = 1200;

declare global {
  interface Window {
    benchMessages: unknown[];
  }
}

/** What a message or a click took of the page's main thread. */
export interface Took {
  scriptMs: number;
  /** With style, layout and paint. */
  allMs: number;
}

/** A crowded target, what the host sends of it, and a real page in Chromium that draws it. */
export class BenchPage {
  private readonly copy = new PageCopy();
  private readonly crowd: Crowd;
  private readonly attachment = attachmentOf({ level: 'deep' });

  private constructor(
    readonly panel: PanelPage,
    private readonly session: CDPSession,
    groups: number,
  ) {
    this.crowd = new Crowd(groups);
  }

  static async open(browser: Browser, groups: number): Promise<BenchPage> {
    const panel = await PanelPage.open(browser, { height: 1000 });
    const session = await panel.page.context().newCDPSession(panel.page);
    // Time that the main thread ran: other work on the machine does not count.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    return new BenchPage(panel, session, groups);
  }

  /** The message that draws everything, with as long a history as there is. */
  attachmentMessage(): ToPanel {
    this.copy.clear();
    const { snapshot } = this.copy.changes(this.crowd.apply(this.crowd.full()));
    const history = Array.from({ length: HISTORY }, (_, at) => chartPoint(NOW_MS - (HISTORY - at) * 1000));
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
    const took: Took[] = [];
    while (took.length < messages.length) {
      took.push(
        await this.timed(() =>
          this.panel.page.evaluate(async () => {
            const received = new Promise((resolve) => addEventListener('message', resolve, { once: true }));
            window.postMessage(window.benchMessages.shift(), '*');
            await received;
          }),
        ),
      );
    }
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

  /** What the page took until `act` was over, which waits for no frame, and until it is drawn. */
  async timed(act: () => Promise<unknown>): Promise<Took> {
    const before = await this.taskMs();
    await act();
    const over = await this.taskMs();
    await this.panel.page.evaluate(async () => {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      await new Promise((resolve) => requestAnimationFrame(resolve));
    });
    return { scriptMs: over - before, allMs: (await this.taskMs()) - before };
  }

  /** What is in use after a collection. */
  async heapBytes(): Promise<number> {
    await this.session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await this.session.send('Runtime.getHeapUsage');
    return usedSize;
  }

  /** Puts messages into the page: how they get there is none of its cost. */
  private load(messages: readonly ToPanel[]): Promise<void> {
    return this.panel.page.evaluate((text) => {
      window.benchMessages = JSON.parse(text) as unknown[];
    }, JSON.stringify(messages));
  }

  /** All that the main thread has done; what Chromium calls script is without microtasks, in which the page is drawn. */
  private async taskMs(): Promise<number> {
    const { metrics } = await this.session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN) * 1000;
  }
}
