import assert from 'node:assert/strict';
import { MAX_GROUPS, PendingTable } from '../../src/model/pending';
import type { PendingGroup } from '../../src/protocol/snapshot';
import type { BatchGroup } from '../../src/protocol/probe';
import { Feed, group, site } from './monitorBatches';

const nobody = (): void => undefined;

/** A table in which each site of the probe is a place of its own, or as told. */
function tableOf(ofProbe: (site: number | null) => number | null = (site) => site): PendingTable {
  return new PendingTable({ ofProbe, hold: nobody, release: nobody });
}

function rows(table: PendingTable, nowMs = 1000): PendingGroup[] {
  return table.rows(nowMs);
}

describe('PendingTable', () => {
  it('lists groups with most members first, then by key', () => {
    const table = tableOf();
    table.apply(
      [
        group({ group: 1, site: 7, count: 2 }),
        group({ group: 2, site: 3, count: 240 }),
        group({ group: 3, type: 'Immediate', site: 3, count: 2 }),
      ],
      true,
    );
    assert.deepEqual(
      rows(table).map(({ key }) => key),
      ['Timeout@3', 'Immediate@3', 'Timeout@7'],
    );
  });

  it('names groups by type and site, or by why they have none', () => {
    const table = tableOf();
    table.apply(
      [
        group({ group: 1, site: 7 }),
        group({ group: 2, beforeAttach: true }),
        group({ group: 3, type: 'TCPWRAP', phase: 'poll' }),
        group({ group: 4, type: 'TCPWRAP', phase: 'poll', site: 9, beforeAttach: true }),
      ],
      true,
    );
    const found = new Map(rows(table).map((row) => [row.key, row.origin]));
    assert.equal(found.get('Timeout@7'), 'observed');
    assert.equal(found.get('Timeout@before'), 'beforeAttach');
    assert.equal(found.get('TCPWRAP@native'), 'observed');
    assert.equal(found.get('TCPWRAP@9'), 'beforeAttach');
  });

  it('says how a count changed since the snapshot before', () => {
    const table = tableOf();
    table.apply([group({ group: 1, site: 1, count: 10 })], true);
    assert.equal(rows(table)[0]?.delta, 0, 'nothing is known of before the first');
    table.apply([group({ group: 1, site: 1, count: 12 }), group({ group: 2, site: 2, count: 4 })], false);
    assert.deepEqual(
      rows(table).map(({ delta }) => delta),
      [2, 4],
    );
    assert.deepEqual(
      rows(table).map(({ delta }) => delta),
      [0, 0],
    );
    table.apply([group({ group: 1, site: 1, count: 3 })], false);
    assert.equal(rows(table).find(({ key }) => key === 'Timeout@1')?.delta, -9);
  });

  it('keeps groups that a delta does not name, and takes out those with count 0', () => {
    const table = tableOf();
    table.apply([group({ group: 1, site: 1, count: 10 }), group({ group: 2, site: 2 })], true);
    table.apply([group({ group: 2, site: 2, count: 0 })], false);
    assert.deepEqual(
      rows(table).map(({ key, count }) => [key, count]),
      [['Timeout@1', 10]],
    );
  });

  it('replaces everything with a full batch', () => {
    const table = tableOf();
    table.apply([group({ group: 1, site: 1, count: 10 }), group({ group: 2, site: 2 })], true);
    rows(table);
    table.apply([group({ group: 5, site: 2, count: 4 })], true);
    assert.deepEqual(
      rows(table).map(({ key, count, delta }) => [key, count, delta]),
      [['Timeout@2', 4, 3]],
    );
  });

  it('lets the oldest grow older between batches that do not name the group', () => {
    const table = tableOf();
    table.apply([group({ oldestMs: 400 }), group({ group: 2, site: 1, oldestMs: null })], true);
    assert.equal(rows(table, 1000).find(({ site: at }) => at === null)?.oldestMs, 600);
    assert.equal(rows(table, 5000).find(({ site: at }) => at === null)?.oldestMs, 4600);
    assert.equal(rows(table, 5000).find(({ site: at }) => at === 1)?.oldestMs, null);
  });

  it('merges groups whose places are one in the source, and knows all their numbers', () => {
    const table = tableOf(() => 77);
    table.apply(
      [
        group({ group: 1, site: 1, count: 3, referenced: 2, oldestMs: 500 }),
        group({ group: 2, site: 2, count: 4, referenced: 4, oldestMs: 100 }),
      ],
      true,
    );
    const [row, none] = rows(table);
    assert.equal(none, undefined);
    assert.equal(row?.key, 'Timeout@77');
    assert.equal(row.count, 7);
    assert.equal(row.referenced, 6);
    assert.equal(row.oldestMs, 900);
    assert.deepEqual(table.numbersOf('Timeout@77'), [1, 2]);
    assert.deepEqual(table.numbersOf('Timeout@1'), []);
  });

  it('does not know how many are referenced when one part does not', () => {
    const table = tableOf();
    table.apply([group({ group: 1, referenced: null }), group({ group: 2, referenced: 1 })], true);
    assert.equal(rows(table)[0]?.referenced, null);
  });

  it('counts what a target with too many groups makes it leave out', () => {
    const table = tableOf();
    const many = Array.from({ length: MAX_GROUPS + 3 }, (_, number) => group({ group: number, count: 2 }));
    assert.equal(table.apply(many, true), 6);
    assert.equal(table.size, MAX_GROUPS);
  });
});

describe('PendingTable over many beats', () => {
  /** Groups of few places and types, that begin, change and end at random; always the same. */
  class Many {
    readonly groups = new Map<number, BatchGroup>();
    private seed = 7;

    below(limit: number): number {
      this.seed = (this.seed * 16_807) % 2_147_483_647;
      return this.seed % limit;
    }

    /** What changed in one beat. */
    change(nowMs: number): BatchGroup[] {
      return Array.from({ length: 12 }, () => {
        const number = this.below(80);
        const kind = { type: ['Timeout', 'PROMISE', 'TCPWRAP'][number % 3]!, beforeAttach: number % 7 === 0 };
        const count = Math.max(0, this.below(40) - 8);
        const referenced = number % 3 === 1 ? null : Math.floor(count / 2);
        const parents = number % 3 === 1 ? [this.below(9) + 1, this.below(9) + 1] : [];
        const site = number % 10 === 0 ? null : number % 10;
        const oldestMs = nowMs - this.below(5000);
        const next = group({ group: number, ...kind, site, count, referenced, oldestMs, parents });
        if (count > 0) this.groups.set(number, next);
        else this.groups.delete(number);
        return next;
      });
    }
  }

  it('has the rows that a table has which is told everything at once', () => {
    const many = new Many();
    const table = tableOf();
    let before = new Map<string, number>();
    for (let beat = 1; beat <= 300; beat++) {
      const nowMs = 10_000 + beat * 1000;
      table.apply(many.change(nowMs), false);
      const anew = tableOf();
      anew.apply([...many.groups.values()], true);
      const expected = rows(anew, nowMs).map((row) => ({ ...row, delta: row.count - (before.get(row.key) ?? 0) }));
      const found = rows(table, nowMs).map((row) => (beat === 1 ? { ...row, delta: row.count } : row));
      assert.deepEqual(found, expected, `beat ${beat}`);
      for (const { key } of found) assert.deepEqual([...table.numbersOf(key)].sort(), [...anew.numbersOf(key)].sort());
      before = new Map(found.map(({ key, count }) => [key, count]));
    }
  });

  it('holds the sites of its rows as often as it releases them', () => {
    const many = new Many();
    const held = new Map<number, number>();
    const count = (by: number) => (id: number | null) => {
      if (id !== null) held.set(id, (held.get(id) ?? 0) + by);
    };
    const table = new PendingTable({ ofProbe: (site) => site, hold: count(1), release: count(-1) });
    for (let beat = 1; beat <= 100; beat++) {
      table.apply(many.change(beat * 1000), false);
      const expected = new Set(rows(table, beat * 1000).flatMap(({ site: own, parents }) => [own, ...parents]));
      expected.delete(null);
      assert.deepEqual(new Set([...held].filter(([, times]) => times > 0).map(([id]) => id)), expected, `beat ${beat}`);
    }
    table.clear();
    assert.deepEqual(
      [...held.values()].filter((times) => times !== 0),
      [],
    );
  });

  it('names a group once, though a batch tells it twice', () => {
    const table = tableOf();
    table.apply([group({ group: 1, site: 1, count: 3 }), group({ group: 1, site: 1, count: 5 })], true);
    assert.deepEqual(
      rows(table).map(({ count }) => count),
      [5],
    );
  });
});

describe('Monitor: what is pending', () => {
  it('merges probe sites that map to one source place', () => {
    const feed = new Feed();
    const place = site('poller.ts', 31);
    const snapshot = feed.beat(
      { pending: [group({ group: 1, site: 1, count: 3 }), group({ group: 2, site: 2, count: 5 })] },
      { 1: place, 2: { ...place } },
    );
    assert.equal(snapshot.pending.length, 1);
    const [row] = snapshot.pending;
    assert.equal(row?.count, 8);
    assert.deepEqual(feed.monitor.groupNumbers(row.key), [1, 2]);
  });

  it('shows listeners by emitter with who added them, their change, and small ones together', () => {
    const feed = new Feed();
    const row = { emitterId: 1, emitter: 'Server', event: 'error', count: 12, limit: 10, emitters: 1 };
    const many = { emitterId: 0, emitter: 'Socket', event: 'data', count: 40, limit: null, emitters: 20, sites: [] };
    feed.beat({ listeners: [{ ...row, sites: [[1, 9]] }, many] }, { 1: site('retry.ts', 9) });
    const snapshot = feed.beat({ listeners: [{ ...row, count: 14, sites: [[1, 11]] }] });
    assert.deepEqual(
      snapshot.listeners.map(({ key, count, delta, limit }) => [key, count, delta, limit]),
      [
        ['Socket/data#*', 40, 0, null],
        ['Server/error#1', 14, 2, 10],
      ],
    );
    const top = snapshot.listeners[1]?.sites[0];
    assert.equal(top?.count, 11);
    assert.equal(snapshot.sites[top.site]?.line, 9);
    assert.equal(feed.beat({ listeners: [{ ...row, count: 0, sites: [] }] }).listeners.length, 1);
  });
});
