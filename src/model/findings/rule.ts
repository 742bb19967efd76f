import type {
  Finding,
  ListenerGroup,
  MemoryFigures,
  OpenCallback,
  PromiseFigures,
  Site,
  SiteId,
  TargetState,
} from '../../protocol/snapshot';
import type { LongCallback } from '../longCallbacks';
import type { Growing } from '../pendingGrowth';
import type { Starvation } from '../starvation';
import type { Growth } from '../trend';

/** When a finding speaks; see the settings of the same names. */
export interface Thresholds {
  blockedLoopMs: number;
  /** Growth a second over the last minute that makes a group of timers or handles a finding. */
  growthPerSecond: number;
  /** Share of the heap limit. */
  heapShare: number;
}

/** What rules judge: the picture of this beat and what the last minute says. */
export interface RuleView {
  thresholds: Thresholds;
  state: TargetState;
  openCallback: OpenCallback | null;
  /** Which queue holds up the loop; null when none does. */
  starvation: Starvation | null;
  /** The longest callback of the last minute; null when none was seen. */
  longest: LongCallback | null;
  /** What is pending and grows, most first. */
  growing: readonly Growing[];
  promises: PromiseFigures | null;
  /** Whether a finding is shown already: it then takes less to go on with it. */
  isHeld(id: string): boolean;
  listeners: readonly ListenerGroup[];
  /** Growth over the last minute, steady unless it need only go on; null when there is none. */
  listenerGrowth(key: string, goingOn: boolean): Growth | null;
  memory: MemoryFigures;
  /** Growth of what the heap keeps, a minute; null when it does not grow or that is not known yet. */
  heapGrowthBytesPerMinute: number | null;
  site(id: SiteId): Site | undefined;
}

/** One rule: data that says what it looks for. An empty answer means that all is well. */
export interface Rule {
  id: string;
  /** `lookAgain` when this beat cannot tell: what was found before stays. */
  check(view: RuleView): Finding[] | 'lookAgain';
}

/** Growth a second that is worth a finding, or half of that for one that is shown already; else null. */
export function enough(growth: Growth | null, view: RuleView, isHeld: boolean): number | null {
  const least = view.thresholds.growthPerSecond * (isHeld ? 0.5 : 1);
  return growth && growth.perSecond >= least ? growth.perSecond : null;
}
