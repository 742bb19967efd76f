import * as l10n from '@vscode/l10n';
import { HumanError } from '../base/errors';
import {
  PROBE_KEY,
  PROBE_MODULES,
  PROBE_URL,
  type Batch,
  type BatchSite,
  type DrainOptions,
  type Instance,
  type Located,
  type ProbeHandle,
  type ProbeOptions,
  type Scanned,
  type ScanStep,
} from '../protocol/probe';
import type { Connection } from './connection';
import { BatchReader, decodeEvidence, decodeInstances, decodeNumbers, decodeScanned } from './batch';
import { callOn, evaluate, evaluateSettled, LOOKING_GROUP, propertiesOf, type RemoteObject } from './evaluate';
import { INTERNALS_OF, scopesOf } from './internals';
import { ClosedError, NO_TIMEOUT_MS, NoAnswerError, ProtocolError, type Session } from './session';
import type { Scripts } from './scripts';
import { decode, list, Malformed, text } from './shapes';

/** What the host holds of the target while attached. */
const OBJECT_GROUP = 'loopscope';
const ORPHAN_AFTER_MS = 30_000;
const MAX_RESOURCES = 1_000_000;
const STACKS_PER_SECOND = 300;
const SCANNED = `function (step, objects, from, to) {
  return globalThis[Symbol.for('${PROBE_KEY}')]?.probe.scanned(step, objects && objects.slice(from, to)) ?? '';
}`;
/** Objects of a heap scan that are entered at once: some milliseconds of the target's time. */
const SLICE = 2000;
/** More than any heap holds: a target could go on giving without end. */
const MOST_FOUND = 100_000_000;
/**
 * Answers the names of what it could read inside Node, and the first batch on the next line; `occupied` when another probe is
 * there. Keeps in the program how to take the probe out, for when nobody waits for the answer any more. As for `LOCATED`, a
 * pause of the user's debugger may stop in it.
 */
const INSTALL = `function (options, drain, scopes) {
  const internals = (${INTERNALS_OF})(scopes);
  // They hold variables of the program too.
  if (scopes) scopes.length = 0;
  if (!this.install(this.given, this, options, internals)) return 'occupied';
  const { probe } = globalThis[Symbol.for('${PROBE_KEY}')];
  this.takeOut = probe.uninstall;
  return Object.keys(internals) + '\\n' + probe.drain(drain);
}`;
const TAKE_OUT = 'function () { this.takeOut?.(); }';
const LOCATED = `function (places) { return globalThis[Symbol.for('${PROBE_KEY}')]?.probe.located(places) ?? '[]'; }`;
/** A pause of the user's debugger may stop in it, since this kind of call cannot say that breaks are off. */
const LOCATED_TIMEOUT_MS = 5000;
const FIRST: DrainOptions = { full: true, profile: null, bundled: [] };
const UNINSTALL_TIMEOUT_MS = 2000;

/** What a beat has brought. */
export interface Drained {
  batch: Batch;
  bytes: number;
  /** Otherwise the probe knows places that were not told: ask for all of them. */
  isWhole: boolean;
}

/** The probe of one session, installed in the target. */
export class Injection {
  private constructor(
    private readonly session: Session,
    private readonly scripts: Scripts,
    /** The probe's program, which keeps it in the target: it takes itself out once this is collected. */
    private readonly program: RemoteObject,
    private readonly reader: BatchReader,
    readonly level: ProbeOptions['level'],
    /** Whether the probe can read Node's own lists of timers. */
    readonly listsTimers: boolean,
    /** Whether it can tell promises that have settled from the others. */
    readonly knowsPromises: boolean,
  ) {}

  /**
   * Installs the probe from its bundled source; one that comes too late, because nobody waits any more, is taken out again.
   * The first beat comes with it; no places of callbacks are looked up for that. Throws HumanError when another host's
   * probe is at work, or the signal's reason.
   */
  static async install(
    session: Session,
    scripts: Scripts,
    source: string,
    options: ProbeOptions,
    signal?: AbortSignal,
  ): Promise<{ injection: Injection; first: Drained }> {
    let program: RemoteObject | undefined;
    try {
      program = await evaluateSettled(session, programOf(source), false, OBJECT_GROUP);
      // At level `observe` the probe has no use for them.
      const scopes = options.level === 'observe' ? undefined : await nodeScopes(session, program);
      signal?.throwIfAborted();
      const { value } = await callOn(session, program, INSTALL, [
        JSON.stringify(options),
        JSON.stringify(FIRST),
        ...(scopes ? [scopes] : []),
      ]);
      if (value === 'occupied') {
        throw new HumanError(
          l10n.t('Another Loopscope is attached to this process. Detach it there first, then attach again.'),
        );
      }
      const [names = '', batch = ''] = String(value).split('\n', 2);
      const [listsTimers, knowsPromises] = [names.includes('timerListMap'), names.includes('getPromiseDetails')];
      const reader = new BatchReader();
      const injection = new Injection(session, scripts, program, reader, options.level, listsTimers, knowsPromises);
      return { injection, first: drainedOf(reader, batch) };
    } catch (error) {
      // It may be carried out yet: what is sent now comes right after it.
      if (!(error instanceof ClosedError)) {
        if (program) callOn(session, program, TAKE_OUT, []).catch(() => undefined);
        letGo(session).catch(() => undefined);
      }
      throw error;
    }
  }

  /** One beat, with the places of its longest callbacks; null when the probe has uninstalled itself. */
  async drain(options: DrainOptions): Promise<Drained | null> {
    const text = await this.ask('drain', JSON.stringify(options));
    if (text === '') return null;
    const drained = drainedOf(this.reader, text);
    const { batch } = drained;
    if (this.scripts.unlisted) batch.notes.push('placesCut');
    const isWhole = batch.unlocated.length === 0 || (await this.locateLongest(batch));
    return { ...drained, isWhole };
  }

  /** Members of a pending group. */
  async instances(group: number, limit: number): Promise<Instance[]> {
    const text = await this.ask('instances', group, limit);
    return text === '' ? [] : decodeInstances(text);
  }

  /** Gives the probe what a step of a heap scan found, some at a time; null for what Node itself lists. */
  async adopt(step: ScanStep, objects: RemoteObject | null): Promise<Scanned> {
    const total = { found: 0, added: 0, dropped: 0 };
    const count = objects ? await this.lengthOf(objects) : 1;
    for (let from = 0; from < count;) {
      const args = [step, objects, from, from + SLICE];
      const { value } = await callOn(this.session, this.program, SCANNED, args, LOOKING_GROUP);
      if (value === '')
        throw new HumanError(l10n.t('The probe had taken itself out meanwhile. Scan again at the next beat.'));
      const scanned = decodeScanned(String(value));
      // It had interrupted a change of the tables.
      if (!scanned) continue;
      total.found += scanned.found;
      total.added += scanned.added;
      total.dropped += scanned.dropped;
      from += SLICE;
      await this.locate();
    }
    return total;
  }

  /** Takes the probe out; names of what could not be put back. Sent even if no answer can be waited for. */
  async uninstall(timeoutMs = UNINSTALL_TIMEOUT_MS): Promise<string[]> {
    const { value } = await this.callHandle('uninstall', [], timeoutMs);
    await letGo(this.session, timeoutMs);
    return typeof value === 'string' && value !== '' ? decode('uninstall', list(text), value) : [];
  }

  /** Lets go what the target keeps of a probe that is out, however it came out. */
  forget(): Promise<unknown> {
    return letGo(this.session, NO_TIMEOUT_MS);
  }

  /** Gives the longest callbacks of a batch the places where they were written; false when it was not told all of them. */
  private async locateLongest(batch: Batch): Promise<boolean> {
    const located = await this.locate().catch((error: unknown) => {
      if (error instanceof NoAnswerError) return null;
      throw error;
    });
    if (!located) return false;
    for (const { callback, of } of batch.unlocated) {
      const site = located.get(callback);
      if (!site || of === null) continue;
      batch.sites.push(site);
      if (of === 'openCallback') {
        if (batch.openCallback) batch.openCallback.site = site.site;
      } else {
        const phase = batch.phases[of];
        if (phase) phase.longestSite = site.site;
      }
    }
    return true;
  }

  private async locate(): Promise<Map<number, BatchSite>> {
    const sites = new Map<number, BatchSite>();
    const numbers = decodeNumbers(await this.ask('unlocated'));
    if (numbers.length === 0) return sites;
    const functions = await this.callHandle('callbacks', [], NO_TIMEOUT_MS, LOOKING_GROUP);
    const places = await this.scripts.placesOf(functions, async () => decodeEvidence(await this.ask('evidence')));
    await this.session.send('Runtime.releaseObjectGroup', { objectGroup: LOOKING_GROUP });
    const located = numbers.map((callback, index): Located => ({ callback, place: places[index] ?? null }));
    // Each new text of an evaluation stays in the target, so what differs each time is given as an argument.
    const answer = await callOn(
      this.session,
      this.program,
      LOCATED,
      [JSON.stringify(located)],
      OBJECT_GROUP,
      LOCATED_TIMEOUT_MS,
    );
    const answers = decodeNumbers(String(answer.value));
    located.forEach(({ callback, place }, index) => {
      const site = answers[index];
      if (place && site) sites.set(callback, { site, ...place });
    });
    return sites;
  }

  private async lengthOf(array: RemoteObject): Promise<number> {
    const { value } = await callOn(this.session, array, 'function () { return this.length; }', [], LOOKING_GROUP);
    return typeof value === 'number' ? Math.min(value, MOST_FOUND) : 0;
  }

  private async ask(method: keyof ProbeHandle, ...args: unknown[]): Promise<string> {
    const answer = await this.callHandle(method, args);
    if (typeof answer.value !== 'string') throw new Malformed('a text').within(method);
    return answer.value;
  }

  /** A pause that the user's debugger asked for must not stop inside the probe: breaks are off for our calls. */
  private callHandle(
    method: keyof ProbeHandle,
    args: unknown[],
    timeoutMs = NO_TIMEOUT_MS,
    objectGroup = OBJECT_GROUP,
  ): Promise<RemoteObject> {
    const list = args.map((value) => JSON.stringify(value)).join(', ');
    const expression = `globalThis[Symbol.for('${PROBE_KEY}')]?.probe.${method}(${list}) ?? ''`;
    return evaluate(this.session, expression, { timeoutMs, objectGroup });
  }
}

/** What the probe is told; it waits for at least three beats before it takes itself out. */
export function probeOptions(
  { level, beatMs, includePackages }: Pick<ProbeOptions, 'level' | 'includePackages'> & { beatMs: number },
  { located, identity }: Pick<Connection, 'located' | 'identity'>,
  { orphanAfterMs = ORPHAN_AFTER_MS }: { orphanAfterMs?: number },
): ProbeOptions {
  return {
    level,
    threadId: identity.threadId,
    orphanAfterMs: Math.max(orphanAfterMs, beatMs * 3),
    closeInspector: located.openedByUs,
    maxResources: MAX_RESOURCES,
    stacksPerSecond: STACKS_PER_SECOND,
    includePackages,
  };
}

/** Without them the probe sees less, and says so. */
async function nodeScopes(session: Session, program: RemoteObject): Promise<RemoteObject | undefined> {
  try {
    const { result } = await propertiesOf(session, program);
    const ofNode = result.find(({ name }) => name === 'ofNode')?.value;
    return ofNode ? await scopesOf(session, ofNode) : undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function letGo(session: Session, timeoutMs?: number): Promise<unknown> {
  return session.send('Runtime.releaseObjectGroup', { objectGroup: OBJECT_GROUP }, timeoutMs);
}

function drainedOf(reader: BatchReader, text: string): Drained {
  return { batch: reader.read(text), bytes: Buffer.byteLength(text), isWhole: true };
}

/** The bundle as an expression; loads the modules that the probe will ask for while it is safe to. */
function programOf(source: string): string {
  return `(() => {
    for (const name of ${JSON.stringify(PROBE_MODULES)}) require(name);
    ${source}
    return {
      install: loopscopeProbe.install,
      given: { process, require, profile, profileEnd },
      ofNode: require('node:async_hooks').executionAsyncId,
    };
  })()
  //# sourceURL=${PROBE_URL}`;
}
