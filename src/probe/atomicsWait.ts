import { PROBE_URL } from '../protocol/probe';
import { Stacks, type CallSite } from './stacks';

/** Of the probe, of the evaluation that called it, and the one that is wanted. */
const MOST_FRAMES = 6;

const stacks = new Stacks();
const urlOf = (frame: CallSite | undefined): string => frame?.getScriptNameOrSourceURL() ?? '';

/**
 * Whether the evaluation that this runs in has interrupted `Atomics.wait`, or WebAssembly, which may wait the same way: the
 * thread then uses no CPU although no debugger has paused it.
 */
export function isInAtomicsWait(): boolean {
  const frames = stacks.take(isInAtomicsWait, MOST_FRAMES) ?? [];
  const evaluation = frames.findIndex((frame) => urlOf(frame) !== PROBE_URL);
  const interrupted = evaluation < 0 ? undefined : frames[evaluation + 1];
  if (!interrupted) return false;
  // A built-in function has no line.
  const isBuiltin = !interrupted.getLineNumber() && urlOf(interrupted) === '';
  return (isBuiltin && interrupted.getFunctionName() === 'wait') || urlOf(interrupted).startsWith('wasm:');
}
