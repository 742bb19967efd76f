import type { BatchListeners } from '../protocol/probe';
import { MANY, type EventName } from './emitterKind';
import type { Tally } from './listenerSites';

const { stringify } = JSON;

/** The listeners of one emitter for one event, as they were last seen. */
export interface Entry {
  readonly emitterId: number;
  readonly emitter: string;
  readonly event: EventName;
  /** Unique within the emitter. */
  readonly text: string;
  count: number;
  limit: number | null;
  readonly tally: Tally;
  row: Row | undefined;
}

interface Row {
  readonly key: string;
  readonly first: Entry;
  readonly entries: Set<Entry>;
  readonly sites: Map<number, number>;
  count: number;
  /** As it was sent, in JSON. */
  sent: string;
}

/** Rows for what has few listeners, and for all. */
const MAX_SHARED = 500;
const MAX_ROWS = 1500;
const MAX_SITES = 20;

/**
 * The rows that are sent: one for each pair of emitter and event with many listeners; pairs with few of them share one
 * by class and event. Work is in proportion to what changed.
 */
export class ListenerRows {
  private readonly rows = new Map<string, Row>();
  private readonly changed = new Set<Row>();
  /** There was no room for a row. */
  refused = false;

  /** Counts an entry that has listeners, from now until it is taken out again. */
  put(entry: Entry): void {
    const own = isOfItsOwn(entry);
    const key = `${entry.emitter}/${entry.text}#${own ? entry.emitterId : '*'}`;
    let row = this.rows.get(key);
    if (!row) {
      if (this.rows.size >= (own ? MAX_ROWS : MAX_SHARED)) {
        this.refused = true;
        return;
      }
      row = { key, first: entry, entries: new Set(), sites: new Map(), count: 0, sent: '' };
      this.rows.set(key, row);
    }
    entry.row = row;
    row.entries.add(entry);
    this.add(row, entry, 1);
  }

  /** Takes an entry out, which must not have changed since it was put in. */
  takeOut(entry: Entry): void {
    const { row } = entry;
    if (!row) return;
    entry.row = undefined;
    row.entries.delete(entry);
    this.add(row, entry, -1);
  }

  /** Rows that changed, or all; one that is gone comes once with count 0. */
  take(full: boolean): BatchListeners[] {
    const out: BatchListeners[] = [];
    for (const row of this.changed) {
      if (row.entries.size > 0) continue;
      this.rows.delete(row.key);
      if (row.sent && !full) out.push(batchOf(row));
    }
    for (const row of full ? this.rows.values() : this.changed) {
      if (row.entries.size === 0) continue;
      const batch = batchOf(row);
      const text = stringify(batch);
      if (full || text !== row.sent) out.push(batch);
      row.sent = text;
    }
    this.changed.clear();
    return out;
  }

  private add(row: Row, { count, tally }: Entry, sign: 1 | -1): void {
    row.count += sign * count;
    for (const [site, times] of tally.sites) {
      const left = (row.sites.get(site) ?? 0) + sign * times;
      if (left > 0) row.sites.set(site, left);
      else row.sites.delete(site);
    }
    this.changed.add(row);
  }
}

function isOfItsOwn({ count, limit }: Entry): boolean {
  return count >= MANY || (limit !== null && limit > 0 && count > limit);
}

function batchOf({ first, entries, sites, count, key }: Row): BatchListeners {
  const [only, another] = entries;
  return {
    emitterId: key.endsWith('*') ? 0 : first.emitterId,
    emitter: first.emitter,
    event: first.text,
    count,
    limit: only && !another ? only.limit : null,
    emitters: entries.size,
    sites: sites.size > MAX_SITES ? [...sites].sort((a, b) => b[1] - a[1]).slice(0, MAX_SITES) : [...sites],
  };
}
