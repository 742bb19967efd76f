import type {
  ComparedProcess,
  ConnectStep,
  HistoryPoint,
  PanelAttachment,
  PanelProcess,
  PanelRecording,
  PanelTarget,
  ToPanel,
} from '../src/protocol/panel';
import type { Snapshot } from '../src/protocol/snapshot';

export type Instances = Extract<ToPanel, { type: 'instances' }>;

/** Everything one attachment needs to be drawn. */
export interface Shown {
  attachment: PanelAttachment;
  snapshot: Snapshot | null;
  /** Oldest first. */
  history: HistoryPoint[];
  /** Counts of each pending group over the last beats that this page has seen, newest last; null where it was not there. */
  trends: ReadonlyMap<string, readonly (number | null)[]>;
  /** Members of opened groups by the group's key. */
  instances: ReadonlyMap<string, Instances>;
}

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
  recording: null,
  jumps: 0,
};

/** The charts show 120 beats; a few more cover jitter. */
const HISTORY_POINTS = 1200;
export const TREND_BEATS = 40;

type Trends = Shown['trends'];

function withBeat(trends: Trends, snapshot: Snapshot): Trends {
  const length = [...trends.values()][0]?.length ?? 0;
  const next = new Map<string, (number | null)[]>();
  for (const group of snapshot.pending) {
    const before = trends.get(group.key) ?? new Array<null>(length).fill(null);
    next.set(group.key, [...before.slice(-(TREND_BEATS - 1)), group.count]);
  }
  // A group that is gone keeps its line while it is known: it may come back in the next beat.
  for (const [key, before] of trends) {
    if (!next.has(key) && before.some((count) => count !== null && count > 0)) {
      next.set(key, [...before.slice(-(TREND_BEATS - 1)), 0]);
    }
  }
  return next;
}

/** The state after a message; pure. Messages that belong to another attachment than the shown one change nothing. */
export function reduce(state: PanelState, message: ToPanel): PanelState {
  const { shown } = state;
  switch (message.type) {
    case 'empty':
      return { ...state, page: 'empty', processes: message.processes, lookedUpAtMs: message.lookedUpAtMs, shown: null };
    case 'connecting': {
      const { label, steps, error } = message;
      return { ...state, page: 'connecting', connecting: { label, steps, error } };
    }
    case 'attachment': {
      const { attachment, snapshot, history, targets } = message;
      const same = shown?.attachment.attachmentId === attachment.attachmentId ? shown : null;
      const trends: Trends = same?.trends ?? new Map();
      const next: Shown = {
        attachment,
        snapshot,
        history: history.slice(-HISTORY_POINTS),
        trends: snapshot ? withBeat(trends, snapshot) : trends,
        instances: same?.instances ?? new Map(),
      };
      return { ...state, page: 'attachment', shown: next, targets };
    }
    case 'beat': {
      if (shown?.attachment.attachmentId !== message.attachment.attachmentId) return state;
      const { attachment, snapshot, point } = message;
      const next: Shown = {
        ...shown,
        attachment,
        snapshot,
        history: [...shown.history.slice(-(HISTORY_POINTS - 1)), point],
        trends: withBeat(shown.trends, snapshot),
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
    case 'recording': {
      const { recording, shown: moment } = message;
      // The counts of a trend are of beats that follow each other.
      const follows = state.recording !== null && recording.frame - state.recording.frame === 1;
      const trends: Trends = (follows ? shown?.trends : null) ?? new Map();
      const next = moment && {
        ...moment,
        trends: moment.snapshot ? withBeat(trends, moment.snapshot) : trends,
        instances: new Map<string, Instances>(),
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
      return state;
  }
}
