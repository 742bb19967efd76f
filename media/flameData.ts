import type { CallTree } from '../src/protocol/panel';
import type { Site, SiteId } from '../src/protocol/snapshot';

/** A function where it was called: of the same function there are as many frames as there are ways to it. */
export interface Frame {
  /** Stays the same from beat to beat: the sites from the outermost one on. "" for all that ran. */
  key: string;
  /** Null for all that ran, and for several together that are too small to be told apart. */
  site: SiteId | null;
  place: Site | undefined;
  caller: Frame | null;
  callees: Frame[];
  /** Frames above it. */
  depth: number;
  selfMs: number;
  /** With all that it called. */
  totalMs: number;
  /** Where it begins, when all frames stand side by side. */
  fromMs: number;
}

/** All that ran, as the outermost frame; what it called stands in the order in which the extension told it. */
export function flameOf({ callers, sites, selfMs, places }: CallTree): Frame {
  const none = { selfMs: 0, totalMs: 0, fromMs: 0 };
  const root: Frame = { ...none, key: '', site: null, place: undefined, caller: null, callees: [], depth: 0 };
  const frames = sites.map((): Frame => root);
  sites.forEach((site, at) => {
    const caller = frames[callers[at] ?? -1] ?? root;
    const ms = selfMs[at] ?? 0;
    const key = `${caller.key}>${site ?? ''}`;
    const place = site === null ? undefined : places[site];
    const frame = { ...none, key, site, place, caller, callees: [], depth: caller.depth + 1, selfMs: ms };
    frames[at] = frame;
    caller.callees.push(frame);
  });
  for (const frame of frames.reverse()) addTo(frame);
  addTo(root);
  // Each is before what it called.
  for (const { callees, fromMs } of [root, ...frames.reverse()]) {
    let at = fromMs;
    for (const callee of callees) {
      callee.fromMs = at;
      at += callee.totalMs;
    }
  }
  return root;
}

function addTo(frame: Frame): void {
  frame.totalMs = frame.callees.reduce((sum, { totalMs }) => sum + totalMs, frame.selfMs);
}

/** The frame of a key, or the last one on the way to it that is there. */
export function frameAt(root: Frame, key: string): Frame {
  let frame = root;
  for (;;) {
    const next = frame.callees.find((callee) => key === callee.key || key.startsWith(`${callee.key}>`));
    if (!next) return frame;
    frame = next;
  }
}

/** Narrower ones cannot be seen, nor pointed at. */
const LEAST_SHARE = 0.0015;

/** A frame on the page; both are parts of its width. */
export interface PlacedFrame {
  frame: Frame;
  left: number;
  width: number;
}

/** What is drawn while one frame fills the width: that frame, what called it, and what it called; row by row. */
export function framesUnder(top: Frame): PlacedFrame[] {
  const placed: PlacedFrame[] = [];
  for (let above = top.caller; above; above = above.caller) placed.unshift({ frame: above, left: 0, width: 1 });
  let row = [top];
  while (row.length > 0) {
    const below: Frame[] = [];
    for (const frame of row) {
      const width = top.totalMs > 0 ? frame.totalMs / top.totalMs : 1;
      if (width < LEAST_SHARE) continue;
      placed.push({ frame, left: top.totalMs > 0 ? (frame.fromMs - top.fromMs) / top.totalMs : 0, width });
      below.push(...frame.callees);
    }
    row = below;
  }
  return placed;
}

/** Where an arrow leads to among what is drawn: to the caller, to the callee that took longest, or along the row. */
export function stepFrom(placed: readonly PlacedFrame[], key: string, arrow: string): string | null {
  const at = placed.findIndex(({ frame }) => frame.key === key);
  const here = placed[at]?.frame;
  if (!here) return null;
  const inRow = (one: PlacedFrame | undefined): string | null =>
    one?.frame.depth === here.depth ? one.frame.key : null;
  switch (arrow) {
    case 'ArrowUp':
      return here.caller?.key ?? null;
    case 'ArrowDown': {
      const below = placed.filter(({ frame }) => frame.caller === here);
      return below.sort((a, b) => b.width - a.width)[0]?.frame.key ?? null;
    }
    case 'ArrowLeft':
      return inRow(placed[at - 1]);
    case 'ArrowRight':
      return inRow(placed[at + 1]);
    default:
      return null;
  }
}
