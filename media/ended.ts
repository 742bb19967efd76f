import type { PanelAttachment } from '../src/protocol/panel';

/** Whether this is a worker that has ended while its process, and the attachment to that, go on. */
export function endedAlone({ state, threadId, threads }: PanelAttachment): boolean {
  return state === 'detached' && typeof threadId === 'number' && threadId !== 0 && threads.length > 0;
}
