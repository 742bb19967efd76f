import * as l10n from '@vscode/l10n';
import { detailInWords } from '../model/details';
import type { PanelInstance } from '../protocol/panel';
import type { PendingGroup, Site, SiteId, Snapshot } from '../protocol/snapshot';

/** The most rows of each kind that go to the page in one message. */
export const ROWS = {
  pending: 10_000,
  largest: 8_000,
  listeners: 500,
  listenerSites: 20,
  parents: 20,
  hot: 200,
  findings: 100,
  notes: 50,
} as const;

const NAME = 300;
const LONG = 2000;

/** A snapshot as the page gets it, but for its groups and its sites: rows and texts are bounded. */
export function boundedRest(snapshot: Snapshot): Snapshot {
  return {
    ...snapshot,
    target: {
      ...snapshot.target,
      title: short(snapshot.target.title, NAME),
      program: short(snapshot.target.program, LONG),
      nodeVersion: short(snapshot.target.nodeVersion, NAME),
      thread: short(snapshot.target.thread, NAME),
    },
    pending: [],
    listeners: snapshot.listeners.slice(0, ROWS.listeners).map((group) => ({
      ...group,
      emitter: short(group.emitter, NAME),
      event: short(group.event, NAME),
      sites: group.sites.slice(0, ROWS.listenerSites),
    })),
    hot: snapshot.hot?.slice(0, ROWS.hot) ?? null,
    sites: {},
    findings: snapshot.findings.slice(0, ROWS.findings).map((one) => ({ ...one, text: short(one.text, LONG) })),
    notes: notesOf(snapshot),
  };
}

/** A pending group as the page gets it. */
export function boundedGroup(group: PendingGroup): PendingGroup {
  return { ...group, type: short(group.type, NAME), parents: group.parents.slice(0, ROWS.parents) };
}

/** Members of a pending group as the page gets them. */
export function boundedInstances(instances: readonly PanelInstance[], limit: number): PanelInstance[] {
  return instances
    .slice(0, limit)
    .map((instance) => ({ ...instance, detail: short(detailInWords(instance.detail), NAME) }));
}

/** The text, cut with an ellipsis when it is longer than `most` characters. */
export function short(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/**
 * Text with names that the target chose, for a notification: there VS Code makes links of `[text](address)`, of commands
 * too.
 */
export function unlinked(text: string): string {
  return text.replaceAll('](', '] (');
}

/** The largest groups, in their order; of the smaller ones those that a finding leads to, and the oldest. */
export function rowsOf({ pending, findings }: Snapshot): readonly PendingGroup[] {
  if (pending.length <= ROWS.pending) return pending;
  const found = new Set(findings.map(({ id }) => id.slice(id.indexOf(':') + 1)));
  const smaller = pending.slice(ROWS.largest);
  const room = ROWS.pending - ROWS.largest;
  const weights = new Float64Array(smaller.map(({ key, oldestMs }) => (found.has(key) ? Infinity : (oldestMs ?? -1))));
  const least = weights.slice().sort().at(-room) ?? -1;
  const older = smaller.filter((_, at) => (weights[at] ?? -1) > least);
  const equal = smaller.filter((_, at) => weights[at] === least).slice(0, room - older.length);
  return [...pending.slice(0, ROWS.largest), ...[...older, ...equal].sort((a, b) => b.count - a.count)];
}

/** What is left out is said: a table that ends early must not look complete. */
function notesOf(snapshot: Snapshot): string[] {
  const notes = snapshot.notes.slice(0, ROWS.notes).map((note) => short(note, LONG));
  const { pending, listeners } = snapshot;
  if (pending.length > ROWS.pending) {
    notes.push(
      l10n.t('The pending table shows {0} of {1} rows, the largest and the oldest.', ROWS.pending, pending.length),
    );
  }
  if (listeners.length > ROWS.listeners) {
    notes.push(l10n.t('The listeners table shows {0} of {1} rows.', ROWS.listeners, listeners.length));
  }
  return notes;
}

/** The sites that all but the groups of a snapshot speak of. */
export function sitesOfRest({ openCallback, phases, listeners, hot, findings }: Snapshot): SiteId[] {
  return [
    openCallback?.site,
    ...phases.map((phase) => phase.longestSite),
    ...listeners.flatMap((group) => group.sites.map((one) => one.site)),
    ...(hot ?? []).map((one) => one.site),
    ...findings.map((one) => one.site),
  ].filter((id) => id !== null && id !== undefined);
}

/** A place as the page gets it. */
export function boundedSite(site: Site): Site {
  return {
    ...site,
    function: short(site.function, NAME),
    url: short(site.url, LONG),
    package: site.package === null ? null : short(site.package, NAME),
    generated: site.generated && { ...site.generated, url: short(site.generated.url, LONG) },
  };
}
