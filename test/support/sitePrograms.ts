import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Attachment } from '../../src/attachment';
import type { Snapshot } from '../../src/protocol/snapshot';
import { out } from './paths.mjs';
import { buildSites, type SiteBuild } from './siteBuilds.mjs';
import { expectedListenerPlaces, expectedPendingLines, listenerPlaces, pendingLines } from './sitePlaces';
import { snapshotWhere, Target } from './target';

/** On a busy machine a place may take some beats to come. */
const MOST_BEATS = 40;

/** All builds of test/fixtures/sites/program.ts, in a folder of their own until `remove`. */
export class SitePrograms {
  private constructor(
    private readonly folder: string,
    private readonly fifo: string,
    readonly builds: SiteBuild[],
  ) {}

  static async make(): Promise<SitePrograms> {
    mkdirSync(out, { recursive: true });
    const folder = mkdtempSync(path.join(out, 'sites (built) '));
    const fifo = path.join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    return new SitePrograms(folder, fifo, await buildSites(folder));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A target that loads builds by {@link loadBuild}. */
  start(major: number): Promise<Target> {
    return Target.start(major, 'sites/load.cjs', { args: [this.fifo], env: { UV_THREADPOOL_SIZE: '64' } });
  }

  /** Each build with a snapshot of a target in which it has run; no more run at once than there are rows for. */
  async snapshots(target: Target, attachment: Attachment): Promise<{ build: SiteBuild; snapshot: Snapshot }[]> {
    const half = Math.ceil(this.builds.length / 2);
    const all = [];
    for (const some of [this.builds.slice(0, half), this.builds.slice(half)]) {
      for (const build of some) await loadBuild(target, build);
      const from = attachment.snapshot?.sequence ?? 0;
      const isWhole = (snapshot: Snapshot): boolean => some.every((build) => isAllOf(build, snapshot));
      // What never comes is for the test to say.
      const snapshot = await snapshotWhere(
        attachment,
        (each) => each.sequence >= from + MOST_BEATS || (each.sequence >= from + 2 && isWhole(each)),
      );
      all.push(...some.map((build) => ({ build, snapshot })));
      await target.evaluate('void places.removeAllListeners()');
    }
    return all;
  }
}

function isAllOf(build: SiteBuild, snapshot: Snapshot): boolean {
  return (
    isDeepStrictEqual(listenerPlaces(snapshot, build), expectedListenerPlaces(build)) &&
    isDeepStrictEqual(pendingLines(snapshot, build), expectedPendingLines(build))
  );
}

/** Loads and runs one build; with `spinning`, an immediate of it is pending always. */
export function loadBuild(target: Target, { name, script }: SiteBuild, spinning = false): Promise<void> {
  return target.evaluate(`load(${JSON.stringify(name)}, ${JSON.stringify(script)}, ${spinning})`, true);
}
