import {
  PROBE_KEY,
  PROBE_VERSION,
  type Batch,
  type DrainOptions,
  type Located,
  type ProbeHandle,
  type ProbeNote,
  type ProbeOptions,
  type SentBatch,
  type SentGroups,
} from '../protocol/probe';
import { Adoption } from './adopt';
import { isInAtomicsWait } from './atomicsWait';
import { Budget } from './budget';
import { Callbacks } from './callbacks';
import { Counters } from './counters';
import { Emitters } from './emitters';
import { Groups } from './groups';
import { Loop } from './loop';
import type { AsyncHooks, EventEmitterClass, Given, Internals, Performance, Process } from './node';
import { HOOKED, Phases } from './phases';
import { ProcessEvents } from './processEvents';
import { PromiseHooks } from './promiseHooks';
import { Promises } from './promises';
import { Resources } from './resources';
import { Scan } from './scan';
import { Sites } from './sites';
import { Kind, kindOf, ResourceTypes, typeOfActiveResource } from './types';

const REGISTRY = Symbol.for(PROBE_KEY);

/** What the global object holds while a probe is installed. */
interface Installed {
  probe: ProbeHandle;
  /** How long no beat has come. */
  silentMs: () => number;
}

/** The program may replace them while it is watched. */
const { parse, stringify } = JSON;
const { deleteProperty } = Reflect;

const MAX_FILES = 5000;

/** Two readings of one clock are no further apart, unless the process was stopped in between. */
const SAME_CLOCK_MS = 1000;

/** Stacks of awaits that level `deep` captures: less than 1 % of a core. */
const AWAIT_STACKS_PER_SECOND = 1000;

/** How long a probe must have been silent before another host may replace it. */
const ABANDONED_MS = 5000;

/**
 * Installs the probe; false when another one is at work. One that its host has abandoned is replaced. Only the host's
 * session holds the `token`, so that it is collected when that ends. `internals` are of Node's own modules.
 */
export function install(given: Given, token: object, optionsJson: string, internals: Internals): boolean {
  const registry = globalThis as unknown as Record<symbol, Installed | undefined>;
  const performance = (given.require('node:perf_hooks') as { performance: Performance }).performance;
  const other = registry[REGISTRY];
  if (other) {
    if (other.silentMs() < ABANDONED_MS) return false;
    other.probe.uninstall();
  }
  const probe = new Probe(given, parse(optionsJson) as ProbeOptions, internals, performance);
  Object.defineProperty(registry, REGISTRY, { value: probe.installed, enumerable: false, configurable: true });
  try {
    probe.start(token);
  } catch (error) {
    probe.uninstall();
    throw error;
  }
  return true;
}

class Probe {
  private readonly process: Process;
  private readonly counters: Counters;
  private readonly resources: Resources;
  private readonly callbacks = new Callbacks();
  private readonly phases = new Phases();
  private readonly sites: Sites;
  private readonly emitters: Emitters;
  private readonly adoption: Adoption;
  private readonly promises: Promises;
  private readonly promiseHooks: PromiseHooks;
  private readonly loop: Loop;
  private readonly scan: Scan;
  private readonly processEvents: ProcessEvents;
  private readonly notes: ProbeNote[] = [];
  private readonly refilled: Budget[] = [];
  private readonly now: () => number;
  private readonly tracking: boolean;
  private readonly deep: boolean;
  private active = true;
  private sequence = 0;
  private lastBeatMs: number;
  private drainMs = 0;
  /** Abandons when the host's token was collected: the session that held it has ended, however it ended. */
  private readonly collected = new FinalizationRegistry<null>(() => this.abandon());

  readonly installed: Installed = { probe: this.handle(), silentMs: () => this.now() - this.lastBeatMs };

  constructor(
    private readonly given: Given,
    private readonly options: ProbeOptions,
    private readonly internals: Internals,
    performance: Performance,
  ) {
    const { require } = given;
    this.now = clockOf(given.process, performance, internals);
    this.lastBeatMs = this.now();
    this.tracking = options.level !== 'observe';
    this.process = given.process;
    const hooks = require('node:async_hooks') as AsyncHooks;
    const types = new ResourceTypes(hooks.asyncWrapProviders);
    const budget = (perSecond: number, atOnce = perSecond): Budget => {
      const made = new Budget(perSecond, atOnce, this.lastBeatMs);
      this.refilled.push(made);
      return made;
    };
    this.counters = new Counters(this.process, performance, require, options.threadId);
    this.sites = new Sites(options.includePackages);
    const groups = new Groups(types.all());
    this.promises = new Promises(
      internals.getPromiseDetails,
      types.promise,
      groups,
      this.sites,
      budget(AWAIT_STACKS_PER_SECOND),
      AWAIT_STACKS_PER_SECOND,
      this.now,
    );
    this.resources = new Resources(types, groups, this.promises, options.maxResources, this.now);
    this.processEvents = new ProcessEvents(this.process, require);
    this.emitters = new Emitters(
      require('node:events') as EventEmitterClass,
      performance,
      this.sites,
      this.callbacks,
      options.stacksPerSecond,
      this.lastBeatMs,
      this.processEvents.isOurs,
    );
    const { stacksPerSecond } = options;
    const budgets = {
      timers: budget(stacksPerSecond),
      handles: budget(stacksPerSecond, stacksPerSecond * 10),
      passing: budget(stacksPerSecond / 2),
    };
    this.adoption = new Adoption(this.resources, this.callbacks, hooks, types, this.now);
    this.deep = options.level === 'deep' && internals.getPromiseDetails !== undefined;
    this.promiseHooks = new PromiseHooks(internals.asyncWrap, this.deep ? this.promises.init : undefined);
    this.deep &&= this.promiseHooks.canSet;
    this.loop = new Loop(
      hooks,
      types,
      this.resources,
      this.adoption,
      this.phases,
      this.sites,
      budgets,
      this.now,
      options.orphanAfterMs,
      () => this.abandon(),
    );
    this.scan = new Scan(internals, this.loop, this.resources, this.adoption, this.emitters, this.promises);
  }

  /** Switches on what the level asks for, for as long as the token is held. */
  start(token: object): void {
    this.collected.register(token, null);
    if (!this.tracking) return;
    this.loop.beat(this.internals.timers);
    this.adoption.handlesAndRequests(this.process);
    this.adoption.scheduled(this.internals, this.loop.libuvOffsetMs);
    if (!this.internals.timerListMap) this.notes.push('timersBeforeAttachUnknown');
    this.notes.push('unreferencedHandlesUnknown');
    this.loop.enable();
    if (!this.promiseHooks.putBack(() => this.loop.seesPromises())) this.notes.push('promiseHooksOn');
    if (this.deep) this.promises.total = 0;
    else if (this.options.level === 'deep') this.notes.push('promisesUnknown');
    if (!this.processEvents.listen()) this.notes.push('processEventsUnknown');
    this.emitters.patch();
  }

  private handle(): ProbeHandle {
    return {
      drain: (optionsJson) => (this.active ? stringify(this.drain(parse(optionsJson) as DrainOptions)) : ''),
      instances: (group, limit) =>
        this.active && this.tracking ? stringify(this.resources.instances(group, limit)) : '',
      unlocated: () => stringify(this.callbacks.waiting()),
      callbacks: () => this.callbacks.functions(),
      evidence: () => stringify({ texts: this.callbacks.texts(), files: this.loadedFiles() }),
      located: (placesJson) => stringify((parse(placesJson) as Located[]).map((each) => this.located(each))),
      scanned: (step, objects) => (this.active ? stringify(this.scan.enter(step, objects)) : ''),
      uninstall: () => stringify(this.uninstall()),
    };
  }

  /** The main script and the CommonJS modules; Node keeps no public list of the others. */
  private loadedFiles(): string[] {
    const { _cache: modules } = this.given.require('node:module') as { _cache?: object };
    const main = this.process.argv[1];
    return [...(typeof main === 'string' ? [main] : []), ...Object.keys(modules ?? {})].slice(0, MAX_FILES);
  }

  private located({ callback, place }: Located): number {
    const site = place ? this.sites.intern(place.function, place.url, place.line, place.column) : 0;
    this.callbacks.answer(callback, site);
    return site;
  }

  private drain({ full, profile, bundled }: DrainOptions): SentBatch {
    const startMs = this.now();
    const windowMs = startMs - this.lastBeatMs;
    this.lastBeatMs = startMs;
    // At once: what is read later counts a piece of the next window too.
    const loop = this.counters.takeLoop();
    for (const budget of this.refilled) budget.refill(startMs);
    this.sites.passOver(bundled);
    if (profile?.start) this.startProfile(profile.start);
    if (profile?.end) this.given.profileEnd(profile.end);
    // Not before the first picture: a walk through all loaded modules takes some 10 ms.
    if (this.tracking && this.sequence === 1) this.emitters.discover(this.process, this.given.require);
    const unlocated: Batch['unlocated'] = [];
    const open = this.tracking ? this.beat(startMs, unlocated) : null;
    const sent = this.tracking ? this.resources.collect(full, this.callbacks) : this.activeResources();
    const waiting = this.callbacks.first;
    if (waiting !== undefined && unlocated.length === 0) unlocated.push({ callback: waiting, of: null });
    const batch: SentBatch = {
      version: PROBE_VERSION,
      sequence: ++this.sequence,
      full: full || !this.tracking,
      nowMs: startMs,
      windowMs,
      process: this.counters.takeProcess(),
      loop,
      phases: this.tracking ? this.phases.takePhases() : {},
      lateness: this.phases.takeLateness(),
      openCallback: open,
      inAtomicsWait: !loop.turns && isInAtomicsWait(),
      unlocated,
      ...sent,
      totals: this.tracking ? this.resources.totals() : totalsOf(sent),
      promises: this.deep ? this.promises.take(windowMs) : null,
      listeners: this.tracking ? this.emitters.collect(full, startMs) : [],
      owners: this.tracking
        ? { ...this.resources.takeOwners(), streams: this.emitters.unheard() }
        : { unheard: [], servers: [], pools: [], streams: [] },
      events: this.processEvents.take(),
      sites: this.sites.take(full),
      dropped: {
        resources: this.resources.takeDropped(),
        sites: this.sites.takeDropped(),
        emitters: this.emitters.takeDropped(),
        promises: this.promises.takeDropped(),
      },
      drainMs: this.drainMs,
      notes: [
        ...this.notes,
        ...(this.emitters.cut ? (['listenersCut'] as const) : []),
        ...(this.sites.blind ? (['placesUnknown'] as const) : []),
        ...(this.sites.isFull ? (['placesCut'] as const) : []),
      ],
    };
    this.drainMs = this.now() - startMs;
    return batch;
  }

  private startProfile(name: string): void {
    this.given.profile(name);
    const bySignals = !['win32', 'darwin'].includes(this.process.platform);
    if (bySignals && !this.notes.includes('idleCountedShort')) this.notes.push('idleCountedShort');
  }

  private beat(nowMs: number, unlocated: Batch['unlocated']): Batch['openCallback'] {
    this.loop.beat(this.internals.timers);
    this.promiseHooks.check(() => this.loop.seesPromises());
    for (const { phase, callback } of this.phases.longestFunctions()) {
      const site = this.callbacks.siteOf(callback);
      if (site) this.phases.setLongest(phase, site, callback);
      else if (site === undefined) this.question(unlocated, callback, HOOKED[phase]);
    }
    const open = this.loop.takeOpen(nowMs);
    if (!open) return null;
    const known = this.callbacks.siteOf(open.callback);
    if (known === undefined) this.question(unlocated, open.callback, 'openCallback');
    return { phase: open.phase, sinceMs: open.sinceMs, site: known === undefined || known === 0 ? open.site : known };
  }

  private question(unlocated: Batch['unlocated'], callback: unknown, of: Batch['unlocated'][number]['of']): void {
    const number = this.callbacks.ask(callback);
    if (number) unlocated.push({ callback: number, of });
  }

  /** Level `observe`: what Node itself lists as keeping the process alive, by type. */
  private activeResources(): SentGroups {
    const counts = new Map<string, number>();
    for (const info of this.process.getActiveResourcesInfo?.() ?? []) {
      const type = typeOfActiveResource(info);
      counts.set(type, (counts.get(type) ?? 0) + 1);
    }
    const all = [...counts];
    return {
      groups: all.map(([type], group) => ({
        group,
        type,
        site: null,
        beforeAttach: true,
      })),
      pending: all.map(([, count], group) => [group, count, count, null]),
    };
  }

  uninstall(): string[] {
    if (!this.active) return [];
    this.active = false;
    this.promiseHooks.restore();
    this.loop.disable();
    const registry = globalThis as unknown as Record<symbol, Installed | undefined>;
    if (registry[REGISTRY] === this.installed) deleteProperty(registry, REGISTRY);
    const left = this.emitters.restore();
    this.processEvents.stop();
    return left;
  }

  /** The host is gone: takes everything out, and closes the inspector if the host had opened it. */
  private abandon(): void {
    if (!this.active) return;
    this.uninstall();
    if (this.options.closeInspector) (this.given.require('node:inspector') as { close(): void }).close();
  }
}

/** A clock in ms that the program does not hold: it may have replaced `performance.now` by one of its own. */
function clockOf(process: Process, performance: Performance, { now }: Internals): () => number {
  // Node 18 makes `performance.now` of `process.hrtime`, which fake timers replace too.
  if (process.version.startsWith('v18.')) {
    const uptime = process.uptime.bind(process);
    return () => uptime() * 1000;
  }
  const clock = Object.getPrototypeOf(performance) as Performance;
  const checked = clock.now.bind(performance);
  // A replaced method has variables of its own.
  return typeof now === 'function' && Math.abs(now() - checked()) < SAME_CLOCK_MS ? now : checked;
}

function totalsOf({ groups, pending }: SentGroups): Batch['totals'] {
  const sum = (...kinds: Kind[]): number =>
    groups.reduce(
      (total, { type, group }) => total + (kinds.includes(kindOf(type)) ? (pending[group]?.[1] ?? 0) : 0),
      0,
    );
  const [timers, immediates, requests] = [sum(Kind.Timer), sum(Kind.Immediate), sum(Kind.Request)];
  return { timers, immediates, requests, handles: sum(Kind.Handle, Kind.Worker, Kind.Native), promises: null };
}
