import type { Batch, BatchSite } from './protocol/probe';
import type { Site } from './protocol/snapshot';
import { runningMap } from './target/runningMaps';
import { RunningPlaces } from './target/runningPlaces';
import type { Session } from './target/session';
import { Sources } from './target/sources';

/** Leads from places in the running scripts of one attachment to the sources. Nothing of it rejects. */
export class Places {
  private readonly sources: Sources;
  private found: number[] = [];

  constructor(session: Session) {
    const running = new RunningPlaces(session);
    this.sources = new Sources(
      (url) => runningMap(session, url),
      (place) => running.shown(place),
    );
  }

  readonly siteOf = (place: Omit<BatchSite, 'site'>): Promise<Site> => this.sources.siteOf(place);

  /** The sites of a batch by their numbers. */
  async sitesOf({ sites: all }: Batch): Promise<Map<number, Site>> {
    const sites = new Map(await Promise.all(all.map(async (each) => [each.site, await this.siteOf(each)] as const)));
    const isBundled = ({ package: name, generated }: Site): boolean => name !== null && generated !== null;
    this.found = [...sites].filter(([, site]) => isBundled(site)).map(([number]) => number);
    return sites;
  }

  /** Sites of the last batch that turned out to be a package's: the probe is to learn it with the next beat. */
  get bundled(): number[] {
    return this.found;
  }

  /** A new probe numbers its sites anew. */
  forget(): void {
    this.found = [];
  }
}
