import type { Attachment, AttachmentOptions } from '../../src/attachment';
import { PHASES, type PhaseName, type Snapshot } from '../../src/protocol/snapshot';
import { snapshotWhere, Target } from './target';

/** What a program that keeps its own account did, and what the snapshots of the same time say; times in ms. */
export interface Stretch {
  windowMs: number;
  snapshots: Snapshot[];
  /** On the clock of the target's uptime. */
  fromMs: number;
  untilMs: number;
  /** By the program's clock and by its names for places, which begin with the phase. */
  placesMs: Record<string, number>;
  /** By phase: by the program's clock, and as shown; 0 where nothing is known. */
  truthMs: Record<PhaseName, number>;
  shownMs: Record<PhaseName, number>;
  spins: Record<PhaseName, number>;
  /** How many times as long as it should a spin took, because others used the processors too; at least 1. */
  slowness: number;
  idleMs: number;
}

interface Spins {
  /** Names of PLACES in the fixture; all when not given. */
  places?: string[];
  spinMs?: number;
  pauseMs?: number;
}

/** Starts a program that spins for known times in known places. */
export function startSpins(major: number, spins: Spins = {}): Promise<Target> {
  return Target.start(major, 'phases/spins.cjs', { args: [JSON.stringify(spins)] });
}

/** Attaches, follows for a while from the second stretch of samples on, and detaches. */
export async function followSpins(
  target: Target,
  options: Partial<AttachmentOptions>,
  forMs: number,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<Stretch> {
  const attachment = await target.attach(options);
  try {
    const sampled = options.sampling !== 'off';
    const first = await snapshotWhere(attachment, ({ hot }) => !sampled || hot !== null);
    await beats(attachment, first.sequence + 1);
    const [stretch] = await Promise.all([follow(target, attachment, forMs), meanwhile()]);
    return stretch;
  } finally {
    await attachment.detach();
  }
}

const beats = (attachment: Attachment, until: number): Promise<Snapshot> =>
  snapshotWhere(attachment, ({ sequence }) => sequence >= until);

async function follow(target: Target, attachment: Attachment, forMs: number): Promise<Stretch> {
  const snapshots: Snapshot[] = [];
  const fromMs = attachment.snapshot?.target.uptimeMs ?? 0;
  let windowMs = 0;
  const last = await snapshotWhere(
    attachment,
    (snapshot) => {
      snapshots.push(snapshot);
      windowMs += snapshot.windowMs;
      return windowMs >= forMs;
    },
    forMs + 20_000,
  );
  const untilMs = last.target.uptimeMs;
  const truth = await target.evaluate<Record<string, { ms: number; spins: number }>>(`account(${fromMs}, ${untilMs})`);
  const all = Object.values(truth);
  const inPhase = (phase: PhaseName): typeof all =>
    Object.entries(truth).flatMap(([place, sum]) => (place.split(':')[0] === phase ? [sum] : []));
  const spinMs = await target.evaluate<number>('spinMs');
  const perSpinMs = all.reduce((total, { ms }) => total + ms, 0) / all.reduce((total, { spins }) => total + spins, 0);
  const byPhase = (figure: (phase: PhaseName) => number): Record<PhaseName, number> =>
    Object.fromEntries(PHASES.map((phase) => [phase, figure(phase)])) as Record<PhaseName, number>;
  const sum = (figure: (snapshot: Snapshot) => number | null | undefined): number =>
    snapshots.reduce((total, snapshot) => total + (figure(snapshot) ?? 0), 0);
  return {
    windowMs,
    snapshots,
    fromMs,
    untilMs,
    placesMs: Object.fromEntries(Object.entries(truth).map(([place, { ms }]) => [place, ms])),
    truthMs: byPhase((phase) => inPhase(phase).reduce((total, { ms }) => total + ms, 0)),
    spins: byPhase((phase) => inPhase(phase).reduce((total, { spins }) => total + spins, 0)),
    slowness: Math.max(1, perSpinMs / spinMs),
    shownMs: byPhase((name) => sum(({ phases }) => phases.find(({ phase }) => phase === name)?.busyMs)),
    idleMs: sum(({ loop }) => loop.idleMs),
  };
}

/**
 * How far the sampled time of a phase may be off: 3 points of the window, and three times what chance does. A sample
 * falls somewhere between the ends of a spin, so each spin is seen up to one interval too long or too short (deviation
 * 0.41 of it). Where the processors are short the thread that takes the samples waits for one as well.
 */
export function sampledBoundMs({ windowMs, spins, slowness }: Stretch, phase: PhaseName, intervalMs: number): number {
  return slowness * (0.03 * windowMs + 3 * 0.41 * intervalMs * Math.sqrt(spins[phase]));
}

/** A drain reads the uptime a little after the end of its window. */
const EDGES_MS = 5;

/**
 * How far the hooked time of a phase may be off: 2 %, and above it also what callbacks of Node itself take, which the
 * program cannot account for.
 */
export function hookedBoundMs({ windowMs, truthMs, shownMs, slowness }: Stretch, phase: PhaseName): number {
  const unaccountedMs = shownMs[phase] > truthMs[phase] ? 0.005 * windowMs : 0;
  return 0.02 * truthMs[phase] + slowness * (EDGES_MS + unaccountedMs);
}
