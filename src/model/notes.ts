import * as l10n from '@vscode/l10n';
import type { Batch, ProbeNote } from '../protocol/probe';
import type { Level, PromiseFigures, TargetState } from '../protocol/snapshot';
import { duration } from './words';

const PROBE_NOTES: Record<ProbeNote, string> = {
  promiseHooksOn: l10n.t(
    'On this Node version promise hooks could not be kept off: each await of the program costs more while attached.',
  ),
  timersBeforeAttachUnknown: l10n.t(
    'Timers from before the attach could not be read: each appears when its callback first runs.',
  ),
  unreferencedHandlesUnknown: l10n.t(
    "Handles from before the attach that are not ref'd appear only when their callback runs.",
  ),
  idleCountedShort: l10n.t(
    'While the CPU is sampled, Node counts the waiting of the loop too short, for the program itself too (eventLoopUtilization): here waiting and utilization are estimated, from the samples and the CPU time of the thread. The samples also add some loop turns.',
  ),
  listenersCut: l10n.t(
    'Not all emitters with few listeners are followed, because they are many or come and go quickly; those with five or more for one event are.',
  ),
  processEventsUnknown: l10n.t(
    'Warnings or uncaught exceptions of this process are not seen: it has many listeners for them already.',
  ),
  promisesUnknown: l10n.t(
    'Promises cannot be followed in this process: its own promise hooks, or a Node version that Loopscope does not know, stand in the way. The rest is as at level track.',
  ),
  placesUnknown: l10n.t('Error is frozen in this program: where something was created cannot be known.'),
  placesCut: l10n.t('The program has so many scripts, or so long names of them, that not all places can be known.'),
};

export interface NoteInput {
  batch: Batch;
  level: Level;
  promises: PromiseFigures | null;
  state: TargetState;
  /** Whether samples are to be expected, and whether there are some. */
  sampling: boolean;
  sampled: boolean;
  /** The window holds a pause in the debugger. */
  pauseInWindow: boolean;
  distortion: string | null;
  scan: HeapScanned;
}

/** What a heap scan does to the figures. */
export interface HeapScanned {
  /** How long it stopped the target in this window; 0 for not at all. */
  stoppedMs: number;
  /** It has looked for promises. */
  promises: boolean;
}

/** The reasons for what is not known, and what limits the figures, as full sentences. */
export function notesOf(input: NoteInput): string[] {
  const { batch } = input;
  const notes: string[] = [];
  if (input.distortion) notes.push(input.distortion);
  if (input.state === 'paused') {
    notes.push(
      l10n.t('The target is paused: loop and phases show the last window before the pause; the rest is read live.'),
    );
  } else if (input.pauseInWindow) {
    notes.push(
      l10n.t('Part of this window lies in a pause: that time counts as busy, and is no fault of the program.'),
    );
  }
  if (input.scan.stoppedMs > 0) {
    notes.push(
      l10n.t(
        'In this window a heap scan stopped the target for {0}: that is no fault of the program.',
        duration(input.scan.stoppedMs),
      ),
    );
  }
  notes.push(l10n.t('Pending callbacks and idle/prepare cannot be observed from JavaScript.'));
  if (batch.loop.turns === null) {
    notes.push(
      l10n.t(
        'Loop turns are not known: Node {0} does not count them, Node 20.20 and later do.',
        batch.process.nodeVersion,
      ),
    );
  }
  const { threadId, nodeVersion, cpuUserMs } = batch.process;
  if (threadId !== 0) notes.push(...aboutWorker(nodeVersion, cpuUserMs !== null));
  if (input.level === 'observe') {
    notes.push(
      l10n.t(
        'At level observe nothing is hooked: callbacks and their durations, timer lateness, places and promises are not known, and phases come from CPU samples. Level track shows all but the promises, level deep also these.',
      ),
    );
  }
  if (input.level === 'track') {
    notes.push(
      l10n.t('At level track promises are not followed: how many are pending is not known. Level deep shows them.'),
    );
  }
  notes.push(...aboutPromises(input));
  if (!input.sampling) {
    notes.push(
      input.level === 'observe'
        ? l10n.t('CPU sampling is off: the time of the phases and hot functions are not known.')
        : l10n.t('CPU sampling is off: the time of the microtask queue and hot functions are not known.'),
    );
  } else if (!input.sampled) {
    notes.push(l10n.t('There are no CPU samples yet: what comes from them is not known.'));
  }
  notes.push(
    l10n.t(
      "GC time comes from CPU samples, and collections are not counted: Node's GC profiler slows a program down with each reading.",
    ),
  );
  // What the target names and nobody knows is left out.
  for (const [note, sentence] of Object.entries(PROBE_NOTES)) {
    if (batch.notes.includes(note as ProbeNote)) notes.push(sentence);
  }
  return notes;
}

/** What holds for a worker thread alone. */
export function aboutWorker(nodeVersion: string, isCpuKnown: boolean): string[] {
  const notes = [
    l10n.t(
      'This is a worker thread: heap and loop are its own; RSS and the time it is up are those of the whole process. It is asked through the main thread: while that is held up by native code, there is no answer.',
    ),
  ];
  if (!isCpuKnown) {
    notes.push(
      l10n.t(
        'CPU time of the thread is not known: Node {0} counts it for the whole process only, Node 22.19 and 24 also for a thread. Without it a pause in the debugger looks like a blocked loop.',
        nodeVersion,
      ),
    );
  }
  return notes;
}

function aboutPromises({ promises, batch, scan }: NoteInput): string[] {
  const notes: string[] = [];
  if (scan.promises) {
    notes.push(
      l10n.t(
        'Promises without a place were found by a heap scan, and have not settled since: when and where they were created is not known.',
      ),
    );
  }
  if (promises && promises.oneIn > 1) {
    notes.push(
      l10n.t('At level deep one in {0} awaits is followed: counts of promises are estimates.', promises.oneIn),
    );
  } else if (promises?.method === 'sampled') {
    notes.push(
      l10n.t('Counts of promises are estimates: when some of them were created, not every await was followed.'),
    );
  }
  const dropped = batch.dropped.promises;
  if (dropped === 1) notes.push(l10n.t('1 pending promise could not be followed in this window.'));
  else if (dropped > 1) notes.push(l10n.t('{0} pending promises could not be followed in this window.', dropped));
  return notes;
}
