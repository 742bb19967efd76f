import * as l10n from '@vscode/l10n';
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
    const [size, more] = [bytes(externalBytes), bytes(growth)];
    const text =
      arrayBuffersBytes === null
        ? l10n.t('Memory outside the heap is {0} and grows by {1} a minute.', size, more)
        : l10n.t(
            'Memory outside the heap is {0} ({1} in buffers) and grows by {2} a minute.',
            size,
            bytes(arrayBuffersBytes),
            more,
          );
    return [{ id: ID, rule: ID, severity: 'warning', text, site: null, action: 'showProcess' }];
  },
};
