import type { Site, SiteId } from '../protocol/snapshot';

interface Entry {
  id: SiteId;
  key: string;
  site: Site;
  /** Probe sites that stand for it. */
  bound: number;
  lastUsedMs: number;
  /** How often it is held. */
  holds: number;
}

/** The probe itself keeps no more places than this. */
const MAX_BOUND = 20_000;
/** Sweeping takes places that no snapshot has referred to for so long. */
const UNUSED_MS = 120_000;
const SWEEP_EVERY_MS = 30_000;

/** Gives each place one id for as long as anything refers to it, whatever numbers the probe and the samples use. */
export class SiteTable {
  private readonly byKey = new Map<string, Entry>();
  private readonly byId = new Map<SiteId, Entry>();
  private readonly byProbe = new Map<number, Entry>();
  private readonly held: Record<SiteId, Site> = {};
  private nextId: SiteId = 1;
  private sweptMs = 0;
  private timeMs = 0;

  get size(): number {
    return this.byId.size;
  }

  intern(site: Site): SiteId {
    return this.entryOf(site).id;
  }

  /** Learns what a site number of the probe stands for, once: a probe gives a number to one place only. */
  bind(number: number, site: Site): void {
    if (this.byProbe.has(number) || this.byProbe.size >= MAX_BOUND) return;
    const entry = this.entryOf(site);
    entry.bound++;
    this.byProbe.set(number, entry);
  }

  /** Forgets the probe's numbers but these, which a full batch tells; what they were stays known for a while. */
  keepBound(numbers: Pick<ReadonlySet<number>, 'has'>): void {
    for (const [number, entry] of this.byProbe) {
      if (numbers.has(number)) continue;
      entry.bound--;
      this.byProbe.delete(number);
    }
  }

  /** Id of a site number of the probe; null when the number is null or was never told. */
  ofProbe(number: number | null): SiteId | null {
    return number === null ? null : (this.byProbe.get(number)?.id ?? null);
  }

  get(id: SiteId): Site | undefined {
    return this.byId.get(id)?.site;
  }

  /** From now on every snapshot refers to it, until it is released as often as it was held. */
  hold(id: SiteId | null): void {
    const entry = id === null ? undefined : this.byId.get(id);
    if (entry && entry.holds++ === 0) this.held[entry.id] = entry.site;
  }

  release(id: SiteId | null): void {
    const entry = id === null ? undefined : this.byId.get(id);
    if (!entry || --entry.holds > 0) return;
    entry.lastUsedMs = this.timeMs;
    Reflect.deleteProperty(this.held, entry.id);
  }

  /**
   * The sites of one snapshot: those that are held and these; `timeMs` is any clock that runs forward. Also lets go what no
   * snapshot has used for long.
   */
  pick(ids: readonly (SiteId | null)[], timeMs: number): Record<SiteId, Site> {
    this.timeMs = timeMs;
    // A copy is made many times faster than the same anew.
    const sites = { ...this.held };
    for (const id of ids) {
      const entry = id === null ? undefined : this.byId.get(id);
      if (!entry) continue;
      entry.lastUsedMs = timeMs;
      sites[entry.id] = entry.site;
    }
    if (timeMs - this.sweptMs >= SWEEP_EVERY_MS) this.sweep();
    return sites;
  }

  private entryOf(site: Site): Entry {
    const key = `${site.line}:${site.column}:${site.function}\n${site.url}`;
    let entry = this.byKey.get(key);
    if (!entry) {
      entry = { id: this.nextId++, key, site, bound: 0, lastUsedMs: this.timeMs, holds: 0 };
      this.byKey.set(key, entry);
      this.byId.set(entry.id, entry);
    }
    entry.lastUsedMs = this.timeMs;
    return entry;
  }

  private sweep(): void {
    this.sweptMs = this.timeMs;
    for (const entry of this.byId.values()) {
      if (entry.bound > 0 || entry.holds > 0 || this.timeMs - entry.lastUsedMs <= UNUSED_MS) continue;
      this.byId.delete(entry.id);
      this.byKey.delete(entry.key);
    }
  }
}
