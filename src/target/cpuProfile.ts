import { PROBE_URL, type CpuSummary } from '../protocol/probe';

/** As the inspector sends it; lines and columns from 0, times in microseconds. */
export interface CpuProfile {
  nodes: ProfileNode[];
  startTime: number;
  endTime: number;
  samples?: number[];
  timeDeltas?: number[];
}

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; scriptId: string; url: string; lineNumber: number; columnNumber: number };
  children?: number[];
}

type Share = keyof CpuSummary['phaseShares'] | 'idle' | 'gc' | 'program';
type HotFunction = CpuSummary['functions'][number];

const MAX_FUNCTIONS = 200;

/** What a stretch of the profile says: time by phase from the outermost frames, and the functions that used it. */
export function summarize(profile: CpuProfile): CpuSummary {
  const { selfUs, samples } = selfTimes(profile);
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const shares: Record<Share, number> = {
    poll: 0,
    check: 0,
    close: 0,
    timers: 0,
    nextTick: 0,
    microtasks: 0,
    idle: 0,
    gc: 0,
    program: 0,
  };
  const functions = new Map<string, HotFunction>();

  const visit = (node: ProfileNode, share: Share, above: ReadonlySet<string>): number => {
    const self = selfUs.get(node.id) ?? 0;
    shares[share] += self;
    const key = keyOf(node);
    const within = above.has(key) ? above : new Set(above).add(key);
    let total = self;
    for (const child of childrenOf(node, byId)) total += visit(child, shareOfChild(share, node, child), within);
    const real = !/^\((root|program|idle|garbage collector)\)$/.test(node.callFrame.functionName);
    if (real && share !== 'program') addFunction(functions, key, node, self, above.has(key) ? 0 : total);
    return total;
  };

  const root = profile.nodes.find(({ callFrame }) => callFrame.functionName === '(root)');
  if (root) for (const child of childrenOf(root, byId)) visit(child, shareOfOutermost(child, byId), new Set());

  const all = Object.values(shares).reduce((sum, us) => sum + us, 0) || 1;
  const { idle, gc, program, ...phases } = shares;
  for (const phase of Object.keys(phases) as (keyof typeof phases)[]) phases[phase] /= all;
  return {
    durationMs: (profile.endTime - profile.startTime) / 1000,
    samples,
    phaseShares: phases,
    idleShare: idle / all,
    gcShare: gc / all,
    programShare: program / all,
    functions: [...functions.values()].sort((a, b) => b.selfMs - a.selfMs).slice(0, MAX_FUNCTIONS),
  };
}

/** Each sample stands for the time until the next one. */
function selfTimes({ samples = [], timeDeltas = [], startTime, endTime }: CpuProfile): {
  selfUs: Map<number, number>;
  samples: number;
} {
  const selfUs = new Map<number, number>();
  let at = startTime;
  samples.forEach((id, index) => {
    at += timeDeltas[index] ?? 0;
    const until = timeDeltas[index + 1] ?? Math.max(0, endTime - at);
    selfUs.set(id, (selfUs.get(id) ?? 0) + Math.max(0, until));
  });
  return { selfUs, samples: samples.length };
}

/** The outermost frame names the phase; the same on Node 18 to 26. */
function shareOfOutermost(node: ProfileNode, byId: ReadonlyMap<number, ProfileNode>): Share {
  const { functionName, url } = node.callFrame;
  if (functionName === '(idle)') return 'idle';
  if (functionName === '(garbage collector)') return 'gc';
  if (functionName === '(program)' || isOurs(node)) return 'program';
  if (url.startsWith('node:')) {
    if (functionName === 'processTimers' || functionName === 'listOnTimeout') return 'timers';
    if (functionName === 'processImmediate') return 'check';
    if (functionName === 'processTicksAndRejections') return 'nextTick';
    // The function that node:net gives to `handle.close`.
    if (functionName === '' && childrenOf(node, byId).some(({ callFrame }) => callFrame.functionName === 'emit')) {
      return 'close';
    }
    return 'poll';
  }
  // Node enters a program's functions from its own, so one that stands alone continues a promise.
  return url === '' ? 'poll' : 'microtasks';
}

/** The queues run between two timers or immediates too, inside their phase's frame. */
function shareOfChild(share: Share, parent: ProfileNode, child: ProfileNode): Share {
  if (isOurs(child)) return 'program';
  const { functionName, url } = child.callFrame;
  if (url.startsWith('node:') && functionName === 'processTicksAndRejections') return 'nextTick';
  if (functionName === 'runMicrotasks' && parent.callFrame.functionName === 'processTicksAndRejections')
    return 'microtasks';
  return share;
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

function isOurs({ callFrame }: ProfileNode): boolean {
  return callFrame.url === PROBE_URL;
}

function childrenOf(node: ProfileNode, byId: ReadonlyMap<number, ProfileNode>): ProfileNode[] {
  return (node.children ?? []).flatMap((id) => byId.get(id) ?? []);
}

function keyOf({ callFrame }: ProfileNode): string {
  return `${callFrame.functionName}|${callFrame.scriptId}|${callFrame.lineNumber}|${callFrame.columnNumber}`;
}
