import { fileURLToPath } from 'node:url';
import { ensureNode } from '../support/nodes.mjs';
import { attach, DEFAULTS } from './modes.mjs';
import { probePath } from './loopscope.mjs';
import { Target } from './target.mjs';

const PROGRAM = fileURLToPath(new URL('workloads/pending.mjs', import.meta.url));

/** A target that holds what it is told to; see workloads/pending.mjs. */
export async function startPending(major) {
  return Target.start(await ensureNode(major), [PROGRAM], { nodeArgs: ['--expose-gc', '--max-old-space-size=6000'] });
}

/** Attaches without CPU samples, with the shortest beat. */
export const attachQuietly = ({ url }, level) =>
  attach({ url }, { ...DEFAULTS, level, sampling: 'off', beatMs: 250 }, { probePath });

export function nextSnapshot(attachment) {
  return new Promise((resolve) => {
    const listening = attachment.onDidSnapshot((snapshot) => {
      listening.dispose();
      resolve(snapshot);
    });
  });
}
