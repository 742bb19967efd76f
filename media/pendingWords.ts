import * as l10n from '@vscode/l10n';
import type { Site, Snapshot } from '../src/protocol/snapshot';
import { filterOf, type Vocabulary } from './filter';
import { packageText, siteText } from './format';
import { ageOf, keepsAlive, type KnownGroup } from './groups';
import { perSecond } from './marks';
import { PART_NAMES } from './parts';
import type { Shown } from './reducer';

/** What the filter of the pending table goes by, besides the group. */
export interface PendingAround {
  sites: Snapshot['sites'];
  windowMs: number;
  elapsedMs: number;
  trends: Shown['trends'];
  /** Keys of the rows that a finding speaks of. */
  warned: ReadonlySet<string>;
}

const siteOf = ({ site }: KnownGroup, { sites }: PendingAround): Site | undefined =>
  site === null ? undefined : sites[site];

/** What nobody recorded the place of is from before the attach, or was created by no JavaScript. */
function placeText(group: KnownGroup, around: PendingAround): string {
  const site = siteOf(group, around);
  return site || group.origin === 'beforeAttach' ? siteText(site) : '';
}

const phaseText = ({ phase }: KnownGroup): string => `${phase}\n${PART_NAMES[phase]}`;

/** More than at the beginning of its trend: steadier than the change of one beat. */
function isGrowing({ key }: KnownGroup, { trends }: PendingAround): boolean {
  return trends.growth(key) > 0;
}

/** A group stays the same object for as long as only its age changes. */
const texts = new WeakMap<KnownGroup, string>();

/** What the filter of the pending table knows. */
export const PENDING_WORDS: Vocabulary<KnownGroup, PendingAround> = {
  text: (group, around) => {
    let text = texts.get(group);
    if (text === undefined) {
      const name = siteOf(group, around)?.package ?? '';
      text = [group.type, phaseText(group), placeText(group, around), name].join('\n').toLowerCase();
      texts.set(group, text);
    }
    return text;
  },
  fields: {
    type: { kind: 'text', help: l10n.t('resource type'), of: ({ type }) => type },
    phase: { kind: 'text', help: l10n.t('where its callback will run'), of: phaseText },
    site: {
      kind: 'text',
      help: l10n.t('function, file, line and path that created it'),
      of: placeText,
    },
    package: {
      kind: 'text',
      help: l10n.t('package that created it, or “your code”'),
      of: (group, around) => packageText(siteOf(group, around)),
    },
    count: { kind: 'number', help: l10n.t('how many there are'), of: ({ count }) => count },
    change: {
      kind: 'number',
      help: l10n.t('change a second'),
      of: ({ delta }, { windowMs }) => perSecond(delta, windowMs),
    },
    age: { kind: 'age', help: l10n.t('age of the oldest'), of: (group, { elapsedMs }) => ageOf(group, elapsedMs) },
  },
  flags: {
    growing: { help: l10n.t('more than 40 beats ago'), of: isGrowing },
    alive: { help: l10n.t('keeps the process alive'), of: keepsAlive },
    finding: { help: l10n.t('a finding speaks of it'), of: ({ key }, { warned }) => warned.has(key) },
    before: { help: l10n.t('was there before the attach'), of: ({ origin }) => origin === 'beforeAttach' },
  },
};

export const pendingFilter = filterOf(PENDING_WORDS);

/** Keys of the rows that a finding speaks of. */
export function warnedKeys({ findings }: Snapshot): ReadonlySet<string> {
  return new Set(findings.map(({ id }) => id.slice(id.indexOf(':') + 1)));
}
