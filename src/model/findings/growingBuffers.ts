import { bytes } from '../words';
import { least, type Rule } from './rule';

const ID = 'buffer-growth';

/** What lies outside the heap, mostly buffers, grows by more than the garbage that V8 leaves there for a while. */
export const growingBuffers: Rule = {
  id: ID,
  check(view) {
    const { externalBytes, arrayBuffersBytes } = view.memory;
    const growth = view.externalGrowthBytesPerMinute();
    if (externalBytes === null || growth === null) return [];
    if (growth < least(view.thresholds.bufferGrowthMb, ID, view) * 2 ** 20) return [];
    const buffers = arrayBuffersBytes === null ? '' : ` (${bytes(arrayBuffersBytes)} in buffers)`;
    const text = `Memory outside the heap is ${bytes(externalBytes)}${buffers} and grows by ${bytes(growth)} a minute.`;
    return [{ id: ID, rule: ID, severity: 'warning', text, site: null, action: 'showProcess' }];
  },
};
