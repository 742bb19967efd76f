import * as l10n from '@vscode/l10n';
import type { Instance } from '../protocol/probe';
import type { PendingGroup, Site, SiteId, Snapshot } from '../protocol/snapshot';
import { detailInWords } from './details';
import { endingOf } from './endings';
import { kindOf } from './kinds';
import { code, escaped, printable } from './markdown';
import { callee, duration, listed, place, stateInWords } from './words';

/** What is known of a place in the source on this machine. */
export interface SourcePlace {
  /** `file:` URL that leads to the line; null when there is no such file. */
  link: string | null;
  /** The line itself, when it can be read. */
  text: string | null;
}

export interface AliveInput {
  snapshot: Snapshot;
  /** Members of the groups that {@link holdersIn} names, as far as they could be asked for. */
  members: ReadonlyMap<PendingGroup['key'], readonly Instance[]>;
  places: ReadonlyMap<SiteId, SourcePlace>;
  /** Worker threads that run; Node lists none that was there before the attach. */
  workers: number;
}

/** The most places that are written out. */
const MOST = 100;
const MOST_DETAILS = 3;

interface Holder {
  group: PendingGroup;
  site: Site | null;
  /** How many keep the process alive, and what is known of them. */
  count: number;
  details: string[];
  /** Streams that nobody reads. */
  idle: number;
  idleDetails: string[];
}

/** The groups of a snapshot that may keep its process alive, in the order to look at: at most those that are written out. */
export function holdersIn(snapshot: Snapshot): PendingGroup[] {
  return inOrder(snapshot).slice(0, MOST);
}

/** What keeps a process alive, as a Markdown document. Whatever the target has named is escaped. */
export function aliveReport({ snapshot, members, places, workers }: AliveInput): string {
  const groups = inOrder(snapshot);
  const holders = groups.map((group) => holderOf(group, snapshot, members.get(group.key) ?? []));
  const holding = holders.filter(({ count }) => count > 0);
  const idle = holders.filter((holder) => holder.idle > 0);
  const shown = holding.slice(0, MOST);
  const blocks = [
    `# ${l10n.t('What keeps {0} alive?', escaped(nameOf(snapshot)))}`,
    circumstances(snapshot),
    verdict(snapshot, holding, workers),
    ...shown.flatMap((holder) => section(holder, places)),
  ];
  const more = holding.length - shown.length;
  if (more === 1) blocks.push(l10n.t('1 more place not shown.'));
  else if (more > 1) blocks.push(l10n.t('{0} more places not shown.', more));
  if (idle.length > 0) {
    blocks.push(`## ${l10n.t('Open, but holding nothing')}`, ...idle.map((holder) => idleLine(holder, places)));
  }
  blocks.push(`## ${l10n.t('What this cannot tell')}`, ...remarksOn(snapshot, holding));
  return `${blocks.join('\n\n')}\n`;
}

function inOrder({ pending, sites }: Snapshot): PendingGroup[] {
  const rank = (group: PendingGroup): number => ownerRank(group, sites) * 10 + typeRank(group.type);
  return pending
    .filter(({ type, referenced }) => type !== 'PROMISE' && referenced !== 0)
    .sort((a, b) => rank(a) - rank(b) || b.count - a.count);
}

/** The program's own code, then what may be its own, then that of packages. */
function ownerRank({ site }: PendingGroup, sites: Snapshot['sites']): number {
  const place = site === null ? undefined : sites[site];
  if (!place) return 1;
  return place.package === null ? 0 : 2;
}

/** What a program holds on purpose, then what passes, then what every process has. */
function typeRank(type: string): number {
  if (/^(PIPE|TTY)WRAP$/.test(type)) return 2;
  return kindOf(type) === 'timer' || kindOf(type) === 'handle' ? 0 : 1;
}

function holderOf(group: PendingGroup, { sites }: Snapshot, members: readonly Instance[]): Holder {
  const referenced = members.filter((one) => one.referenced !== false);
  const idle = referenced.filter((one) => one.idle);
  return {
    group,
    site: (group.site === null ? null : sites[group.site]) ?? null,
    count: Math.max(0, (group.referenced ?? group.count) - idle.length),
    details: referenced.filter((one) => !one.idle).map(({ detail }) => detail),
    idle: idle.length,
    idleDetails: idle.map(({ detail }) => detail),
  };
}

function nameOf({ target }: Snapshot): string {
  const file = target.program.split(/[/\\]/).pop() ?? '';
  return l10n.t('{0} (pid {1})', file || target.title, target.pid);
}

function circumstances({ target, level, timeMs, state }: Snapshot): string {
  const at = new Date(timeMs).toISOString().replace('T', ' ').replace(/\..*$/, ' UTC');
  const [version, up] = [escaped(target.nodeVersion), duration(target.uptimeMs)];
  return state === 'running'
    ? l10n.t('Node {0}, up {1}, seen at level {2} on {3}.', version, up, level, at)
    : l10n.t('Node {0}, up {1}, {2}, seen at level {3} on {4}.', version, up, stateInWords(state), level, at);
}

function verdict({ openCallback, state }: Snapshot, holding: readonly Holder[], workers: number): string {
  if (holding.length > 0) {
    const count = holding.reduce((sum, holder) => sum + holder.count, 0);
    if (count === 1) {
      return l10n.t(
        '**1 resource from 1 place keeps it alive**, here in the order to look at. Node ends the process when none is left.',
      );
    }
    if (holding.length === 1) {
      return l10n.t(
        '**{0} resources from 1 place keep it alive**, here in the order to look at. Node ends the process when none is left.',
        count,
      );
    }
    return l10n.t(
      '**{0} resources from {1} places keep it alive**, here in the order to look at. Node ends the process when none is left.',
      count,
      holding.length,
    );
  }
  if (openCallback || state !== 'running') {
    return workers === 0
      ? l10n.t(
          '**Nothing keeps it alive:** Node ends it when the code that runs now returns, unless that begins something new.',
        )
      : l10n.t(
          '**Nothing that Node lists keeps it alive.** Code runs now, and a worker thread runs, which may hold it: Node lists none from before the attach.',
        );
  }
  return l10n.t(
    '**Nothing that Node lists keeps it alive**, and yet it has not ended: most likely a worker thread from before the attach does, or a native add-on.',
  );
}

function section(holder: Holder, places: AliveInput['places']): string[] {
  const { group, site, count, details } = holder;
  const { counted, howTo } = endingOf(group.type, details);
  const text = group.site === null ? null : places.get(group.site)?.text;
  const facts = [...origin(holder, places), ...agesOf(holder), ...distinct(details)];
  return [
    `## ${escaped(site ? l10n.t('{0} at {1}', counted(count), place(site)) : counted(count))}`,
    ...(facts.length > 0 ? [l10n.t('{0}.', listed(facts))] : []),
    ...(text ? [code(text)] : []),
    howTo,
  ];
}

function origin({ group, site }: Holder, places: AliveInput['places']): string[] {
  // At level observe nothing is known of it.
  if (!site && group.oldestMs === null) return [];
  if (!site) {
    return [
      group.origin === 'beforeAttach'
        ? l10n.t('Created before the attach')
        : l10n.t('Created at a place that is not known'),
    ];
  }
  const label = escaped(callee(site));
  const link = group.site === null ? null : places.get(group.site)?.link;
  const linked = link ? `[${label}](${link})` : label;
  return [
    site.package === null
      ? linked
      : l10n.t({ message: '{0} in {1}', args: [linked, escaped(site.package)], comment: 'a place in a package' }),
  ];
}

function agesOf({ group, count }: Holder): string[] {
  if (group.oldestMs === null) return [];
  // Only timers say since when they are.
  const isLeast = group.origin === 'beforeAttach' && group.type !== 'Timeout';
  const age = duration(group.oldestMs);
  if (count === 1) return [isLeast ? l10n.t('at least {0} old', age) : l10n.t('{0} old', age)];
  return [isLeast ? l10n.t('the oldest at least {0} old', age) : l10n.t('the oldest {0} old', age)];
}

function distinct(details: readonly string[]): string[] {
  const known = [...new Set(details)].filter((detail) => detail !== '');
  const some = known.slice(0, MOST_DETAILS).map((detail) => escaped(printable(detailInWords(detail))));
  return known.length > some.length ? [...some, '…'] : some;
}

function idleLine(holder: Holder, places: AliveInput['places']): string {
  const { counted } = endingOf(holder.group.type, []);
  const facts = [...origin(holder, places), ...distinct(holder.idleDetails)];
  return l10n.t('{0} that nobody reads. {1}.', escaped(counted(holder.idle)), listed(facts));
}

function remarksOn({ level }: Snapshot, holding: readonly Holder[]): string[] {
  const remarks: string[] = [];
  if (level === 'observe') {
    remarks.push(
      l10n.t(
        'At level observe only types and counts are known. Level track adds places and ages, tells intervals from timers, and says which streams are read: standard streams are among those here, and hold a process only while standard input is read.',
      ),
    );
  } else if (holding.some(({ site, group }) => !site && group.origin === 'beforeAttach')) {
    remarks.push(
      l10n.t(
        'Of what existed before the attach Node keeps no place, but for timers, whose callback shows it. To see all places, start the program with `--inspect-brk` and attach before it goes on.',
      ),
    );
  }
  remarks.push(
    level === 'observe'
      ? l10n.t('Worker threads are not listed by Node: each keeps the process alive, too.')
      : l10n.t('Worker threads from before the attach are not listed by Node: each keeps the process alive, too.'),
  );
  return remarks;
}
