import type {
  CallTree,
  ComparedProcess,
  ConnectStep,
  FindingMark,
  HistoryPoint,
  Kept,
  PanelAttachment,
  PanelPast,
  PanelProcess,
  PanelRecording,
  PanelTarget,
  ToPanel,
} from '../src/protocol/panel';
import type { ListenerGroup, Snapshot } from '../src/protocol/snapshot';
import type { KnownGroup } from './groups';
import { Trends } from './trends';

export type Instances = Extract<ToPanel, { type: 'instances' }>;

/** The rows that the page knows, and by how much groups that were told first have grown older. */
export interface Known {
  groups: Map<string, KnownGroup>;
  listeners: Map<string, ListenerGroup>;
  elapsedMs: number;
}

/** A snapshot with all its groups. */
export interface KnownSnapshot extends Snapshot {
  pending: KnownGroup[];
}

/** Everything one attachment needs to be drawn. */
export interface Shown {
  attachment: PanelAttachment;
  snapshot: KnownSnapshot | null;
  known: Known;
  /** Oldest first. */
  history: HistoryPoint[];
  /** When findings began, oldest first. */
  marks: FindingMark[];
  trends: Trends;
  /** Members of opened groups by the group's key. */
  instances: ReadonlyMap<string, Instances>;
}

/** What the reader looks at instead of the latest beat. */
export type Looked = Omit<PanelPast, 'snapshot'> & Pick<Shown, 'snapshot' | 'known' | 'trends'>;

/** What the page shows, as told by the extension. */
export interface PanelState {
  page: 'waiting' | 'empty' | 'connecting' | 'attachment';
  processes: PanelProcess[];
  lookedUpAtMs: number;
  connecting: { label: string; steps: ConnectStep[]; error: string | null };
  shown: Shown | null;
  targets: PanelTarget[];
  /** The attached processes side by side; null until they are known. */
  compared: ComparedProcess[] | null;
  /** Null while the latest beat is looked at. */
  past: Looked | null;
  /** What ran, by caller; null when there were no samples, undefined until that is known. */
  calls: CallTree | null | undefined;
  /** What is shown is a moment of a recording. */
  recording: PanelRecording | null;
  /** How often the moment before was not the one that is shown just before this one. */
  jumps: number;
}

export const INITIAL_STATE: PanelState = {
  page: 'waiting',
  processes: [],
  lookedUpAtMs: 0,
  connecting: { label: '', steps: [], error: null },
  shown: null,
  targets: [],
  compared: null,
  past: null,
  calls: undefined,
  recording: null,
  jumps: 0,
};

/** The charts show 120 beats; a few more cover jitter. */
const HISTORY_POINTS = 1200;
const MARKS = 200;

/** What is looked at of one attachment does not go over to another. */
const NOTHING_LOOKED_AT = { past: null, calls: undefined } as const;

type Beat = Extract<ToPanel, { type: 'beat' }>;

const nothingKnown = (): Pick<Shown, 'known' | 'trends'> => {
  return { known: { groups: new Map(), listeners: new Map(), elapsedMs: 0 }, trends: new Trends() };
};

/** Whether a beat builds on a snapshot that the page does not have. */
export function isAmiss({ shown }: PanelState, { attachment, kept }: Beat): boolean {
  return (
    shown?.attachment.attachmentId === attachment.attachmentId &&
    kept !== null &&
    shown.snapshot?.sequence !== kept.sequence
  );
}

/** The snapshot with everything in it, and what is known of its rows; both are carried on, not copied. */
function take(
  shown: Shown | null,
  snapshot: Snapshot,
  kept: Kept | null,
): Pick<Shown, 'snapshot' | 'known' | 'trends'> {
  const { known, trends } = shown ?? nothingKnown();
  const { groups, listeners } = known;
  const elapsedMs = known.elapsedMs + (kept?.olderMs ?? 0);
  let ended = kept?.ended ?? [];
  if (!kept) {
    const told = new Set(snapshot.pending.map(({ key }) => key));
    ended = [...groups.keys()].filter((key) => !told.has(key));
  }
  for (const key of ended) groups.delete(key);
  for (const group of snapshot.pending) groups.set(group.key, { ...group, toldMs: elapsedMs });
  trends.add(snapshot.pending, ended);
  if (!kept) listeners.clear();
  for (const key of kept?.endedListeners ?? []) listeners.delete(key);
  for (const row of snapshot.listeners) listeners.set(row.key, row);
  let { sites } = snapshot;
  if (kept && shown?.snapshot) {
    sites = Object.assign(shown.snapshot.sites, sites);
    for (const id of kept.unusedSites) Reflect.deleteProperty(sites, id);
  }
  const all = { ...snapshot, sites, pending: [...groups.values()], listeners: [...listeners.values()] };
  return { snapshot: all, known: { groups, listeners, elapsedMs }, trends };
}

function beganIn({ timeMs, findings }: Snapshot, before: Snapshot | null): FindingMark[] {
  const known = new Set(before?.findings.map(({ id }) => id));
  const began = findings.filter(({ id }) => before !== null && !known.has(id));
  return began.map(({ severity, text }) => ({ timeMs, severity, text }));
}

/** The state after a message; what is known of rows and trends goes over into it. Messages that belong to another attachment than the shown one change nothing. */
export function reduce(state: PanelState, message: ToPanel): PanelState {
  const { shown } = state;
  switch (message.type) {
    case 'empty':
      return {
        ...state,
        ...NOTHING_LOOKED_AT,
        page: 'empty',
        processes: message.processes,
        lookedUpAtMs: message.lookedUpAtMs,
        shown: null,
      };
    case 'connecting': {
      const { label, steps, error } = message;
      return { ...state, ...NOTHING_LOOKED_AT, page: 'connecting', connecting: { label, steps, error } };
    }
    case 'attachment': {
      const { attachment, snapshot, history, marks, targets } = message;
      const same = shown?.attachment.attachmentId === attachment.attachmentId ? shown : null;
      const { known, trends } = same ?? nothingKnown();
      const next: Shown = {
        attachment,
        history: history.slice(-HISTORY_POINTS),
        marks,
        instances: same?.instances ?? new Map(),
        ...(snapshot ? take(same, snapshot, null) : { snapshot, known, trends }),
      };
      const jumps = state.jumps + (state.past ? 1 : 0);
      return { ...state, ...NOTHING_LOOKED_AT, page: 'attachment', shown: next, targets, jumps };
    }
    case 'beat': {
      if (shown?.attachment.attachmentId !== message.attachment.attachmentId) return state;
      const { attachment, snapshot, point, kept } = message;
      const next: Shown = {
        ...shown,
        attachment,
        history: [...shown.history.slice(-(HISTORY_POINTS - 1)), point],
        marks: [...shown.marks, ...beganIn(snapshot, shown.snapshot)].slice(-MARKS),
        ...take(shown, snapshot, kept),
      };
      return { ...state, page: 'attachment', shown: next };
    }
    case 'state':
      if (shown?.attachment.attachmentId !== message.attachment.attachmentId) return state;
      return { ...state, shown: { ...shown, attachment: message.attachment } };
    case 'targets':
      return { ...state, targets: message.targets };
    case 'processes':
      return { ...state, compared: message.processes };
    case 'instances': {
      if (!shown) return state;
      return { ...state, shown: { ...shown, instances: new Map(shown.instances).set(message.key, message) } };
    }
    case 'past': {
      const { past } = message;
      const drawn = past?.snapshot ? take(null, past.snapshot, null) : { snapshot: null, ...nothingKnown() };
      return { ...state, past: past && { ...past, ...drawn }, jumps: state.jumps + 1 };
    }
    case 'calls':
      return { ...state, calls: message.calls };
    case 'recording': {
      const { recording, shown: moment } = message;
      // The counts of a trend are of beats that follow each other.
      const follows = state.recording !== null && recording.frame - state.recording.frame === 1;
      const before = follows ? shown : null;
      const { known, trends } = before ?? nothingKnown();
      const next: Shown | null = moment && {
        ...moment,
        marks: [],
        instances: new Map(),
        ...(moment.snapshot ? take(before, moment.snapshot, null) : { snapshot: null, known, trends }),
      };
      return {
        ...state,
        page: 'attachment',
        shown: next,
        targets: [],
        recording,
        jumps: state.jumps + (follows ? 0 : 1),
      };
    }
    case 'showTab':
    case 'copy':
    case 'go':
    default:
      return state;
  }
}
