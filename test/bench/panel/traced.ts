import type { Browser, Page } from 'playwright-core';

/** What a message or a click took of the page's main thread. */
export interface Took {
  scriptMs: number;
  /** With style, layout and paint. */
  allMs: number;
}

/** A complete event of Chromium's trace format; times in microseconds, `tdur` is time that the thread ran. */
interface Traced {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  tdur?: number;
  args?: unknown;
}

const CATEGORIES = ['toplevel', 'blink', 'devtools.timeline', 'v8'];
/** What `console.timeStamp` leaves. */
const MARK = 'TimeStamp';
/** Script, with reading the message and collecting garbage. */
const SCRIPT =
  /^(FunctionCall|v8\.callFunction|EventDispatch|FireAnimationFrame|TimerFire|RunMicrotasks|SerializedScriptValueFactory::deserialize|V8\.GC.*|MinorGC|MajorGC)$/;

/**
 * What each of these took until it was drawn, from Chromium's own trace: time that the main thread ran, so that other work
 * on the machine does not count. Tasks in which the bench itself calls into the page are left out.
 */
export async function traced(browser: Browser, page: Page, acts: readonly (() => Promise<unknown>)[]): Promise<Took[]> {
  await browser.startTracing(page, { categories: CATEGORIES });
  for (const act of acts) {
    await page.evaluate(() => console.timeStamp('act'));
    await act();
    await page.evaluate(async () => {
      await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
      await new Promise((resolve) => requestAnimationFrame(resolve));
      await new Promise((resolve) => requestAnimationFrame(resolve));
    });
  }
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: Traced[] };
  const took = tookOf(traceEvents);
  if (took.length !== acts.length) throw new Error(`${took.length} of ${acts.length} marks are in the trace`);
  if (took.every(({ scriptMs }) => scriptMs === 0))
    throw new Error('the trace has no script: Chromium names it otherwise');
  return took;
}

function tookOf(events: readonly Traced[]): Took[] {
  const marks = events.filter(({ name }) => name === MARK).sort((a, b) => a.ts - b.ts);
  const [first] = marks;
  const onMain = events
    .filter(({ ph, pid, tid }) => ph === 'X' && pid === first?.pid && tid === first.tid)
    .sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  const took = marks.map(() => ({ scriptMs: 0, allMs: 0 }));
  let at = -1;
  for (const task of tasksOf(onMain)) {
    while (at + 1 < marks.length && (marks[at + 1]?.ts ?? Infinity) <= task[0].ts) at++;
    const one = took[at];
    if (!one || task.some(isOurs)) continue;
    one.allMs += (task[0].tdur ?? 0) / 1000;
    one.scriptMs += scriptMs(task);
  }
  return took;
}

/** Playwright talks to the page: nobody does who uses it. */
function isOurs({ name, args }: Traced): boolean {
  return name === 'Receive mojo message' && JSON.stringify(args).includes('blink.mojom.DevTools');
}

type Task = [Traced, ...Traced[]];

/** Events by the outermost one that they are in. */
function tasksOf(events: readonly Traced[]): Task[] {
  const tasks: Task[] = [];
  let end = -Infinity;
  for (const event of events) {
    if (event.ts < end) tasks.at(-1)?.push(event);
    else {
      tasks.push([event]);
      end = event.ts + (event.dur ?? 0);
    }
  }
  return tasks;
}

/** Time of the script in a task, without style and layout that it asked for. */
function scriptMs(task: Task): number {
  let micros = 0;
  const open: Traced[] = [];
  for (const event of task) {
    while (open.length > 0 && event.ts >= endOf(open.at(-1))) open.pop();
    if (SCRIPT.test(event.name)) micros += event.tdur ?? 0;
    const around = open.at(-1);
    if (around && SCRIPT.test(around.name)) micros -= event.tdur ?? 0;
    open.push(event);
  }
  return micros / 1000;
}

const endOf = (event: Traced | undefined): number => (event ? event.ts + (event.dur ?? 0) : Infinity);
