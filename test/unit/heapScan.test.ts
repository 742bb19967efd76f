import assert from 'node:assert/strict';
import { Feed } from './monitorBatches';

const STOPPED = /In this window a heap scan stopped the target for 812 ms/;
const SCANNED = /Promises without a place were found by a heap scan/;

const held = { phases: { timers: { busyMs: 900, callbacks: 1, longestMs: 900, longestSite: null } } };
const about = (notes: string[], wanted: RegExp): boolean => notes.some((note) => wanted.test(note));

describe('Monitor: a heap scan', () => {
  it('is named in the window that it stopped, whose longest callback is not held against the program', () => {
    const feed = new Feed();
    feed.beat();
    feed.monitor.heapScanned('emitters', 500);
    feed.monitor.heapScanned('promises', 312);
    const stopped = feed.beat(held);
    assert.ok(about(stopped.notes, STOPPED));
    assert.deepEqual(
      stopped.findings.map(({ rule }) => rule),
      [],
    );
    const after = feed.beat(held);
    assert.ok(!about(after.notes, STOPPED));
    assert.deepEqual(
      after.findings.map(({ rule }) => rule),
      ['blocked-loop'],
    );
  });

  it('explains promises without a place, until the probe starts anew', () => {
    const feed = new Feed();
    feed.monitor.heapScanned('timers', 0);
    assert.ok(!about(feed.beat().notes, SCANNED));
    feed.monitor.heapScanned('promises', 10);
    feed.beat();
    assert.ok(about(feed.beat().notes, SCANNED));
    feed.monitor.setLevel('deep');
    assert.ok(!about(feed.beat().notes, SCANNED));
  });
});
