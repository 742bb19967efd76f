import type { CallNodes } from '../protocol/probe';
import { childrenOf, type ProfileNode } from './profileNode';

/** A stretch of ten milliseconds a sample has a few hundred; what is below the rest is told together. */
const MOST_NODES = 1000;
/** V8 sees no more than 255 frames. */
const MOST_DEPTH = 255;

/** Where a walk has got to: a node, its caller in the answer, and how many frames are above it. */
interface Step {
  node: ProfileNode;
  caller: number;
  depth: number;
}

/**
 * Who called whom, for how long. `totalUs` is each node's time with all that it called; a node that `numberOf` gives no
 * number is left out, with what it called: null when it is no code of the program, -1 when it is not told apart.
 */
export function callNodes(
  outermost: readonly ProfileNode[],
  byId: ReadonlyMap<number, ProfileNode>,
  selfUs: ReadonlyMap<number, number>,
  totalUs: ReadonlyMap<number, number>,
  numberOf: (node: ProfileNode) => number | null,
): CallNodes {
  const nodes: CallNodes = { callers: [], functions: [], selfMs: [] };
  const leastUs = leastOf(totalUs);
  const restOf = new Map<number, number>();
  const add = (caller: number, number: number, us: number): number => {
    nodes.callers.push(caller);
    nodes.functions.push(number);
    return nodes.selfMs.push(us / 1000) - 1;
  };
  const addRest = (caller: number, us: number): void => {
    const known = restOf.get(caller);
    if (known === undefined) restOf.set(caller, add(caller, -1, us));
    else nodes.selfMs[known] = (nodes.selfMs[known] ?? 0) + us / 1000;
  };
  const open: Step[] = [];
  const enter = (all: readonly ProfileNode[], caller: number, depth: number): void => {
    for (const node of all) open.push({ node, caller, depth });
  };
  enter(outermost, -1, 0);
  for (let step = open.pop(); step; step = open.pop()) {
    const { node, caller, depth } = step;
    const us = totalUs.get(node.id) ?? 0;
    const number = us > 0 ? numberOf(node) : null;
    if (number === null) continue;
    if (number < 0 || us < leastUs || depth >= MOST_DEPTH) addRest(caller, us);
    else enter(childrenOf(node, byId), add(caller, number, selfUs.get(node.id) ?? 0), depth + 1);
  }
  return nodes;
}

/** So long must a node be for the largest of all to be told. */
function leastOf(totalUs: ReadonlyMap<number, number>): number {
  if (totalUs.size <= MOST_NODES) return 0;
  return [...totalUs.values()].sort((a, b) => b - a)[MOST_NODES] ?? 0;
}
