import type { CpuSummary } from '../protocol/probe';
import { callNodes } from './callNodes';
import { heldUp } from './heldUp';
import { childrenOf, isOurs, type ProfileNode } from './profileNode';
import { check, list, Malformed, number, object, position, text } from './shapes';

/** As the inspector sends it; lines and columns from 0, times in microseconds. */
export interface CpuProfile {
  nodes: ProfileNode[];
  startTime: number;
  endTime: number;
  samples?: number[];
  timeDeltas?: number[];
}

const lineShape = object<{ line: number; ticks: number }>({ line: position, ticks: number });

const profileShape = object<CpuProfile>({
  nodes: list(
    object<ProfileNode>({
      id: number,
      callFrame: object<ProfileNode['callFrame']>({
        functionName: text,
        scriptId: text,
        url: text,
        lineNumber: position,
        columnNumber: position,
      }),
      children: (value) => (value === undefined ? [] : list(number)(value)),
      positionTicks: (value) => (value === undefined ? [] : list(lineShape)(value)),
    }),
  ),
  startTime: number,
  endTime: number,
  samples: (value) => (value === undefined ? [] : list(number)(value)),
  timeDeltas: (value) => (value === undefined ? [] : list(number)(value)),
});

/** A profile as the target sent it, whose nodes are a tree. Throws {@link Malformed}. */
export function decodeProfile(value: unknown): CpuProfile {
  const profile = check('profile', profileShape, value);
  const below = new Set(profile.nodes.filter(isRoot).map(({ id }) => id));
  for (const { children = [] } of profile.nodes) {
    for (const child of children) {
      if (below.has(child)) throw new Malformed('a tree').within('profile');
      below.add(child);
    }
  }
  return profile;
}

function isRoot({ callFrame }: ProfileNode): boolean {
  return callFrame.functionName === '(root)';
}

type Share = keyof CpuSummary['phaseShares'] | 'idle' | 'gc' | 'program';
type HotFunction = CpuSummary['functions'][number];

/** Of those with most self time, and of those that are told besides because they called them. */
const MAX_FUNCTIONS = 200;
const MAX_CALLERS = 200;

/** What a stretch of the profile says: time by phase from the outermost frames, and the functions that used it. */
export function summarize(profile: CpuProfile): CpuSummary {
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const shareOf = new Map<number, Share>();
  const mark = (node: ProfileNode, share: Share): void => {
    shareOf.set(node.id, share);
    for (const child of childrenOf(node, byId)) mark(child, shareOfChild(share, node, child));
  };
  const root = profile.nodes.find(isRoot);
  const outermost = root ? childrenOf(root, byId) : [];
  for (const child of outermost) mark(child, shareOfOutermost(child, byId));

  const { selfUs, shareUs, samples } = timesOf(profile, shareOf);
  const functions = new Map<string, HotFunction>();
  const totalUs = new Map<number, number>();
  const above = new Set<string>();
  const count = (node: ProfileNode): number => {
    const key = keyOf(node);
    const isOutermost = !above.has(key);
    if (isOutermost) above.add(key);
    const self = selfUs.get(node.id) ?? 0;
    let total = self;
    for (const child of childrenOf(node, byId)) total += count(child);
    if (isOutermost) above.delete(key);
    totalUs.set(node.id, total);
    if (isProgram(node)) addFunction(functions, key, node, self, isOutermost ? total : 0);
    return total;
  };
  const isProgram = ({ id, callFrame }: ProfileNode): boolean =>
    shareOf.get(id) !== 'program' && !/^\((root|program|idle|garbage collector)\)$/.test(callFrame.functionName);
  for (const child of outermost) count(child);
  const told = new Functions(functions);
  const calls = callNodes(outermost, byId, selfUs, totalUs, (node) =>
    isProgram(node) ? told.numberOf(keyOf(node)) : null,
  );

  const all = Object.values(shareUs).reduce((sum, us) => sum + us, 0) || 1;
  const { idle, gc, program, ...phases } = shareUs;
  const collections = profile.nodes.filter(({ callFrame }) => callFrame.functionName === '(garbage collector)');
  const collected = collections.reduce((sum, { id }) => sum + (selfUs.get(id) ?? 0), 0);
  for (const phase of Object.keys(phases) as (keyof typeof phases)[]) phases[phase] /= all;
  return {
    durationMs: (profile.endTime - profile.startTime) / 1000,
    samples,
    phaseShares: phases,
    idleShare: idle / all,
    gcShare: gc / all,
    collectionShare: collected / all,
    programShare: program / all,
    functions: told.list,
    calls,
    ...heldUp(outermost, byId, selfUs),
  };
}

/**
 * Each sample stands for the half of the time on either side of it: the sampling thread comes late when the loop
 * becomes busy, so the time after a sample or before it alone would favour one of them. A collection has no frames of
 * its own: it is part of the callback that it interrupts, as it is for hooks, and is `gc` only where none runs.
 */
function timesOf(
  { samples = [], timeDeltas = [], startTime, endTime }: CpuProfile,
  shareOf: ReadonlyMap<number, Share>,
): { selfUs: Map<number, number>; shareUs: Record<Share, number>; samples: number } {
  const selfUs = new Map<number, number>();
  const shareUs = { poll: 0, check: 0, close: 0, timers: 0, nextTick: 0, microtasks: 0, idle: 0, gc: 0, program: 0 };
  let at = startTime;
  let interrupted: Share = 'gc';
  samples.forEach((id, index) => {
    const sinceUs = timeDeltas[index] ?? 0;
    at += sinceUs;
    const untilUs = timeDeltas[index + 1] ?? endTime - at;
    const us = (Math.max(0, sinceUs) + Math.max(0, untilUs)) / 2;
    selfUs.set(id, (selfUs.get(id) ?? 0) + us);
    const share = shareOf.get(id) ?? 'program';
    if (share !== 'gc') interrupted = share === 'idle' || share === 'program' ? 'gc' : share;
    shareUs[share === 'gc' ? interrupted : share] += us;
  });
  return { selfUs, shareUs, samples: samples.length };
}

/** Where no callback of native code begins: what stands outermost there continues a promise of Node's own. */
const PROMISES_OF_NODE = /^node:(internal\/(fs\/promises|modules|webstreams|streams|deps)\b|timers\/promises$)/;

/** The outermost frame names the phase; the same on Node 18 to 26. */
function shareOfOutermost(node: ProfileNode, byId: ReadonlyMap<number, ProfileNode>): Share {
  const { functionName, url, lineNumber, columnNumber } = node.callFrame;
  if (functionName === '(idle)') return 'idle';
  if (functionName === '(garbage collector)') return 'gc';
  if (functionName === '(program)' || isOurs(node)) return 'program';
  // A script that an inspector evaluates.
  if (url === '' && lineNumber <= 0 && columnNumber <= 0) return 'program';
  // Node enters a program's functions from its own, so one that stands alone continues a promise.
  if (!url.startsWith('node:')) return 'microtasks';
  if (functionName === 'processTimers' || functionName === 'listOnTimeout') return 'timers';
  if (functionName === 'processImmediate') return 'check';
  if (functionName === 'processTicksAndRejections') return 'nextTick';
  if (functionName === 'runMicrotask' || PROMISES_OF_NODE.test(url)) return 'microtasks';
  // The main script, before the loop begins.
  if (url.startsWith('node:internal/main/')) return 'program';
  return isClose(node, byId) ? 'close' : 'poll';
}

/** What node:net gives to `handle.close` has no name, and that of message ports is `onclose`. */
function isClose(node: ProfileNode, byId: ReadonlyMap<number, ProfileNode>): boolean {
  const { functionName, url } = node.callFrame;
  if (functionName === 'onclose') return url === 'node:internal/worker/io';
  return functionName === '' && childrenOf(node, byId).some(({ callFrame }) => callFrame.functionName === 'emit');
}

/** The queues run between two timers or immediates too, inside their phase's frame. */
function shareOfChild(share: Share, parent: ProfileNode, child: ProfileNode): Share {
  if (isOurs(child)) return 'program';
  const { functionName, url } = child.callFrame;
  if (url.startsWith('node:') && functionName === 'processTicksAndRejections') return 'nextTick';
  const above = parent.callFrame.functionName;
  const drained = above === 'processTicksAndRejections' || above === 'runNextTicks';
  return drained && functionName === 'runMicrotasks' ? 'microtasks' : share;
}

/** The functions that are told: those with most self time, then those that come up as callers of theirs. */
class Functions {
  readonly list: HotFunction[];
  private readonly numbers = new Map<string, number>();

  constructor(private readonly all: ReadonlyMap<string, HotFunction>) {
    const most = [...all].sort(([, a], [, b]) => b.selfMs - a.selfMs).slice(0, MAX_FUNCTIONS);
    this.list = most.map(([, one]) => one);
    most.forEach(([key], number) => this.numbers.set(key, number));
  }

  /** Its index in the list; -1 when there are too many. */
  numberOf(key: string): number {
    const known = this.numbers.get(key);
    const one = this.all.get(key);
    if (known !== undefined || !one || this.list.length >= MAX_FUNCTIONS + MAX_CALLERS) return known ?? -1;
    const number = this.list.push(one) - 1;
    this.numbers.set(key, number);
    return number;
  }
}

function addFunction(
  functions: Map<string, HotFunction>,
  key: string,
  node: ProfileNode,
  selfUs: number,
  totalUs: number,
) {
  const { functionName, url, lineNumber, columnNumber } = node.callFrame;
  const known = functions.get(key);
  if (known) {
    known.selfMs += selfUs / 1000;
    known.totalMs += totalUs / 1000;
    return;
  }
  functions.set(key, {
    function: functionName,
    url,
    line: lineNumber + 1,
    column: columnNumber + 1,
    selfMs: selfUs / 1000,
    totalMs: totalUs / 1000,
  });
}

function keyOf({ callFrame }: ProfileNode): string {
  return `${callFrame.functionName}|${callFrame.scriptId}|${callFrame.lineNumber}|${callFrame.columnNumber}`;
}
