import { computed, effect, signal } from '@preact/signals';
import {
  MOST_INSTANCES,
  PANEL_TABS,
  type CopyAs,
  type PanelTab,
  type TimeStretch,
  type ToPanel,
} from '../src/protocol/panel';
import { onMessage, post, savedState, saveState } from './host';
import { INITIAL_STATE, isAmiss, reduce, type PanelState } from './reducer';
import { readViewState, type ViewState } from './viewState';

/** What the extension told. */
export const panel = signal<PanelState>(INITIAL_STATE);

/** What the reader chose. */
export const view = signal<ViewState>(readViewState(savedState()));

/** The reader's clock, moved on once a second. */
export const nowMs = signal(Date.now());

/** Host clock minus this machine's: they differ when the extension runs elsewhere. */
const clockOffsetMs = signal(0);

/** Now, on the clock of the host; in a recording the moment that is shown. */
export const hostNowMs = computed(() => panel.value.recording?.timeMs ?? nowMs.value + clockOffsetMs.value);

/** The stretch that the charts show; null for the last beats. */
export const zoom = signal<TimeStretch | null>(null);

/** Asks for what was kept of a beat or of a stretch, which the charts then show; null is the latest beat again. */
export function look(at: TimeStretch | null): void {
  if (panel.value.recording === null) {
    if (at === null || at.fromMs < at.toMs) zoom.value = at;
    choose({ looked: at });
  }
  post({ type: 'look', at });
}

/** Whether the flame view is shown, which the extension has to feed; no recording has what it draws. */
export const showsFlame = computed(
  () => view.value.tab === 'hot' && view.value.flame && panel.value.recording === null,
);

/** Row of a table that should be scrolled to and focused once it is drawn. */
export const revealKey = signal<string | null>(null);

/** Copies from the table that is shown; null while there is none. */
export const copyShown: { current: ((as: CopyAs) => void) | null } = { current: null };

/** Changes fields of the view state; every change is kept. */
export function choose(change: Partial<ViewState>): void {
  view.value = { ...view.value, ...change };
}

/** Shows a tab; with a key also its row, whatever the filter hides. */
export function showTab(tab: PanelTab, key: string | null = null): void {
  const { filters } = view.value;
  if (key === null) {
    choose({ tab });
    return;
  }
  choose({ tab, filters: { ...filters, [tab]: '' }, alive: false, groupBy: 'typeAndSite' });
  revealKey.value = key;
}

/** The tabs that there are: one process has nobody to be compared with. */
export function shownTabs(): PanelTab[] {
  const { tab } = view.value;
  return PANEL_TABS.filter((id) => id !== 'compare' || id === tab || panel.value.targets.length > 1);
}

const INSTANCES_STEP = 50;
const INSTANCES_AGAIN_MS = 5_000;
/** How many members of each opened row are wanted, and when they were asked for last. */
const asked = new Map<string, { limit: number; atMs: number }>();

function ask(key: string, limit: number): void {
  asked.set(key, { limit, atMs: Date.now() });
  post({ type: 'instances', key, limit });
}

/** Opens or closes a row; the members of a pending group are asked for. */
export function toggleRow(key: string, isGroup: boolean): void {
  const { open } = view.value;
  if (open.includes(key)) {
    choose({ open: open.filter((other) => other !== key) });
    asked.delete(key);
    return;
  }
  choose({ open: [...open, key] });
  if (isGroup) ask(key, INSTANCES_STEP);
}

/** Whether the last answer was as long as was asked for: the extension bounds how many it sends. */
export function mayHaveMore(key: string, received: number): boolean {
  return received < MOST_INSTANCES && received >= (asked.get(key)?.limit ?? INSTANCES_STEP);
}

/** Asks for the next fifty members of an opened group. */
export function showMore(key: string): void {
  ask(key, (asked.get(key)?.limit ?? INSTANCES_STEP) + INSTANCES_STEP);
}

/** Opened rows are asked for again now and then, not every beat: each answer costs the target a little. */
function refreshOpenRows(): void {
  const shown = panel.value.shown;
  if (!shown?.snapshot || view.value.tab !== 'pending') return;
  const { state, viewPausedAtMs } = shown.attachment;
  if (state === 'detached' || state === 'notAnswering' || viewPausedAtMs !== null) return;
  for (const key of view.value.open) {
    const last = asked.get(key);
    if (shown.known.groups.has(key) && (!last || Date.now() - last.atMs >= INSTANCES_AGAIN_MS))
      ask(key, last?.limit ?? INSTANCES_STEP);
  }
}

/** What may end looking at the past. */
const LEAVES_PAST: ReadonlySet<ToPanel['type']> = new Set(['past', 'attachment', 'connecting', 'empty']);

/** No attachment was told yet: a page that was hidden is loaded anew, and goes on looking at what was chosen. */
let isFresh = true;
/** It has asked for that, and does not know yet whether it is still kept. */
let isResuming = false;

/** The latest beat is shown again, but in a fresh page what was looked at before. */
function leavePast(message: ToPanel): void {
  const { looked } = view.value;
  zoom.value = null;
  if (looked) choose({ looked: null });
  if (message.type !== 'attachment') return;
  isResuming = isFresh && looked !== null;
  isFresh = false;
  if (isResuming) look(looked);
}

function receive(message: ToPanel): void {
  if (message.type === 'past' && isResuming) {
    isResuming = false;
    if (!message.past?.snapshot) {
      look(null);
      return;
    }
  }
  if (message.type === 'beat' && isAmiss(panel.value, message)) {
    post({ type: 'ready' });
    return;
  }
  if (message.type === 'beat') clockOffsetMs.value = message.snapshot.timeMs - Date.now();
  if (message.type === 'attachment' && message.attachment.attachmentId !== view.value.attachmentId) {
    choose({ attachmentId: message.attachment.attachmentId, open: [], looked: null });
    asked.clear();
  }
  nowMs.value = Date.now();
  panel.value = reduce(panel.value, message);
  if (LEAVES_PAST.has(message.type) && panel.value.past === null) leavePast(message);
  // The extension forgets it with a page that asks for everything.
  if (message.type === 'attachment' && showsFlame.value) post({ type: 'flame', shown: true });
  if (message.type === 'showTab') showTab(message.tab);
  if (message.type === 'copy') copyShown.current?.(message.as);
  if (message.type === 'beat' || message.type === 'attachment') refreshOpenRows();
}

/** Connects the page to the extension and asks for what is to be drawn. */
export function start(): void {
  effect(() => saveState(view.value));
  setInterval(() => (nowMs.value = Date.now()), 1000);
  onMessage(receive);
  post({ type: 'ready' });
  let flaming = false;
  effect(() => {
    const shown = showsFlame.value;
    if (shown !== flaming) post({ type: 'flame', shown });
    flaming = shown;
  });
  let comparing = false;
  effect(() => {
    const shown = view.value.tab === 'compare';
    if (shown !== comparing) post({ type: 'compare', shown });
    comparing = shown;
  });
}
