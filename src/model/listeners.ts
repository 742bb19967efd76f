import type { BatchListeners } from '../protocol/probe';
import type { ListenerGroup, SiteId } from '../protocol/snapshot';

/** Rows that are kept at the most; the probe sends fewer. */
export const MAX_LISTENER_ROWS = 5000;

/** The table of listeners by emitter and event. */
export class ListenerTable {
  private readonly rowsByKey = new Map<string, BatchListeners>();
  /** The sites of rows that have not changed since they were made. */
  private readonly sitesByKey = new Map<string, ListenerGroup['sites']>();
  private before: Map<string, number> | null = null;

  get size(): number {
    return this.rowsByKey.size;
  }

  apply(rows: readonly BatchListeners[], full: boolean): void {
    if (full) this.rowsByKey.clear();
    if (full) this.sitesByKey.clear();
    for (const row of rows) {
      const key = keyOf(row);
      this.sitesByKey.delete(key);
      if (row.count <= 0) this.rowsByKey.delete(key);
      else if (this.rowsByKey.size < MAX_LISTENER_ROWS || this.rowsByKey.has(key)) this.rowsByKey.set(key, row);
    }
  }

  /** Rows of the next snapshot, most first. */
  rows(siteOf: (probeSite: number) => SiteId | null): ListenerGroup[] {
    const counts = new Map<string, number>();
    const rows: ListenerGroup[] = [];
    for (const [key, row] of this.rowsByKey) {
      let sites = this.sitesByKey.get(key);
      if (!sites) this.sitesByKey.set(key, (sites = sitesOf(row, siteOf)));
      rows.push({
        key,
        emitter: row.emitter,
        event: row.event,
        count: row.count,
        limit: row.limit,
        delta: this.before ? row.count - (this.before.get(key) ?? 0) : 0,
        emitters: row.emitters,
        sites,
      });
      counts.set(key, row.count);
    }
    this.before = counts;
    return rows.sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
  }

  clear(): void {
    this.rowsByKey.clear();
    this.sitesByKey.clear();
    this.before = null;
  }
}

function keyOf(row: BatchListeners): string {
  return `${row.emitter}/${row.event}#${row.emitterId === 0 ? '*' : row.emitterId}`;
}

function sitesOf(row: BatchListeners, siteOf: (probeSite: number) => SiteId | null): ListenerGroup['sites'] {
  const counts = new Map<SiteId, number>();
  for (const [probeSite, count] of row.sites) {
    const site = siteOf(probeSite);
    if (site !== null) counts.set(site, (counts.get(site) ?? 0) + count);
  }
  return [...counts].map(([site, count]) => ({ site, count })).sort((a, b) => b.count - a.count || a.site - b.site);
}
