import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PageCopy } from '../../src/editor/pageCopy';
import { parseFromPanel } from '../../src/editor/messages';
import type { SentBatch } from '../../src/protocol/probe';
import { BatchReader, decodeEvidence, decodeInstances, decodeNumbers, decodeScanned } from '../../src/target/batch';
import { decodeProfile, summarize } from '../../src/target/cpuProfile';
import { Malformed } from '../../src/target/shapes';
import { connect, ClosedError, NoAnswerError, ProtocolError, type Session } from '../../src/target/session';
import {
  FUZZ_TIMEOUT_MS,
  HOSTILE,
  hostileValue,
  mutated,
  mutation,
  placesIn,
  runs,
  UNCHANGED,
  type Mutation,
} from '../support/hostile';
import { RogueInspector } from '../support/rogueInspector';
import { sentOf } from '../support/sent';
import { Feed, group } from './monitorBatches';

/** A picture for the page is never larger. */
const MOST_JSON = 4 * 1024 * 1024;

const ANSWER = {
  id: 1,
  result: { result: { type: 'string', value: 'x' } },
  error: { code: 1, message: 'no', data: 'x' },
};

function richBatch(feed: Feed, beat: number): SentBatch {
  const batch = feed.batch({
    pending: [1, 2, 3].map((number) => group({ group: number, site: number, count: beat, parents: [1, 2] })),
    listeners: [
      { emitterId: 1, emitter: 'Server', event: 'error', count: 12, limit: 10, emitters: 1, sites: [[1, 12]] },
    ],
    owners: {
      unheard: [[1, 2]],
      servers: [{ group: 2, connections: 9, most: 10 }],
      pools: [{ group: 3, name: 'localhost:80:', waiting: 1, most: 2 }],
      streams: [{ emitter: 'ReadStream', site: 1, count: 2 }],
    },
    sites: [1, 2, 3].map((site) => ({ site, function: 'f', url: `file:///srv/${site}.js`, line: site, column: 1 })),
    phases: { timers: { busyMs: 10, callbacks: 4, longestMs: 5, longestSite: 1 } },
    lateness: { buckets: [[3, 4]], maxMs: 2 },
    openCallback: { phase: 'timers', sinceMs: 20, site: 1 },
    unlocated: [{ callback: 1, of: 'timers' }],
    promises: { followed: 1, oneIn: 1, costMs: 0.1 },
    notes: ['idleCountedShort'],
  });
  return sentOf(batch);
}

function unfiniteIn(value: unknown, path = ''): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : path;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, each] of Object.entries(value)) {
    const found = unfiniteIn(each, `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}

/** Hostile values for every place: the large ones would take seconds. */
const SMALL = HOSTILE.filter((value) => JSON.stringify(value).length < 50);

/** Runs what may refuse a value; anything but a refusal by name escapes. */
function accepted<T>(decode: () => T): T | null {
  try {
    return decode();
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

/** Feeds a monitor with changed batches; the last one is honest. */
function watch(mutations: Mutation[]): void {
  const feed = new Feed({ level: 'deep', sampling: true });
  const reader = new BatchReader();
  for (const [beat, each] of [...mutations, UNCHANGED].entries()) {
    const batch = accepted(() => reader.read(mutated(richBatch(feed, beat), each)));
    if (!batch) continue;
    const snapshot = feed.monitor.applyBatch(batch, { timeMs: feed.timeMs, sites: new Map() });
    assert.equal(unfiniteIn(snapshot), null, JSON.stringify(mutations));
    assert.ok(JSON.stringify(new PageCopy().changes(snapshot)).length < MOST_JSON);
  }
  assert.equal(unfiniteIn(feed.monitor.history()), null);
  assert.ok(feed.monitor.size < 5000, `${feed.monitor.size} entries`);
}

describe('whatever a target sends', function () {
  this.timeout(FUZZ_TIMEOUT_MS);

  afterEach(() => {
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });

  it('in the place of any part of a batch is refused by name or gives a picture with finite figures', () => {
    const places = placesIn(richBatch(new Feed(), 1)).length;
    for (let place = 0; place < places; place++) {
      watch(SMALL.map((value) => ({ changes: [[place, value]], pollutes: false })));
    }
  });

  it('as batches is refused by name or gives pictures with finite figures and bounded tables', () => {
    fc.assert(fc.property(fc.array(mutation, { minLength: 1, maxLength: 6 }), watch), { numRuns: runs(200) });
  });

  it('a smaller answer of the probe is refused by name or has its shape', () => {
    const decoders = [decodeInstances, decodeEvidence, decodeScanned, decodeNumbers];
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          hostileValue.map((value) => JSON.stringify(value)),
        ),
        (text) => {
          for (const decode of decoders) accepted(() => decode(text));
        },
      ),
      { numRuns: runs(300) },
    );
  });

  it('a CPU profile is refused by name or summed up', () => {
    const frame = (functionName: string) => ({
      functionName,
      scriptId: '1',
      url: 'file:///a.js',
      lineNumber: 1,
      columnNumber: 1,
    });
    const profile = {
      nodes: [
        { id: 1, callFrame: frame('(root)'), children: [2, 3] },
        { id: 2, callFrame: frame('a'), children: [4] },
        { id: 3, callFrame: frame('(idle)') },
        { id: 4, callFrame: frame('b') },
      ],
      startTime: 0,
      endTime: 30_000,
      samples: [4, 3, 2],
      timeDeltas: [10_000, 10_000, 10_000],
    };
    fc.assert(
      fc.property(mutation, (each) => {
        const decoded = accepted(() => decodeProfile(JSON.parse(mutated(profile, each))));
        if (decoded) assert.ok(summarize(decoded).functions.length <= 400);
      }),
      { numRuns: runs(300) },
    );
  });

  it('an answer of the inspector is an answer, an error by name, or the end of the connection', async () => {
    let say = '';
    const rogue = await RogueInspector.start(() => say);
    let session: Session | null = null;
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            fc.string(),
            fc.json(),
            mutation.map((each) => mutated(ANSWER, each)),
          ),
          async (text) => {
            session ??= await connect(rogue.url);
            say = text;
            try {
              await session.send('Runtime.evaluate', {}, 20);
            } catch (error) {
              if (error instanceof ClosedError) session = null;
              else assert.ok(error instanceof ProtocolError || error instanceof NoAnswerError, String(error));
            }
          },
        ),
        { numRuns: runs(60) },
      );
    } finally {
      await (session as Session | null)?.close();
      await rogue.close();
    }
  });

  it('a message of the page is refused or rebuilt from its known fields', () => {
    const types = ['attach', 'pauseView', 'setLevel', 'select', 'openSite', 'instances', '__proto__', 'toString'];
    const fields = ['pid', 'paused', 'level', 'attachmentId', 'site', 'key', 'limit', 'command'];
    const message = fc
      .tuple(fc.constantFrom(...types), fc.dictionary(fc.constantFrom(...fields), hostileValue))
      .map(([type, rest]) => ({ ...rest, type }));
    fc.assert(
      fc.property(fc.oneof(message, fc.anything()), (value) => {
        const parsed = parseFromPanel(value);
        if (parsed === null) return;
        assert.ok(JSON.stringify(parsed).length < 10_000);
        assert.ok(!('command' in parsed));
        for (const each of Object.values(parsed)) assert.ok(['string', 'number', 'boolean'].includes(typeof each));
      }),
      { numRuns: runs(1000) },
    );
  });
});
