import assert from 'node:assert/strict';
import { ageOf } from '../../media/groups';
import { INITIAL_STATE, isAmiss, reduce, type PanelState } from '../../media/reducer';
import { PageCopy } from '../../src/editor/pageCopy';
import type { ToPanel } from '../../src/protocol/panel';
import type { ListenerGroup, PendingGroup, Snapshot } from '../../src/protocol/snapshot';
import { Crowd } from '../support/crowd';
import { attachmentOf, group, pointOf, snapshotOf } from '../support/samples';

type Beat = Extract<ToPanel, { type: 'beat' }>;

/** A host that sends what has changed, and a page that puts it together again. */
class Pair {
  readonly copy = new PageCopy();
  state: PanelState = INITIAL_STATE;
  lastBeat: Beat | null = null;

  attach(snapshot: Snapshot): void {
    this.copy.clear();
    const { snapshot: whole } = this.copy.changes(snapshot);
    this.receive({
      type: 'attachment',
      attachment: attachmentOf(),
      targets: [],
      history: [],
      marks: [],
      snapshot: whole,
    });
  }

  beat(snapshot: Snapshot): Beat {
    const beat: Beat = {
      type: 'beat',
      attachment: attachmentOf(),
      ...this.copy.changes(snapshot),
      point: pointOf(snapshot),
    };
    this.receive(beat);
    return beat;
  }

  /** Everything that the page would draw of the groups and their places. */
  get shown(): unknown[] {
    const { snapshot, known } = this.state.shown!;
    return snapshot!.pending
      .map(({ toldMs, ...told }) => {
        const ageMs = ageOf({ ...told, toldMs }, known.elapsedMs);
        return {
          ...told,
          oldestMs: ageMs === null ? null : Math.round(ageMs),
          at: told.site && snapshot!.sites[told.site],
        };
      })
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  private receive(message: ToPanel): void {
    // What a message holds is the page's own, as if it came out of another process.
    const received = structuredClone(message);
    assert.ok(received.type !== 'beat' || !isAmiss(this.state, received));
    this.state = reduce(this.state, received);
  }
}

const expected = ({ pending, sites }: Snapshot): unknown[] =>
  pending
    .map((told) => {
      return {
        ...told,
        oldestMs: told.oldestMs === null ? null : Math.round(told.oldestMs),
        at: told.site && sites[told.site],
      };
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));

const withPending = (sequence: number, pending: PendingGroup[]): Snapshot => snapshotOf({ sequence, pending });

describe('What the page has of the tables', () => {
  it('is what the host has after any number of beats, of which each carries what has changed', () => {
    const crowd = new Crowd(400);
    const pair = new Pair();
    pair.attach(crowd.apply(crowd.full()));
    for (let at = 0; at < 30; at++) {
      const snapshot = crowd.apply(at % 10 === 9 ? crowd.full() : crowd.changed(20, 3));
      const beat = pair.beat(snapshot);
      assert.deepEqual(pair.shown, expected(snapshot));
      // Those that changed, and those of the beat before, whose change is over.
      assert.ok(beat.snapshot.pending.length < 100, `${beat.snapshot.pending.length} groups were told`);
    }
    const { sites } = new PageCopy().changes(crowd.apply(crowd.changed(0))).snapshot;
    const held = Object.keys(pair.state.shown!.snapshot!.sites);
    assert.deepEqual(held, Object.keys(sites), 'places that nothing refers to any more are let go');
  });

  it('grows older without being told, whatever the window of the loop is', () => {
    const pair = new Pair();
    const at = (sequence: number, ms: number): Snapshot =>
      withPending(sequence, [
        group('Timeout', 'timers', 3, 1, { oldestMs: 60_000 + ms }),
        group('TCPWRAP', 'poll', 1, 2, { oldestMs: 5000 + ms }),
        group('PIPEWRAP', 'poll', 1, null, { oldestMs: null }),
      ]);
    pair.attach(at(1, 0));
    const beat = pair.beat(at(2, 700));
    assert.deepEqual(beat.snapshot.pending, []);
    assert.deepEqual(beat.kept, { sequence: 1, olderMs: 700, ended: [], endedListeners: [], unusedSites: [] });
    assert.deepEqual(pair.shown, expected(at(2, 700)));
  });

  it('hears of an oldest that ended, of groups that are gone and of places that nothing refers to', () => {
    const pair = new Pair();
    const timers = group('Timeout', 'timers', 3, 8, { oldestMs: 60_000 });
    const sockets = group('TCPWRAP', 'poll', 1, 9, { oldestMs: 5000 });
    const files = group('FSREQCALLBACK', 'poll', 1, 10, { oldestMs: 10 });
    pair.attach(withPending(1, [timers, sockets, files]));
    const next = withPending(2, [
      { ...timers, oldestMs: 2000 },
      { ...sockets, oldestMs: 6000 },
    ]);
    const beat = pair.beat(next);
    assert.deepEqual(
      beat.snapshot.pending.map(({ key }) => key),
      ['Timeout@8'],
    );
    assert.deepEqual(beat.kept?.ended, ['FSREQCALLBACK@10']);
    assert.deepEqual(beat.kept.unusedSites, [10]);
    assert.equal(beat.kept.olderMs, 1000);
    assert.deepEqual(pair.shown, expected(next));
    assert.equal(pair.copy.site(10), undefined, 'and it cannot be opened any more');
    assert.equal(pair.copy.site(9)?.line, 77);
  });

  it('hears of rows of listeners that changed, came and went', () => {
    const pair = new Pair();
    const row = (key: string, count: number): ListenerGroup => ({
      ...snapshotOf().listeners[0]!,
      key,
      count,
      sites: [{ site: 8, count }],
    });
    pair.attach(snapshotOf({ sequence: 1, listeners: [row('a', 3), row('b', 5), row('c', 7)] }));
    const next = [row('a', 3), row('c', 8), row('d', 1)];
    const beat = pair.beat(snapshotOf({ sequence: 2, listeners: next }));
    assert.deepEqual(
      beat.snapshot.listeners.map(({ key }) => key),
      ['c', 'd'],
    );
    assert.deepEqual(beat.kept?.endedListeners, ['b']);
    assert.deepEqual(pair.state.shown!.snapshot!.listeners, next);
    pair.attach(snapshotOf({ sequence: 3, listeners: [row('e', 2)] }));
    assert.deepEqual(pair.state.shown!.snapshot!.listeners, [row('e', 2)]);
  });

  it('is told anew when a beat was lost', () => {
    const pair = new Pair();
    pair.attach(withPending(1, []));
    const [lost, next] = [2, 3].map((sequence): Beat => {
      const snapshot = withPending(sequence, []);
      return { type: 'beat', attachment: attachmentOf(), ...pair.copy.changes(snapshot), point: pointOf(snapshot) };
    });
    assert.equal(isAmiss(pair.state, lost!), false);
    assert.equal(isAmiss(pair.state, next!), true);
    assert.equal(isAmiss(pair.state, { ...next!, attachment: attachmentOf({ attachmentId: 'a2' }) }), false);
    assert.equal(isAmiss(pair.state, { ...next!, kept: null }), false);
  });
});
