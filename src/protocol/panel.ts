import type { DEFAULTS } from './defaults';
import type { Instance } from './probe';
import type { Level, LoopFigures, PendingTotals, Site, SiteId, Severity, Snapshot, TargetState } from './snapshot';

/**
 * Host <-> webview. All state stays in the host: the page says `ready`, the host answers with all that is needed to
 * draw, then sends at most one `beat` a beat and only while the page is visible.
 */
export type ToPanel =
  /** Nothing is attached: draw the empty page with the processes that can be attached to. */
  | { type: 'empty'; processes: PanelProcess[]; lookedUpAtMs: number }
  /** An attach is under way (or has just failed, with a sentence): draw its steps. */
  | { type: 'connecting'; label: string; steps: ConnectStep[]; error: string | null }
  /** Everything needed to draw one attachment: replaces whatever is shown. */
  | {
      type: 'attachment';
      attachment: PanelAttachment;
      targets: PanelTarget[];
      history: HistoryPoint[];
      /** Of the findings that began in the last beats; those of later beats are seen in their snapshots. */
      marks: FindingMark[];
      snapshot: Snapshot | null;
    }
  /**
   * One beat of the shown attachment: append `point` to the charts, replace the snapshot. Of its `pending` and `sites` what
   * is `kept` is not told again; without that snapshot say `ready`. When it is null everything is told.
   */
  | { type: 'beat'; attachment: PanelAttachment; snapshot: Snapshot; kept: Kept | null; point: HistoryPoint }
  /** The state changed between beats (not answering, detached, view paused or resumed): redraw chip and banner. */
  | { type: 'state'; attachment: PanelAttachment }
  /** Other attachments came or went: redraw the switch. */
  | { type: 'targets'; targets: PanelTarget[] }
  /** The attached processes side by side, while their tab is shown: redraw its table. */
  | { type: 'processes'; processes: ComparedProcess[] }
  /** Answer to `instances`: members of an opened group. */
  | { type: 'instances'; key: string; instances: PanelInstance[]; total: number }
  /** One moment of a recording, or why nothing in it can be shown: replaces whatever is shown, and draws its time slider. */
  | { type: 'recording'; recording: PanelRecording; shown: RecordedMoment | null }
  /** Answer to `look`: what was kept of that time, to be drawn until it is null again. Beats go on meanwhile. */
  | { type: 'past'; past: PanelPast | null }
  /** What ran in the last ten seconds, or in the time that is looked at, while the flame view is shown: redraw it. */
  | { type: 'calls'; calls: CallTree | null }
  /** Show this tab (after a finding's action or a command was chosen elsewhere). */
  | { type: 'showTab'; tab: PanelTab }
  /** Compose a text of the shown table, and answer with `copyText`. */
  | { type: 'copy'; as: CopyAs }
  /** Go where a keybinding leads: what is shown then has the focus. */
  | { type: 'go'; to: PanelPlace };

export type FromPanel =
  /** The page can receive: answer with `empty`, `connecting` or `attachment`. */
  | { type: 'ready' }
  /** Attach to one of the listed processes. */
  | { type: 'attach'; pid: number }
  /** Open the process picker. */
  | { type: 'pick' }
  /** Ask for host:port and attach. */
  | { type: 'connect' }
  /** Give up the attach that is under way. */
  | { type: 'cancel' }
  | { type: 'detach' }
  /** Attach again to the same target, from the detached page. */
  | { type: 'reattach' }
  /** Look for processes again. */
  | { type: 'refresh' }
  | { type: 'pauseView'; paused: boolean }
  | { type: 'setLevel'; level: Level }
  /** Show another attachment. */
  | { type: 'select'; attachmentId: string }
  /** Show another thread of the shown process, or the sum of all. */
  | { type: 'selectThread'; threadId: ThreadChoice }
  /** Open the source of a site at its line. */
  | { type: 'openSite'; site: SiteId }
  /** Send the members of a pending group. */
  | { type: 'instances'; key: string; limit: number }
  /** The tab that compares the processes is shown, or is no more: send `processes` meanwhile. */
  | { type: 'compare'; shown: boolean }
  /** Look at a stretch of the past instead of the latest beat, or at that again: answer with `past`. */
  | { type: 'look'; at: TimeStretch | null }
  /** The flame view is shown, or is no more: send `calls` meanwhile. */
  | { type: 'flame'; shown: boolean }
  | { type: 'copySnapshot' }
  /** Profile the CPU of the shown thread. */
  | { type: 'profile' }
  /** Open the setting of a threshold. */
  | { type: 'openThreshold'; name: keyof PanelThresholds }
  /** Show another moment of the recording. */
  | { type: 'seek'; frame: number }
  /** Choose the stretch that is exported. */
  | { type: 'stretch'; from: number; to: number }
  /** Write the chosen stretch to a file. */
  | { type: 'export'; as: 'trace' | 'report' }
  /** Put a text into the clipboard. */
  | { type: 'copyText'; text: string };

/** The selected row as text or as markdown, or all rows that the filter leaves as markdown. */
export type CopyAs = 'row' | 'rowMarkdown' | 'tableMarkdown';

/** What stays of the snapshot before: groups that are not told again have only grown older, rows of listeners are as they were. */
export interface Kept {
  /** Of that snapshot. */
  sequence: number;
  /** By so much. */
  olderMs: number;
  /** Keys of its groups that are gone. */
  ended: string[];
  /** Keys of its rows of listeners that are gone. */
  endedListeners: string[];
  /** Its sites that nothing refers to any more. */
  unusedSites: SiteId[];
}

/** The most members of a pending group that are sent at a time. */
export const MOST_INSTANCES = 500;

/** A member of a pending group; in a sum with the thread that it is of, as "worker 3". */
export type PanelInstance = Instance & { thread?: string };

export const PANEL_TABS = ['pending', 'listeners', 'hot', 'process', 'compare'] as const;
export type PanelTab = (typeof PANEL_TABS)[number];

/** Places in the page that keybindings lead to; the filter is that of the shown table. */
export type PanelPlace = 'nextTab' | 'previousTab' | 'filter';

export interface PanelProcess {
  pid: number;
  /** Name of the script. */
  program: string;
  nodeVersion: string | null;
  startedAtMs: number | null;
  /** "127.0.0.1:9229" when its inspector is open; null when it will be opened. */
  inspector: string | null;
}

export interface PanelTarget {
  attachmentId: string;
  /** "api.js (4321)". */
  label: string;
  state: TargetState;
}

/** What of a process is shown: a thread by its number, 0 for the main thread, or the sum of all. */
export type ThreadChoice = number | 'all';

/** One of the attached processes, with the figures of its main thread. */
export interface ComparedProcess {
  attachmentId: string;
  /** Name of the script. */
  name: string;
  pid: number;
  /** How many of those above it it comes from; 0 when none of them has started it. */
  depth: number;
  state: TargetState;
  utilization: number | null;
  utilizationMethod: LoopFigures['method'];
  /** How late timers started: the latest of ten seconds; null when none ran, or at level `observe`. */
  latenessMaxMs: number | null;
  heapUsedBytes: number | null;
  /** Null before the first beat. */
  pending: PendingTotals | null;
}

export interface PanelThread {
  /** 0 for the main thread, else that of a worker. */
  threadId: number;
  /** What the program calls the worker, or the name of its script. */
  name: string;
  ended: boolean;
}

export interface PanelAttachment {
  attachmentId: string;
  /** Which of the targets it is of: itself, or the process of a worker. */
  targetId: string;
  /** Which of the threads it is, or that it is the sum of them. */
  threadId: ThreadChoice;
  /** Main thread and workers of the process, as far as they are listed; empty once it has ended or was detached. */
  threads: PanelThread[];
  /** How many there are. */
  threadCount: number;
  /** Name of the script, pid and version: known before the first beat. */
  name: string;
  pid: number;
  nodeVersion: string;
  state: TargetState;
  /** Host clock when the state began. */
  stateSinceTimeMs: number;
  /** Sentence about the end, when `state` is `detached`. */
  endedBecause: string | null;
  /** It has ended, and its process is expected to start again. */
  awaited: boolean;
  level: Level;
  beatMs: number;
  /** Host clock when the view was paused; null while it is live. */
  viewPausedAtMs: number | null;
  /** Beats collected while the view is paused. */
  beatsWhilePaused: number;
  /** Why a debugger distorts the timings, as a sentence; null when none does. */
  distortion: string | null;
  /** What its findings go by; null in a recording, which does not say. */
  thresholds: PanelThresholds | null;
}

/** When a finding speaks, by the settings of the same names. */
export type PanelThresholds = Record<keyof typeof DEFAULTS.thresholds, number>;

/** Which moment of a recording is shown. Frames count from 0: beats, and changes of state between two beats. */
export interface PanelRecording {
  frames: number;
  frame: number;
  /** Host clock: of the first and the last frame, and of the shown one. */
  startMs: number;
  endMs: number;
  timeMs: number;
  /** The chosen stretch, both frames included. */
  from: number;
  to: number;
  /** What is missing of it, or why nothing can be shown, as sentences. */
  notices: string[];
}

/** A moment as {@link ToPanel} has that of an attachment. */
export interface RecordedMoment {
  attachment: PanelAttachment;
  history: HistoryPoint[];
  snapshot: Snapshot | null;
}

/** A stretch of time on the host's clock, both ends included. */
export interface TimeStretch {
  fromMs: number;
  toMs: number;
}

/** What the page looks at instead of the latest beat: one beat of the past, or a stretch of them. */
export interface PanelPast extends TimeStretch {
  /** How many beats of it were kept. */
  beats: number;
  /** Times and counts are of all its beats together, what is a state is as its last beat has it; null when none was kept. */
  snapshot: Snapshot | null;
  /** Smaller rows of its last beat that were not kept. */
  pendingLeft: number;
  listenersLeft: number;
}

/** When a finding began. */
export interface FindingMark {
  timeMs: number;
  severity: Severity;
  text: string;
}

/** What ran, by caller: a tree told node by node, each before what it called. */
export interface CallTree {
  /** So much time was sampled, waiting included. */
  durationMs: number;
  /** Of each node where its caller stands; -1 for none. */
  callers: number[];
  /** Of each node its function; null for several together that are too small to be told apart. */
  sites: (SiteId | null)[];
  /** Of each node the time in the function itself; for several together with what they called. */
  selfMs: number[];
  places: Record<SiteId, Site>;
}

/** What the charts keep of one beat. `null` draws a gap. */
export interface HistoryPoint {
  timeMs: number;
  latenessP50Ms: number | null;
  latenessP99Ms: number | null;
  latenessMaxMs: number | null;
  cpuUserShare: number | null;
  cpuSystemShare: number | null;
  heapUsedBytes: number | null;
  heapTotalBytes: number | null;
  heapLimitBytes: number | null;
  gcMs: number | null;
  timers: number | null;
  handles: number | null;
  requests: number | null;
  utilization: number | null;
  /** The target was not running freely in this beat. */
  state: TargetState;
}

export interface ConnectStep {
  label: string;
  state: 'waiting' | 'active' | 'done' | 'failed';
  /** How long it took, once done. */
  tookMs: number | null;
  detail: string;
}
