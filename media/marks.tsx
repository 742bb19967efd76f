import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { signed, whole } from './format';
import { ABOUT } from './parts';
import { TREND_BEATS } from './trends';

/** A change in a window of so long, as one in a second. */
export function perSecond(delta: number, windowMs: number): number {
  return windowMs > 0 ? (delta / windowMs) * 1000 : 0;
}

/** A count's change a second; zero is quiet. */
export function Change(props: { delta: number; windowMs: number; warn: boolean; estimated?: boolean }): JSX.Element {
  const { delta, windowMs, warn, estimated = false } = props;
  if (delta === 0 || windowMs <= 0) return <span class="dim">0</span>;
  return (
    <span class={warn ? 'warnText' : ''}>
      {estimated ? ABOUT : ''}
      {signed(perSecond(delta, windowMs))}
    </span>
  );
}

/** Counts of the last beats as a line, newest at the right; a change of one is not a mountain. */
export function Trend({ counts }: { counts: readonly (number | null)[] }): JSX.Element {
  const known = counts.filter((count) => count !== null);
  const highest = Math.max(0, ...known);
  const lowest = known.length > 0 ? Math.min(...known) : 0;
  const middle = (highest + lowest) / 2;
  const half = Math.max(highest - middle, 2, middle * 0.05);
  const points = counts.flatMap((count, at) => {
    if (count === null) return [];
    const x = ((TREND_BEATS - counts.length + at) / (TREND_BEATS - 1)) * 55 + 0.5;
    return [`${x.toFixed(1)},${(8 - ((count - middle) / half) * 6).toFixed(1)}`];
  });
  return (
    <svg class="spark" viewBox="0 0 56 16" aria-hidden="true">
      <polyline points={points.join(' ')} />
    </svg>
  );
}

/** What a row of a table is. */
type Noun = 'row' | 'group' | 'function' | 'process';

function hiddenText(noun: Noun, hidden: number): string {
  const isOne = hidden === 1;
  const count = whole(hidden);
  switch (noun) {
    case 'row':
      return isOne
        ? l10n.t('No row matches. 1 row is hidden by the filter.')
        : l10n.t('No row matches. {0} rows are hidden by the filter.', count);
    case 'group':
      return isOne
        ? l10n.t('No row matches. 1 group is hidden by the filter.')
        : l10n.t('No row matches. {0} groups are hidden by the filter.', count);
    case 'function':
      return isOne
        ? l10n.t('No row matches. 1 function is hidden by the filter.')
        : l10n.t('No row matches. {0} functions are hidden by the filter.', count);
    case 'process':
      return isOne
        ? l10n.t('No row matches. 1 process is hidden by the filter.')
        : l10n.t('No row matches. {0} processes are hidden by the filter.', count);
  }
}

/** Stands in the place of a table whose rows are all hidden. */
export function NoMatch(props: { hidden: number; noun: Noun; onClear: () => void }): JSX.Element {
  const { hidden, noun, onClear } = props;
  return (
    <div class="none">
      <span>{hiddenText(noun, hidden)}</span>
      <button class="link" onClick={onClear}>
        {l10n.t('Clear filter')}
      </button>
    </div>
  );
}
