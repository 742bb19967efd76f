import assert from 'node:assert/strict';
import type { BatchOwners } from '../../../src/protocol/probe';
import type { Finding, Site } from '../../../src/protocol/snapshot';
import { Feed, group, site, type BatchParts } from '../monitorBatches';

const SITES: Record<number, Site> = { 1: site('server.ts', 22, 'listen'), 2: site('client.ts', 9, 'connect') };

/** A beat in which the owners of handles say this; group 1 are accepted sockets, 2 those of a client, 3 the server. */
const telling = (owners: Partial<BatchOwners>): BatchParts => ({
  pending: [
    group({ group: 1, type: 'TCPWRAP', phase: 'poll', site: 1, count: 20 }),
    group({ group: 2, type: 'TCPWRAP', phase: 'poll', site: 2, count: 2 }),
    group({ group: 3, type: 'TCPSERVERWRAP', phase: 'poll', site: 1 }),
  ],
  owners: { unheard: [], servers: [], pools: [], streams: [], ...owners },
});

function found(feed: Feed, beats: number, owners: Partial<BatchOwners>): Pick<Finding, 'id' | 'severity' | 'text'>[] {
  const { findings } = feed.beats(beats, () => telling(owners), SITES);
  return findings.map(({ id, severity, text }) => ({ id, severity, text }));
}

describe('Finding: sockets without an "error" listener', () => {
  it('are told with their place, once they have been so for five seconds', () => {
    const feed = new Feed();
    assert.deepEqual(found(feed, 5, { unheard: [[1, 20]] }), []);
    assert.deepEqual(found(feed, 1, { unheard: [[1, 20]] }), [
      {
        id: 'no-error-listener:TCPWRAP@1',
        severity: 'warning',
        text: '20 TCP sockets from server.ts:22 have no "error" listener: an error of one, such as a reset by the other side, becomes an uncaught exception.',
      },
    ]);
    const [placeless] = new Feed().beats(8, () => telling({ unheard: [[1, 20]] })).findings;
    assert.match(placeless?.text ?? '', /^20 TCP sockets have no "error" listener: /);
    const [one] = found(new Feed(), 8, { unheard: [[2, 1]] });
    assert.match(one?.text ?? '', /^1 TCP socket from client\.ts:9 has no "error" listener: an error of it, /);
  });

  it('are not told when each beat sees it of another place, or when they are of a package', () => {
    const feed = new Feed();
    const turns = (beat: number): BatchParts => telling({ unheard: [[beat % 2 === 0 ? 1 : 2, 3]] });
    assert.deepEqual(feed.beats(20, turns, SITES).findings, []);
    const ofPackage = { ...SITES, 1: { ...site('pg/client.js', 3), package: 'pg' } };
    assert.deepEqual(new Feed().beats(20, () => telling({ unheard: [[1, 3]] }), ofPackage).findings, []);
    assert.deepEqual(new Feed().beats(20, () => telling({ unheard: [[9, 3]] }), SITES).findings, [], 'of no row');
  });
});

describe('Finding: streams without an "error" listener', () => {
  const file = (count: number, place = 1, emitter = 'ReadStream'): BatchOwners['streams'][number] => ({
    emitter,
    site: place,
    count,
  });

  it('are told by class and place, once they have been so for five seconds', () => {
    const feed = new Feed();
    const streams = [file(1), file(3, 2, 'Gzip')];
    assert.deepEqual(found(feed, 5, { streams }), []);
    const { findings, sites } = feed.beats(1, () => telling({ streams }), SITES);
    assert.deepEqual(
      findings.map(({ text, severity, site: id }) => [text, severity, id !== null && sites[id]?.url]),
      [
        [
          '3 streams of class Gzip from client.ts:9 have no "error" listener: an error of one becomes an uncaught exception.',
          'warning',
          'file:///srv/client.ts',
        ],
        [
          '1 ReadStream from server.ts:22 has no "error" listener: an error of it becomes an uncaught exception.',
          'warning',
          'file:///srv/server.ts',
        ],
      ],
    );
    assert.equal(new Set(findings.map(({ id }) => id)).size, 2);
    assert.deepEqual(found(feed, 20, {}), [], 'they are let go');
  });

  it('are counted together where two places of the probe are one of the source', () => {
    const same = { ...SITES, 2: site('server.ts', 22, 'listen') };
    const { findings } = new Feed().beats(8, () => telling({ streams: [file(1), file(2, 2)] }), same);
    assert.deepEqual(
      findings.map(({ text }) => text.slice(0, 48)),
      ['3 streams of class ReadStream from server.ts:22 '],
    );
  });

  it('are not told when each beat sees others, when they are of a package, or of no place', () => {
    const turns = (beat: number): BatchParts => telling({ streams: [file(1, 1 + (beat % 2))] });
    assert.deepEqual(new Feed().beats(20, turns, SITES).findings, []);
    const ofPackage = { ...SITES, 1: { ...site('pg/client.js', 3), package: 'pg' } };
    assert.deepEqual(new Feed().beats(20, () => telling({ streams: [file(3)] }), ofPackage).findings, []);
    assert.deepEqual(new Feed().beats(20, () => telling({ streams: [file(3, 9)] }), SITES).findings, []);
  });
});

describe('Finding: a server near its maxConnections', () => {
  const server = (connections: number, most = 100): Partial<BatchOwners> => ({
    servers: [{ group: 3, connections, most }],
  });

  it('is told from nine tenths on, and is an error when it is full', () => {
    const feed = new Feed();
    assert.deepEqual(found(feed, 20, server(89)), []);
    const id = 'full-server:TCPSERVERWRAP@1';
    assert.deepEqual(found(feed, 1, server(90)), [
      {
        id,
        severity: 'warning',
        text: 'The server from server.ts:22 has 90 of the 100 connections that its maxConnections allows.',
      },
    ]);
    assert.deepEqual(found(feed, 1, server(100)), [
      {
        id,
        severity: 'error',
        text: 'The server from server.ts:22 has all of the 100 connections that its maxConnections allows: it drops new ones.',
      },
    ]);
    assert.deepEqual(found(feed, 20, server(84)), [], 'it is let go');
  });

  it('is not told of a limit that is meant to be reached', () => {
    assert.deepEqual(found(new Feed(), 20, server(1, 1)), []);
  });
});

describe('Finding: an agent without a free socket', () => {
  const waiting = (count: number, name = 'api.internal:443:::::', of = 2): BatchOwners['pools'][number] => ({
    group: of,
    name,
    waiting: count,
    most: 2,
  });

  it('is told when requests have had to wait in every beat of ten seconds', () => {
    const feed = new Feed();
    assert.deepEqual(found(feed, 10, { pools: [waiting(5)] }), []);
    assert.deepEqual(found(feed, 1, { pools: [waiting(5)] }), [
      {
        id: 'exhausted-pool:TCPWRAP@2',
        severity: 'warning',
        text: 'For 10 s requests to api.internal:443 have had to wait for a socket: their http.Agent may have 2, and 5 requests are waiting.',
      },
    ]);
    assert.match(found(feed, 1, { pools: [waiting(1)] })[0]?.text ?? '', /, and 1 request is waiting\.$/);
  });

  it('is not told when the queue was empty now and then', () => {
    const feed = new Feed();
    const bursts = (beat: number): BatchParts => telling({ pools: beat % 5 === 4 ? [] : [waiting(50)] });
    assert.deepEqual(feed.beats(60, bursts, SITES).findings, []);
  });

  it('names the one for which most wait, of those at one place', () => {
    const pools = [waiting(2), waiting(7, 'db.internal:80:'), waiting(3, '/run/app.sock')];
    const [only, more] = found(new Feed(), 20, { pools });
    assert.match(only?.text ?? '', /requests to db\.internal:80 have had to wait/);
    assert.equal(more, undefined);
  });
});
