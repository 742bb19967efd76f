import assert from 'node:assert/strict';
import type { ThreadShares } from '../../src/protocol/probe';
import { Feed, summary, type BatchParts } from './monitorBatches';

/** Sampling made Node count the waiting of a window of a second too short. */
const SHORT: BatchParts = { loop: { idleMs: 12 }, notes: ['idleCountedShort'] };
const thread = (ran: number, queued = 0): { thread: ThreadShares } => ({ thread: { ran, queued } });

function idleMs(feed: Feed, parts: BatchParts, at = {}): number {
  const { loop } = feed.beat(parts, {}, at);
  return Math.round(loop.idleMs ?? NaN);
}

function sampled(idleShare: number): Feed {
  const feed = new Feed();
  feed.beat();
  feed.monitor.applyCpu(summary({ idleShare }), []);
  return feed;
}

describe('Monitor: how long the loop waited while the CPU is sampled', () => {
  it('is what the thread did not run, and samples decide on what it may have been queued for', () => {
    assert.equal(idleMs(new Feed(), SHORT, thread(0.3)), 700, 'without samples');
    assert.equal(idleMs(sampled(0.9), SHORT, thread(0.3)), 700, 'samples that see too much waiting');
    assert.equal(idleMs(sampled(0.66), SHORT, thread(0.3)), 700, 'samples that see a little less');
    assert.equal(idleMs(sampled(0.61), SHORT, thread(0.3, 0.1)), 610, 'a thread that was queued');
    assert.equal(idleMs(sampled(0.9), SHORT, thread(0.3, 0.1)), 640, 'a thread that was queued, and mostly pre-empted');
  });

  it('is what the samples say when callbacks wait without using the CPU', () => {
    const feed = sampled(0.2);
    assert.equal(idleMs(feed, SHORT, thread(0.05)), 200);
    assert.equal(idleMs(feed, SHORT, thread(0.05)), 950, 'but only of samples of the window itself');
  });

  it('is never less than Node counted, nor more than the callbacks leave', () => {
    assert.equal(idleMs(sampled(0.1), { ...SHORT, loop: { idleMs: 400 } }, thread(0.9)), 400);
    const timers = { busyMs: 600, callbacks: 1, longestMs: 600, longestSite: null };
    assert.equal(idleMs(sampled(0.9), { ...SHORT, phases: { timers } }, thread(0.2)), 400);
  });

  it('is what Node counted where sampling does not disturb that', () => {
    const feed = sampled(0.2);
    const { loop } = feed.beat({ loop: { idleMs: 640 } }, {}, thread(0.9));
    assert.equal(loop.idleMs, 640);
    assert.equal(loop.method, 'counter');
  });

  it('is said to be an estimate', () => {
    assert.equal(new Feed().beat(SHORT, {}, thread(0.3)).loop.method, 'sampled');
    assert.equal(new Feed().beat(SHORT).loop.method, 'counter', 'nothing better is known');
  });
});
