import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Emitter } from '../../src/base/event';
import type { Snapshot, TargetState } from '../../src/protocol/snapshot';
import { packed } from '../../src/recording/format';
import type { Recorded } from '../../src/recording/recorder';
import { attachmentOf, NOW_MS, snapshotOf } from './samples';

/** Stands in for an attachment: it beats when it is told to. */
export class Beating implements Recorded {
  private readonly beats = new Emitter<Snapshot>();
  private readonly states = new Emitter<TargetState>();
  readonly onDidSnapshot = this.beats.event;
  readonly onDidChangeState = this.states.event;
  readonly info = {
    id: 'a1',
    name: 'api.js',
    pid: 4321,
    nodeVersion: '24.2.0',
    threadId: 0,
    where: { pid: 4321 },
  };
  readonly options = { beatMs: attachmentOf().beatMs } as Recorded['options'];
  readonly seen: Snapshot[] = [];
  snapshot: Snapshot | null = null;
  state: TargetState = 'running';
  endedBecause: string | null = null;

  beat(change: Partial<Snapshot> = {}): void {
    const number = this.seen.length;
    this.snapshot = snapshotOf({ sequence: number + 1, timeMs: NOW_MS + number * 1000, ...change });
    this.seen.push(this.snapshot);
    this.beats.fire(this.snapshot);
  }

  become(state: TargetState, because: string | null = null): void {
    this.state = state;
    this.endedBecause = because;
    this.states.fire(state);
  }
}

/** A snapshot with nothing in its tables. */
export const EMPTY: Partial<Snapshot> = { pending: [], listeners: [], hot: null, sites: {}, findings: [], notes: [] };

/** A folder for the files of a test, made when there is a first one, and the way to be rid of it. */
export function temporaryFolder(): { file: (name: string) => string; remove: () => void } {
  let folder: string | undefined;
  return {
    file: (name) => path.join((folder ??= mkdtempSync(path.join(tmpdir(), 'loopscope-recording-'))), name),
    remove: () => {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Writes a recording line by line, as a hostile recorder could. */
export async function writeLines(file: string, lines: readonly object[]): Promise<void> {
  writeFileSync(file, Buffer.concat(await Promise.all(lines.map((line) => packed(line)))));
}

/** A header that nothing is wrong with. */
export const HEADER = {
  format: 'loopscope',
  version: 1,
  startedAtMs: NOW_MS,
  name: 'api.js',
  pid: 4321,
  nodeVersion: '24.2.0',
  threadId: 0,
  beatMs: 1000,
};
