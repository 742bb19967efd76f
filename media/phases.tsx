import * as l10n from '@vscode/l10n';
import type { ComponentChildren, JSX } from 'preact';
import type { Snapshot } from '../src/protocol/snapshot';
import { fixed, NOT_KNOWN, whole } from './format';
import { Swatch } from './icons';
import { about, explain, METHOD_NAMES, PART_NAMES, SHORT_NAMES, sharePercent, wholeMs, type Part } from './parts';
import { SiteLink } from './site';

/** Said of a picture that stands still under the reader's hand. */
export const HELD = l10n.t('held');
const HELD_TIP = l10n.t('Ring and table stand still while the pointer or the focus is on them.');

interface RowProps {
  part: Part;
  hot: boolean;
  sites: Snapshot['sites'];
}

function callbacksText(part: Part): string {
  // Empty where it makes no sense: nothing is called back in waiting, and the remainder is nobody's.
  if (part.name === 'wait' || part.name === 'other') return '';
  if (part.open) return part.callbacks ? `${whole(part.callbacks)} + 1` : l10n.t('1 open');
  return whole(part.callbacks);
}

function Longest({ part, sites }: { part: Part; sites: Snapshot['sites'] }): ComponentChildren {
  if (part.name === 'wait' || part.name === 'other') return '';
  const { longestMs, open } = part;
  if (longestMs === null) return part.callbacks === 0 ? '' : NOT_KNOWN;
  const text = longestMs === open?.sinceMs ? `≥ ${fixed(longestMs, 0)}` : fixed(longestMs);
  if (part.longestSite === null || !sites[part.longestSite]) return text;
  return (
    <SiteLink id={part.longestSite} sites={sites}>
      {text}
    </SiteLink>
  );
}

/** The column of callbacks gives way first where there is little room: its figure is said here too. */
function tipOf(part: Part): string {
  const { callbacks } = part;
  if (callbacks === null) return explain(part);
  const called = callbacks === 1 ? l10n.t('1 callback.') : l10n.t('{0} callbacks.', whole(callbacks));
  return `${explain(part)}\n${called}`;
}

function Row({ part, hot, sites }: RowProps): JSX.Element {
  const { name, share, ms, method } = part;
  const ruled = name === 'nextTick' || name === 'other' ? ' rule' : '';
  const weak = (value: number | null): string => (value ? 'num' : 'num zero');
  return (
    <tr class={`part${ruled}${hot ? ' hot' : ''}`} data-part={name} data-phase={name} data-tip={tipOf(part)}>
      <th scope="row" class="cut">
        <Swatch part={name} />
        <span class="long">{PART_NAMES[name]}</span>
        <span class="short">{SHORT_NAMES[name]}</span>
      </th>
      <td class={weak(share)}>
        {about(method, share)}
        {sharePercent(share)}
      </td>
      <td class={weak(ms)}>
        {about(method, ms)}
        {fixed(ms)}
      </td>
      <td
        class={`${weak(part.callbacks)} calls`}
        data-tip={part.open ? l10n.t('One callback is still running') : tipOf(part)}
      >
        {callbacksText(part)}
      </td>
      <td class={weak(part.longestMs)}>
        <Longest part={part} sites={sites} />
      </td>
      <td class="how">{METHOD_NAMES[method]}</td>
    </tr>
  );
}

/** What 100 % means in a sum. */
const allTip = (threads: number): string =>
  l10n.t(
    '100 % is the time of {0} threads together: the window that each had, added up. Times by phase are added over the threads.',
    threads,
  );

interface PhasesProps {
  snapshot: Snapshot;
  parts: Part[];
  hot: string | null;
  /** Why these are not the newest figures: "last seen" or {@link HELD}. */
  remark: string;
}

/** The ring's figures as a table: share, busy time, callbacks, longest callback, and how each was measured. */
export function Phases({ snapshot, parts, hot, remark }: PhasesProps): JSX.Element {
  const { windowMs, threads, sites } = snapshot;
  const several = threads !== 1;
  const window = `${fixed(windowMs, 0)} ms`;
  return (
    <table class="phases">
      <caption class="sr">
        {several
          ? l10n.t('Time by loop phase over {0} of {1} threads', window, threads)
          : l10n.t('Time by loop phase over {0}', window)}
      </caption>
      <colgroup>
        <col class="c0" />
        <col class="c1" />
        <col class="c2" />
        <col class="c3 calls" />
        <col class="c4" />
        <col class="c5" />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">{l10n.t('Phase')}</th>
          <th scope="col" class="num">
            {l10n.t('Share %')}
          </th>
          <th scope="col" class="num">
            {l10n.t('Busy ms')}
          </th>
          <th scope="col" class="num calls">
            {l10n.t('Callbacks')}
          </th>
          <th
            scope="col"
            class="num"
            data-tip={l10n.t('Longest single callback; the line outside the ring is its length')}
          >
            <i class="rimkey" />
            {l10n.t('Longest ms')}
          </th>
          <th scope="col" data-tip={l10n.t('How the figures of the row were obtained')}>
            {l10n.t('Measured by')}
          </th>
        </tr>
      </thead>
      <tbody>
        {parts.map((part) => (
          <Row key={part.name} part={part} hot={hot === part.name} sites={sites} />
        ))}
        <tr class="rule dim" data-phase="window">
          <th scope="row" data-tip={several ? allTip(threads) : ''}>
            {several ? l10n.t('{0} × window', threads) : l10n.t('window')}
          </th>
          <td class="num">100</td>
          <td class="num">{fixed(wholeMs(snapshot))}</td>
          <td class="calls" />
          <td />
          <td class="how" data-tip={remark === HELD ? HELD_TIP : ''}>
            {remark}
          </td>
        </tr>
      </tbody>
    </table>
  );
}
