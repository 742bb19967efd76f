import type { HeldUp } from '../protocol/probe';
import { childrenOf, isOurs, type ProfileNode } from './profileNode';

const MOST = 50;
/** Modules of Node whose functions with names in `Sync` do their work, or wait for it, while the loop stands still. */
const SYNCHRONOUS = /^node:(?:internal\/)?(fs|child_process|zlib|crypto)\b/;
const CRYPTO = 'node:internal/crypto/';
const PACKAGE = /[\\/]node_modules[\\/]/;

/** Where a chain of callers has got to. */
interface Chain {
  node: ProfileNode;
  /** The program's function that is nearest: of its own code, before that of a package. */
  caller: ProfileNode | null;
  /** The call that it made; null while its own code runs. */
  what: string | null;
  /** Node loads a module for it: what is read then is no call of the program's. */
  loading: boolean;
}

/**
 * Time in synchronous calls (`*Sync`, crypto) and in regular expressions, by the program's function that made them. Not in
 * JSON: V8 gives it no frame.
 */
export function heldUp(
  outermost: readonly ProfileNode[],
  byId: ReadonlyMap<number, ProfileNode>,
  selfUs: ReadonlyMap<number, number>,
): HeldUp[] {
  const found = new Map<string, HeldUp>();
  const open: Chain[] = outermost.map((node) => ({ node, caller: null, what: null, loading: false }));
  for (let chain = open.pop(); chain; chain = open.pop()) {
    if (isOurs(chain.node)) continue;
    const { node, caller, what, loading } = enter(chain);
    const us = selfUs.get(node.id) ?? 0;
    if (what !== null && caller && us > 0) add(found, what, caller, us / 1000);
    for (const child of childrenOf(node, byId)) open.push({ node: child, caller, what, loading });
  }
  return [...found.values()].sort((a, b) => b.ms - a.ms).slice(0, MOST);
}

function enter(chain: Chain): Chain {
  const { node, caller, what, loading } = chain;
  const { functionName, url } = node.callFrame;
  if (url === '') {
    const isPattern = what === null && functionName.startsWith('RegExp: ');
    return isPattern ? { ...chain, what: `the regular expression ${functionName.slice(8)}` } : chain;
  }
  if (!url.startsWith('node:')) {
    const isOwn = !PACKAGE.test(url) || !caller || PACKAGE.test(caller.callFrame.url);
    return { node, caller: isOwn ? node : caller, what: null, loading: false };
  }
  if (url.startsWith('node:internal/modules/')) return { ...chain, loading: true };
  if (what !== null || loading) return chain;
  const [, module] = SYNCHRONOUS.exec(url) ?? [];
  const isCall = module !== undefined && (functionName.endsWith('Sync') || url.startsWith(CRYPTO));
  return isCall ? { ...chain, what: `${functionName} of ${module}` } : chain;
}

function add(found: Map<string, HeldUp>, what: string, { callFrame }: ProfileNode, ms: number): void {
  const { functionName, scriptId, url, lineNumber, columnNumber } = callFrame;
  const key = `${what}|${scriptId}|${lineNumber}|${columnNumber}`;
  const known = found.get(key);
  if (known) known.ms += ms;
  else found.set(key, { what, function: functionName, url, line: lineNumber + 1, column: columnNumber + 1, ms });
}
