import type { Batch, BatchPhase, CpuSummary } from '../protocol/probe';
import type { Level, Method, PhaseFigures, PhaseName, SiteId } from '../protocol/snapshot';

/** libuv runs timers last since 1.45, which came with Node 20; before they came first. */
const ORDER: readonly PhaseName[] = [
  'pending',
  'prepare',
  'poll',
  'check',
  'close',
  'timers',
  'nextTick',
  'microtasks',
];
const ORDER_BEFORE_20: readonly PhaseName[] = [
  'timers',
  'pending',
  'prepare',
  'poll',
  'check',
  'close',
  'nextTick',
  'microtasks',
];

export interface PhaseInput {
  level: Level;
  nodeVersion: string;
  /** Time of the window that the loop did not wait. */
  activeMs: number;
  phases: Batch['phases'];
  siteOf(probeSite: number | null): SiteId | null;
  /** The latest stretch of the sampler; null while it is off or has said nothing yet. */
  cpu: CpuSummary | null;
  /** Part of the time that hooks leave: see `MicrotaskPart`. */
  microtaskPart: number;
  /** Whether samples are to be expected. */
  sampling: boolean;
}

/** Major version of Node; 0 when the text is no version. */
export function majorOf(nodeVersion: string): number {
  return Number.parseInt(nodeVersion, 10) || 0;
}

/** All eight in the loop order of the version; their busy times add up to the active time, or to less: other. */
export function phaseFigures(input: PhaseInput): PhaseFigures[] {
  const major = majorOf(input.nodeVersion);
  const order = major > 0 && major < 20 ? ORDER_BEFORE_20 : ORDER;
  const figures = input.level === 'observe' ? sampledFigures(input) : hookedFigures(input);
  return order.map((phase) => figures.get(phase) ?? unknown(phase, 'notObservable'));
}

type Figures = Map<PhaseName, PhaseFigures>;

const HOOKED = ['poll', 'check', 'close', 'timers', 'nextTick'] as const;
const SAMPLED = [...HOOKED, 'microtasks'] as const;

function hookedFigures(input: PhaseInput): Figures {
  const figures: Figures = new Map();
  for (const phase of HOOKED) figures.set(phase, hooked(phase, input.phases[phase], input));
  fit([...figures.values()], input.activeMs);
  const leftMs = Math.max(0, input.activeMs - sumOf(figures.values()));
  const own = input.phases.microtasks;
  const microtasks = own
    ? hooked('microtasks', own, input)
    : sampled('microtasks', input, input.microtaskPart * leftMs);
  if (microtasks.busyMs !== null) microtasks.busyMs = Math.min(microtasks.busyMs, leftMs);
  figures.set('microtasks', microtasks);
  return figures;
}

function sampledFigures(input: PhaseInput): Figures {
  const figures: Figures = new Map();
  const { cpu, activeMs } = input;
  for (const phase of SAMPLED) {
    const share = cpu?.phaseShares[phase] ?? 0;
    // How long it was active is known better: the samples only say how that is divided.
    figures.set(phase, sampled(phase, input, cpu && share > 0 ? (share / (1 - cpu.idleShare)) * activeMs : 0));
  }
  return figures;
}

/** A phase that hooks see and the batch does not name had no callback: that is a measured zero. */
function hooked(phase: PhaseName, figures: BatchPhase | undefined, input: PhaseInput): PhaseFigures {
  const ran = figures && figures.callbacks > 0;
  return {
    phase,
    busyMs: figures?.busyMs ?? 0,
    callbacks: figures?.callbacks ?? 0,
    longestMs: ran ? figures.longestMs : null,
    longestSite: ran ? input.siteOf(figures.longestSite) : null,
    method: 'hooks',
  };
}

function sampled(phase: PhaseName, { cpu, sampling }: PhaseInput, busyMs: number): PhaseFigures {
  if (!cpu) return unknown(phase, sampling ? 'sampled' : 'notObservable');
  return { ...unknown(phase, 'sampled'), busyMs };
}

function unknown(phase: PhaseName, method: Method): PhaseFigures {
  return { phase, busyMs: null, callbacks: null, longestMs: null, longestSite: null, method };
}

function sumOf(figures: Iterable<PhaseFigures>): number {
  let sum = 0;
  for (const { busyMs } of figures) sum += busyMs ?? 0;
  return sum;
}

/** Two clocks never agree to the last digit, and a callback that goes on is counted to a little after the window. */
function fit(figures: PhaseFigures[], activeMs: number): void {
  const sum = sumOf(figures);
  if (sum <= activeMs) return;
  for (const figure of figures) if (figure.busyMs !== null) figure.busyMs *= activeMs / sum;
}
