import type { Site, SiteId } from '../protocol/snapshot';

interface Entry {
  id: SiteId;
  key: string;
  site: Site;
  /** Probe sites that stand for it. */
  bound: number;
  lastUsedMs: number;
}

/** The probe itself keeps no more places than this. */
const MAX_BOUND = 20_000;
/** Sweeping starts above this many places, and takes those that no snapshot has referred to for so long. */
const SWEEP_ABOVE = 2000;
const UNUSED_MS = 120_000;

/** Gives each place one id for as long as anything refers to it, whatever numbers the probe and the samples use. */
export class SiteTable {
  private readonly byKey = new Map<string, Entry>();
  private readonly byId = new Map<SiteId, Entry>();
  private readonly byProbe = new Map<number, Entry>();
  private nextId: SiteId = 1;
  private sweepAbove = SWEEP_ABOVE;
  private timeMs = 0;

  get size(): number {
    return this.byId.size;
  }

  intern(site: Site): SiteId {
    return this.entryOf(site).id;
  }

  /** Learns what a site number of the probe stands for. */
  bind(number: number, site: Site): void {
    if (this.byProbe.size >= MAX_BOUND && !this.byProbe.has(number)) return;
    const entry = this.entryOf(site);
    const before = this.byProbe.get(number);
    if (before === entry) return;
    if (before) before.bound--;
    entry.bound++;
    this.byProbe.set(number, entry);
  }

  /** Forgets the probe's numbers, before a full batch tells them all again; ids stay. */
  unbindAll(): void {
    for (const entry of this.byProbe.values()) entry.bound = 0;
    this.byProbe.clear();
  }

  /** Id of a site number of the probe; null when the number is null or was never told. */
  ofProbe(number: number | null): SiteId | null {
    return number === null ? null : (this.byProbe.get(number)?.id ?? null);
  }

  get(id: SiteId): Site | undefined {
    return this.byId.get(id)?.site;
  }

  /** The sites of one snapshot; `timeMs` is any clock that runs forward. Also lets go what no snapshot has used for long. */
  pick(ids: Iterable<SiteId>, timeMs: number): Record<SiteId, Site> {
    this.timeMs = timeMs;
    const picked: Record<SiteId, Site> = {};
    for (const id of ids) {
      const entry = this.byId.get(id);
      if (!entry) continue;
      entry.lastUsedMs = timeMs;
      picked[id] = entry.site;
    }
    if (this.byId.size > this.sweepAbove) this.sweep();
    return picked;
  }

  private entryOf(site: Site): Entry {
    const key = `${site.line}:${site.column}:${site.function}\n${site.url}`;
    let entry = this.byKey.get(key);
    if (!entry) {
      entry = { id: this.nextId++, key, site, bound: 0, lastUsedMs: this.timeMs };
      this.byKey.set(key, entry);
      this.byId.set(entry.id, entry);
    }
    entry.lastUsedMs = this.timeMs;
    return entry;
  }

  private sweep(): void {
    for (const entry of this.byId.values()) {
      if (entry.bound > 0 || this.timeMs - entry.lastUsedMs <= UNUSED_MS) continue;
      this.byId.delete(entry.id);
      this.byKey.delete(entry.key);
    }
    // What is left is in use: look again only when it has grown by half, or every beat would walk it.
    this.sweepAbove = Math.max(SWEEP_ABOVE, this.byId.size * 1.5);
  }
}
