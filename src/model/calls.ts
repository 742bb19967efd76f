import type { CallTree } from '../protocol/panel';
import type { CpuSummary } from '../protocol/probe';
import type { HotFunction, Site, SiteId } from '../protocol/snapshot';

/** What is below this part of all that ran is not told apart. */
const LEAST_SHARE = 0.005;
const MOST_NODES = 2000;
const MOST_FUNCTIONS = 200;

/** The calls of a stretch of the profile; `ids` is parallel to its functions. */
export function callTreeOf(
  { durationMs, calls, functions }: CpuSummary,
  ids: readonly SiteId[],
  siteOf: (id: SiteId) => Site | undefined,
): CallTree {
  const places: CallTree['places'] = {};
  const sites = calls.functions.map((number) => {
    const id = functions[number] ? ids[number] : undefined;
    const site = id === undefined ? undefined : siteOf(id);
    if (id === undefined || !site) return null;
    places[id] = site;
    return id;
  });
  return { durationMs, callers: calls.callers, sites, selfMs: calls.selfMs, places };
}

interface Node {
  site: SiteId | null;
  selfMs: number;
  totalMs: number;
  callees: Map<SiteId | null, Node>;
}

const emptyNode = (site: SiteId | null): Node => ({ site, selfMs: 0, totalMs: 0, callees: new Map() });

/**
 * Several stretches as one. What ran for less than a two-hundredth of the time, or stands behind the 2000 largest, is
 * told together; the others stand in an order that stays the same while they run.
 */
export function mergedCalls(trees: readonly CallTree[]): CallTree {
  const root = emptyNode(null);
  const all = [root];
  for (const tree of trees) grow(root, tree, all);
  // Callers come first: from the end each has all that it called.
  for (const node of all.reverse()) {
    node.totalMs += node.selfMs;
    for (const callee of node.callees.values()) node.totalMs += callee.totalMs;
  }
  const places: CallTree['places'] = Object.assign({}, ...trees.map((tree) => tree.places)) as CallTree['places'];
  const durationMs = trees.reduce((sum, tree) => sum + tree.durationMs, 0);
  return told(root, Math.max(root.totalMs * LEAST_SHARE, leastOf(all)), { durationMs, places });
}

function grow(root: Node, { callers, sites, selfMs }: CallTree, all: Node[]): void {
  const nodes: Node[] = [];
  sites.forEach((site, at) => {
    const caller = nodes[callers[at] ?? -1] ?? root;
    let node = caller.callees.get(site);
    if (!node) {
      node = emptyNode(site);
      caller.callees.set(site, node);
      all.push(node);
    }
    node.selfMs += selfMs[at] ?? 0;
    nodes.push(node);
  });
}

/** So long must one have run to be among the largest. */
function leastOf(all: readonly Node[]): number {
  if (all.length <= MOST_NODES) return 0;
  return all.map(({ totalMs }) => totalMs).sort((a, b) => b - a)[MOST_NODES] ?? 0;
}

function told(root: Node, leastMs: number, of: Pick<CallTree, 'durationMs' | 'places'>): CallTree {
  const tree: CallTree = { durationMs: of.durationMs, callers: [], sites: [], selfMs: [], places: {} };
  const add = (caller: number, site: SiteId | null, selfMs: number): number => {
    tree.callers.push(caller);
    tree.sites.push(site);
    const place = site === null ? undefined : of.places[site];
    if (site !== null && place) tree.places[site] = place;
    return tree.selfMs.push(Math.round(selfMs * 100) / 100) - 1;
  };
  const open: { node: Node; at: number }[] = [{ node: root, at: -1 }];
  for (let step = open.pop(); step; step = open.pop()) {
    const { node, at } = step;
    let restMs = 0;
    const callees: Node[] = [];
    for (const callee of node.callees.values()) {
      if (callee.site !== null && callee.totalMs >= leastMs) callees.push(callee);
      else restMs += callee.totalMs;
    }
    callees.sort((a, b) => (a.site ?? 0) - (b.site ?? 0));
    for (const callee of callees) open.push({ node: callee, at: add(at, callee.site, callee.selfMs) });
    if (restMs > 0) add(at, null, restMs);
  }
  return tree;
}

/** The functions of a tree by self time, most first; one that called itself is counted once. */
export function hotOf({ callers, sites, selfMs }: CallTree): HotFunction[] {
  const totalMs = selfMs.slice();
  for (let at = sites.length - 1; at >= 0; at--) {
    const caller = callers[at] ?? -1;
    if (caller >= 0) totalMs[caller] = (totalMs[caller] ?? 0) + (totalMs[at] ?? 0);
  }
  const rows = new Map<SiteId, HotFunction>();
  sites.forEach((site, at) => {
    if (site === null) return;
    let row = rows.get(site);
    if (!row) rows.set(site, (row = { site, selfMs: 0, totalMs: 0 }));
    row.selfMs += selfMs[at] ?? 0;
    let above = callers[at] ?? -1;
    while (above >= 0 && sites[above] !== site) above = callers[above] ?? -1;
    if (above < 0) row.totalMs += totalMs[at] ?? 0;
  });
  return [...rows.values()].sort((a, b) => b.selfMs - a.selfMs || a.site - b.site).slice(0, MOST_FUNCTIONS);
}
