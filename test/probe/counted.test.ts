import assert from 'node:assert/strict';
import type { PendingGroup, Snapshot } from '../../src/protocol/snapshot';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { fixturePath, lineOf, snapshotWhere, stopTargets, Target } from '../support/target';

/** `type@line` -> [count, ref'd] of the groups in the fixture itself; "before" where the place is not known. */
function counts({ pending, sites }: Snapshot, fixture: string): Record<string, [number, number | null]> {
  const place = ({ site }: PendingGroup): string => {
    const known = site === null ? undefined : sites[site];
    if (!known) return 'before';
    assert.ok(known.url.endsWith(fixturePath(fixture)), known.url);
    return String(known.line);
  };
  const out: Record<string, [number, number | null]> = {};
  for (const group of pending) {
    const key = `${group.type}@${place(group)}`;
    const [count, referenced] = out[key] ?? [0, 0];
    out[key] = [count + group.count, (referenced ?? 0) + (group.referenced ?? 0)];
  }
  return out;
}

function blockedFinding({ findings, sites }: Snapshot): { line: number | undefined; text: string } | undefined {
  const finding = findings.find(({ rule }) => rule === 'blocked-loop');
  return finding && { line: finding.site === null ? undefined : sites[finding.site]?.line, text: finding.text };
}

const TOTALS = { timers: 240 + 7 + 4 + 1 + 1, immediates: 0, handles: 3 + 8 + 2 };

/** Timers from before the attach have the place of their callback, handles have none. */
const isPlaced = ({ type, site }: PendingGroup): boolean => type !== 'Timeout' || site !== null;

for (const major of NODE_MAJORS) {
  for (const fixture of ['counted.cjs', 'counted.mjs']) {
    const line = (mark: string): number => lineOf(fixture, mark);

    describe(`a program of known content, Node ${major}, ${fixture}`, () => {
      afterEach(stopTargets);

      it('is shown exactly when we attach before it makes anything', async () => {
        const target = await Target.start(major, fixture);
        const attachment = await target.attach();
        await target.evaluate('make()', true);
        const snapshot = await snapshotWhere(
          attachment,
          (each) => each.pendingTotals.handles === TOTALS.handles && blockedFinding(each)?.line === line('busy'),
        );
        assert.deepEqual(counts(snapshot, fixture), {
          [`Timeout@${line('intervals')}`]: [240, 240],
          [`Timeout@${line('unreferenced')}`]: [7, 0],
          [`Timeout@${line('cleared')}`]: [4, 4],
          [`Timeout@${line('busy')}`]: [1, 1],
          [`Timeout@${line('keeper')}`]: [1, 1],
          // An accepted connection is made by native code: it belongs to its server's place.
          [`TCPSERVERWRAP@${line('servers')}`]: [3, 3],
          [`TCPWRAP@${line('servers')}`]: [4, 4],
          [`TCPWRAP@${line('sockets')}`]: [4, 4],
          [`FSEVENTWRAP@${line('watchers')}`]: [2, 2],
        });
        const { timers, immediates, handles } = snapshot.pendingTotals;
        assert.deepEqual({ timers, immediates, handles }, TOTALS);
        assert.deepEqual(
          snapshot.listeners
            .filter(({ event }) => event === 'ping')
            .map(({ emitter, count, limit, sites }) => ({
              emitter,
              count,
              limit,
              sites: sites.map((each) => [snapshot.sites[each.site]?.line, each.count]),
            })),
          [{ emitter: 'EventEmitter', count: 15, limit: 10, sites: [[line('listeners'), 15]] }],
        );
        assert.equal(snapshot.findings.find(({ rule }) => rule === 'listeners-over-limit')?.severity, 'warning');
        assert.match(
          blockedFinding(snapshot)?.text ?? '',
          / (ran|has been running) for [\d.]+ m?s, busy at counted\.[cm]js:\d+/,
        );
        assert.deepEqual(snapshot.dropped, { resources: 0, sites: 0, beats: 0, promises: 0 });
      });

      it('has the right totals and types from the first beat when we attach after it made all, then places of timers', async () => {
        const target = await Target.start(major, fixture, { args: ['now'] });
        await target.until('globalThis.made === true');
        const attachment = await target.attach();
        const first = attachment.snapshot;
        assert.ok(first);
        const { timers, immediates, handles } = first.pendingTotals;
        assert.deepEqual({ timers, immediates, handles }, TOTALS);
        const placed = await snapshotWhere(attachment, ({ pending }) => pending.every(isPlaced));
        assert.deepEqual(counts(placed, fixture), {
          [`Timeout@${line('intervals')}`]: [240, 240],
          [`Timeout@${line('unreferenced')}`]: [7, 0],
          [`Timeout@${line('cleared')}`]: [4, 4],
          [`Timeout@${line('busy')}`]: [1, 1],
          [`Timeout@${line('keeper')}`]: [1, 1],
          'TCPSERVERWRAP@before': [3, 3],
          'TCPWRAP@before': [8, 8],
          'FSEVENTWRAP@before': [2, 2],
        });
        assert.ok(first.pending.every(({ origin }) => origin === 'beforeAttach'));
        // On a machine that stands still for a moment another callback may have been long before.
        const found = await snapshotWhere(attachment, (snapshot) => blockedFinding(snapshot)?.line === line('busy'));
        assert.match(blockedFinding(found)?.text ?? '', /busy at counted\.[cm]js:\d+/);
      });
    });
  }
}
