import type { CpuSummary, HeldUp, LineTime } from '../protocol/probe';
import { childrenOf, isOurs, type ProfileNode } from './profileNode';

const MOST = 50;
const MOST_LINES = 20;
/** Share of the time below which a line says nothing. */
const LEAST_OF_LINE = 0.01;
/** Modules of Node whose functions with names in `Sync` do their work, or wait for it, while the loop stands still. */
const SYNCHRONOUS = /^node:(?:internal\/)?(fs|child_process|zlib|crypto)\b/;
const CRYPTO = 'node:internal/crypto/';
const PACKAGE = /[\\/]node_modules[\\/]/;

type Call = Pick<HeldUp, 'what' | 'module'>;

/** Where a chain of callers has got to. */
interface Chain {
  node: ProfileNode;
  /** The program's function that is nearest: of its own code, before that of a package. */
  caller: ProfileNode | null;
  /** The call that it made; null while its own code runs. */
  call: Call | null;
  /** Node loads a module for it: what is read then is no call of the program's. */
  loading: boolean;
}

/**
 * Time in synchronous calls (`*Sync`, crypto) and in regular expressions, by the program's function that made them; and the
 * lines that took much themselves, because V8 gives JSON no frame.
 */
export function heldUp(
  outermost: readonly ProfileNode[],
  byId: ReadonlyMap<number, ProfileNode>,
  selfUs: ReadonlyMap<number, number>,
): Pick<CpuSummary, 'held' | 'lines'> {
  const found = new Map<string, HeldUp>();
  const lines = new Map<string, LineTime>();
  const open: Chain[] = outermost.map((node) => ({ node, caller: null, call: null, loading: false }));
  for (let chain = open.pop(); chain; chain = open.pop()) {
    if (isOurs(chain.node)) continue;
    const { node, caller, call, loading } = enter(chain);
    const us = selfUs.get(node.id) ?? 0;
    if (caller && us > 0) {
      if (call) add(found, call, caller, us / 1000);
      else if (/^(?!node:)./.test(node.callFrame.url)) addLines(lines, node, caller, us / 1000);
    }
    for (const child of childrenOf(node, byId)) open.push({ node: child, caller, call, loading });
  }
  const most = <T extends { ms: number }>(all: Iterable<T>): T[] => [...all].sort((a, b) => b.ms - a.ms);
  const leastMs = ([...selfUs.values()].reduce((sum, us) => sum + us, 0) / 1000) * LEAST_OF_LINE;
  return {
    held: most(found.values()).slice(0, MOST),
    lines: most(lines.values())
      .filter(({ ms }) => ms >= leastMs)
      .slice(0, MOST_LINES),
  };
}

function enter(chain: Chain): Chain {
  const { node, caller, call, loading } = chain;
  const { functionName, url } = node.callFrame;
  if (url === '') {
    const isPattern = call === null && functionName.startsWith('RegExp: ');
    return isPattern ? { ...chain, call: { what: functionName.slice(8), module: null } } : chain;
  }
  if (!url.startsWith('node:')) {
    const isOwn = !PACKAGE.test(url) || !caller || PACKAGE.test(caller.callFrame.url);
    return { node, caller: isOwn ? node : caller, call: null, loading: false };
  }
  if (url.startsWith('node:internal/modules/')) return { ...chain, loading: true };
  if (call || loading) return chain;
  const [, module] = SYNCHRONOUS.exec(url) ?? [];
  const isCall = module !== undefined && (functionName.endsWith('Sync') || url.startsWith(CRYPTO));
  return isCall ? { ...chain, call: { what: functionName, module } } : chain;
}

function add(found: Map<string, HeldUp>, { what, module }: Call, caller: ProfileNode, ms: number): void {
  const key = `${module}|${what}|${keyOf(caller)}`;
  const known = found.get(key);
  if (known) known.ms += ms;
  else found.set(key, { what, module, ...placeOf(caller), ms });
}

/** A sample knows the line in which its function was. */
function addLines(found: Map<string, LineTime>, node: ProfileNode, caller: ProfileNode, ms: number): void {
  const { positionTicks = [], callFrame } = node;
  const all = positionTicks.reduce((sum, { ticks }) => sum + ticks, 0);
  for (const { line, ticks } of positionTicks) {
    const key = `${callFrame.scriptId}|${line}|${keyOf(caller)}`;
    const known = found.get(key);
    const part = (ms * ticks) / all;
    if (known) known.ms += part;
    else found.set(key, { url: callFrame.url, line, caller: placeOf(caller), ms: part });
  }
}

function keyOf({ callFrame: { scriptId, lineNumber, columnNumber } }: ProfileNode): string {
  return `${scriptId}|${lineNumber}|${columnNumber}`;
}

function placeOf({ callFrame }: ProfileNode): LineTime['caller'] {
  const { functionName, url, lineNumber, columnNumber } = callFrame;
  return { function: functionName, url, line: lineNumber + 1, column: columnNumber + 1 };
}
