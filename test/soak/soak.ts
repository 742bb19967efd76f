import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import type { Attachment } from '../../src/attachment';
import { AttachmentView } from '../../src/editor/attachmentView';
import { PageCopy } from '../../src/editor/pageCopy';
import type { ToPanel } from '../../src/protocol/panel';
import { LEVELS, type Level } from '../../src/protocol/snapshot';
import { PanelPage } from '../panel/panelPage';
import { NOW_MS } from '../support/samples';
import { Target, until } from '../support/target';

const BEAT_MS = 250;
const MB = 2 ** 20;
/** The first part of the time, in which caches fill and code is compiled, is not judged. */
const WARM_SHARE = 0.2;
/** From then on the least of the second half may lie above that of the first by no more than this. */
const MOST_GROWTH_MB = { target: 4, host: 6, page: 6 };

type Side = keyof typeof MOST_GROWTH_MB;

/** What the busy program says of itself. */
interface Held {
  answers: number;
  rss: number;
  heapUsed: number;
  handles: number;
}

const mb = (bytes: number): string => (bytes / MB).toFixed(1);

/** A busy service, for {@link watch} and {@link cycle}. */
export function startBusy(major: number): Promise<Target> {
  return Target.start(major, 'faults/busy.cjs', { nodeArgs: ['--expose-gc'] });
}

/**
 * Watches a busy target at four beats a second, drawn by the real page. Answers what is wrong, as sentences: a beat or time
 * that is missing, or memory of target, host or page that grows.
 */
export async function watch(
  target: Target,
  browser: Browser,
  { minutes, level, print }: { minutes: number; level: Level; print: (line: string) => void },
): Promise<string[]> {
  const attachment = await target.attach({ level, beatMs: BEAT_MS });
  const beats = new Beats(attachment);
  const page = await DrawnPage.open(browser, attachment);
  const startMs = performance.now();
  const minute = (): string => ((performance.now() - startMs) / 60_000).toFixed(1);
  const readings: Record<Side, number>[] = [];
  const rows = Math.max(10, Math.min(60, minutes * 4));
  for (let row = 1; row <= rows; row++) {
    await delay(Math.max(0, startMs + (row * minutes * 60_000) / rows - performance.now()));
    const held = await heldBy(target);
    const reading = { target: held.heapUsed, host: hostHeap(), page: await page.heapBytes() };
    readings.push(reading);
    print(
      `${minute()} min: target ${mb(reading.target)} MB heap, ${mb(held.rss)} MB RSS, ${held.handles} handles, ` +
        `${held.answers} answers; host ${mb(reading.host)} MB heap, page ${mb(reading.page)} MB; ${beats.count} beats`,
    );
  }
  await attachment.detach();
  print(beats.summary());
  const failures = [...beats.failures(), ...(await page.failures())];
  for (const [side, most] of Object.entries(MOST_GROWTH_MB)) {
    const grownMb = growth(readings.map((reading) => reading[side as Side])) / MB;
    print(`${side}: ${grownMb.toFixed(2)} MB more in the second half than in the first`);
    if (grownMb > most) failures.push(`the heap of the ${side} has grown by ${grownMb.toFixed(1)} MB`);
  }
  await page.close();
  return failures;
}

/** Attaches and detaches so often, at all levels in turn. Answers what is wrong, as sentences. */
export async function cycle(
  target: Target,
  { cycles, print }: { cycles: number; print: (line: string) => void },
): Promise<string[]> {
  const WARM = 20;
  const all = async (): Promise<Held & { host: number }> => ({ ...(await heldBy(target)), host: hostHeap() });
  let before = await all();
  const startMs = performance.now();
  for (let at = 1 - WARM; at <= cycles; at++) {
    const attachment = await target.attach({ level: LEVELS[(at + WARM) % LEVELS.length]! });
    await attachment.detach();
    if (at === 0) before = await all();
    if (at <= 0 || at % 100 !== 0) continue;
    const { heapUsed, rss, handles, host } = await all();
    print(
      `${at} cycles: target ${mb(heapUsed)} MB heap, ${mb(rss)} MB RSS, ${handles} handles; host ${mb(host)} MB heap`,
    );
  }
  const after = await all();
  const each = (key: 'heapUsed' | 'host'): string => ((after[key] - before[key]) / cycles / 1024).toFixed(2);
  print(`${cycles} cycles in ${((performance.now() - startMs) / 1000).toFixed(0)} s`);
  print(`a cycle leaves ${each('heapUsed')} kB of heap in the target and ${each('host')} kB in the host`);
  return after.heapUsed - before.heapUsed > 10 * 1024 * cycles ? ['each cycle leaves something behind'] : [];
}

/** Whether beats are missing, or time that lies in none of them. */
class Beats {
  count = 0;
  private lost = 0;
  private coveredMs = 0;
  private longestMs = 0;
  private readonly states = new Map<string, number>();
  private readonly first;
  private last;

  constructor(attachment: Attachment) {
    const { snapshot } = attachment;
    if (!snapshot) throw new Error('the first beat comes with the attach');
    this.first = snapshot;
    this.last = snapshot;
    attachment.onDidSnapshot((next) => {
      this.count++;
      this.lost += next.dropped.beats + (next.sequence - this.last.sequence - 1);
      this.coveredMs += next.windowMs;
      this.longestMs = Math.max(this.longestMs, next.windowMs);
      this.states.set(next.state, (this.states.get(next.state) ?? 0) + 1);
      this.last = next;
    });
  }

  private get missingMs(): number {
    return this.last.target.uptimeMs - this.first.target.uptimeMs - this.coveredMs;
  }

  summary(): string {
    const states = [...this.states].map(([state, count]) => `${state} ${count}`).join(', ');
    return (
      `${this.count} beats (${states}), ${this.lost} lost, ${this.missingMs.toFixed(0)} ms in none of them; ` +
      `the longest window ${this.longestMs.toFixed(0)} ms`
    );
  }

  failures(): string[] {
    const failures = this.lost > 0 || this.count === 0 ? [`of ${this.count} beats ${this.lost} were lost`] : [];
    if (Math.abs(this.missingMs) > BEAT_MS) failures.push(`${this.missingMs} ms lie in no beat`);
    return failures;
  }
}

/** The real page, given what the panel gives it. */
class DrawnPage {
  private drawing: Promise<unknown>;
  private readonly errors: string[] = [];

  private constructor(
    private readonly panel: PanelPage,
    attachment: Attachment,
  ) {
    panel.page.on('pageerror', (error) => this.errors.push(`the page: ${error.message}`));
    const view = new AttachmentView(attachment, (error) => this.errors.push(String(error)));
    const { snapshot } = attachment;
    const copy = new PageCopy();
    this.drawing = panel.send({
      type: 'attachment',
      marks: [],
      attachment: view.toPanel(),
      targets: [view.toTarget()],
      history: view.history(),
      snapshot: snapshot && copy.changes(snapshot).snapshot,
    });
    view.onDidSnapshot((next) => {
      const point = attachment.lastPoint;
      if (!point) return;
      const message: ToPanel = { type: 'beat', attachment: view.toPanel(), ...copy.changes(next), point };
      // As the panel does it: without waiting until it is drawn.
      const post = (beat: ToPanel): void => window.postMessage(beat, '*');
      this.drawing = this.drawing.then(() => panel.page.evaluate(post, message));
    });
  }

  static async open(browser: Browser, attachment: Attachment): Promise<DrawnPage> {
    return new DrawnPage(await PanelPage.open(browser), attachment);
  }

  /** After a collection, with all drawn that came until now. */
  async heapBytes(): Promise<number> {
    await this.drawing;
    await this.panel.passTime(Date.now() - NOW_MS);
    await this.panel.send();
    const session = await this.panel.page.context().newCDPSession(this.panel.page);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    await session.detach();
    return usedSize;
  }

  async failures(): Promise<string[]> {
    await this.drawing;
    const figure = await this.panel.text('#utilization');
    return [
      ...this.errors,
      ...(await this.panel.violations()),
      ...(/\d %$/.test(figure) ? [] : [`the page shows "${figure}" for the utilization`]),
    ];
  }

  close(): Promise<void> {
    return this.panel.close();
  }
}

async function heldBy(target: Target): Promise<Held> {
  const from = target.output.length;
  target.child.kill('SIGUSR2');
  await until(() => target.output.slice(from).includes('\n'), 'what the target holds');
  return JSON.parse(target.output.slice(from)) as Held;
}

/** Heap of this process after a collection. */
function hostHeap(): number {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  for (let time = 0; time < 2; time++) gc();
  return process.memoryUsage().heapUsed;
}

/** By how much the least of the second half lies above that of the first. */
function growth(readings: readonly number[]): number {
  const judged = readings.slice(Math.ceil(readings.length * WARM_SHARE));
  const half = Math.floor(judged.length / 2);
  return Math.min(...judged.slice(half)) - Math.min(...judged.slice(0, half));
}
