import type {
  Finding,
  ListenerGroup,
  MemoryFigures,
  OpenCallback,
  PendingGroup,
  PromiseFigures,
  Site,
  SiteId,
  TargetState,
} from '../../protocol/snapshot';
import type { HeldCalls } from '../hot';
import type { Lately } from '../lately';
import type { LongCallback } from '../longCallbacks';
import type { OwnersView } from '../owners';
import type { Growing } from '../pendingGrowth';
import type { LoggedEvent } from '../processLog';
import type { Starvation } from '../starvation';
import type { PoolLoad } from '../threadPool';
import type { Growth } from '../trend';

/** When a finding speaks; see the settings of the same names. */
export interface Thresholds {
  blockedLoopMs: number;
  /** Half of the timers start later than this. */
  lateTimersMs: number;
  /** Share of the loop's time in one synchronous call or regular expression. */
  synchronousShare: number;
  /** Share of the loop's time in garbage collections. */
  gcShare: number;
  /** The thread pool has had no thread to spare for so long. */
  threadPoolMs: number;
  /** A request has been pending for so long; a write, which waits for its reader. */
  slowRequestMs: number;
  slowWriteMs: number;
  /** Requests of an http.Agent have had to wait for one of its sockets for so long. */
  poolWaitMs: number;
  /** Share of the connections that a server allows. */
  connectionsShare: number;
  /** Growth a second over the last minute that makes a group of timers or handles a finding. */
  growthPerSecond: number;
  /** So many of the same warnings or exceptions that nothing caught, in the last minute. */
  processEventsPerMinute: number;
  /** Share of the heap limit. */
  heapShare: number;
  /** Growth a minute of the memory outside the heap, in units of 2 ** 20 bytes. */
  bufferGrowthMb: number;
}

/** What rules judge: the picture of this beat and what the time before it says. */
export interface RuleView {
  thresholds: Thresholds;
  state: TargetState;
  /** The window, on the target's clock, and whether it holds a pause in a debugger. */
  windowMs: number;
  hasPause: boolean;
  openCallback: OpenCallback | null;
  /** Which queue holds up the loop; null when none does. */
  starvation: Starvation | null;
  /** The longest callback of the last minute; null when none was seen. */
  longest: LongCallback | null;
  /** What is pending and grows, most first. */
  growing: readonly Growing[];
  /** Requests that are pending, most first. */
  requests: readonly PendingGroup[];
  /** How much the thread pool has to do; null while it has threads to spare. */
  poolLoad: PoolLoad | null;
  promises: PromiseFigures | null;
  /** Timers and collections of the last ten seconds. */
  lately: Pick<Lately, 'timers' | 'collections'>;
  /** What held up the loop, from the samples of the last ten seconds. */
  heldCalls: HeldCalls;
  /** What may be amiss with sockets, servers and agents. */
  owners: OwnersView;
  /** What reached the process in the last minute, latest first. */
  processEvents: readonly LoggedEvent[];
  /** Whether a finding is shown already: it then takes less to go on with it. */
  isHeld(id: string): boolean;
  listeners: readonly ListenerGroup[];
  /** Growth over the last minute, steady unless it need only go on; null when there is none. */
  listenerGrowth(key: string, goingOn: boolean): Growth | null;
  memory: MemoryFigures;
  /** Growth of what the heap keeps, a minute; null when it does not grow or that is not known yet. */
  heapGrowthBytesPerMinute(): number | null;
  /** The same of what lies outside the heap. */
  externalGrowthBytesPerMinute(): number | null;
  /** What a debugger does to the figures, as a sentence; null when there is none. */
  distortion: string | null;
  site(id: SiteId): Site | undefined;
}

/** One rule: data that says what it looks for. An empty answer means that all is well. */
export interface Rule {
  id: string;
  /** `lookAgain` when this beat cannot tell: what was found before stays. */
  check(view: RuleView): Finding[] | 'lookAgain';
  /** How long a finding stays after it was last true, so that nothing flickers; 10 s. */
  holdMs?: number;
}

/** The threshold of a finding, or a part of it when that is shown already: it then takes less to go on with it. */
export function least(threshold: number, id: string, view: RuleView, part = 0.7): number {
  return view.isHeld(id) ? threshold * part : threshold;
}

/** Growth a second that is worth a finding, or half of that for one that is shown already; else null. */
export function enough(growth: Growth | null, view: RuleView, isHeld: boolean): number | null {
  const least = view.thresholds.growthPerSecond * (isHeld ? 0.5 : 1);
  return growth && growth.perSecond >= least ? growth.perSecond : null;
}
