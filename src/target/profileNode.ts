import { PROBE_URL } from '../protocol/probe';

/** One function of a CPU profile in one chain of callers; lines and columns from 0. */
export interface ProfileNode {
  id: number;
  callFrame: { functionName: string; scriptId: string; url: string; lineNumber: number; columnNumber: number };
  children?: number[];
  /** Samples by line, from 1, in which it was on top. */
  positionTicks?: { line: number; ticks: number }[];
}

/** Whether it is the probe's own. */
export function isOurs({ callFrame }: ProfileNode): boolean {
  return callFrame.url === PROBE_URL;
}

/** What it called. */
export function childrenOf(node: ProfileNode, byId: ReadonlyMap<number, ProfileNode>): ProfileNode[] {
  return (node.children ?? []).flatMap((id) => byId.get(id) ?? []);
}
