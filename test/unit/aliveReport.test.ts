import assert from 'node:assert/strict';
import { aliveReport, holdersIn, type AliveInput, type SourcePlace } from '../../src/model/aliveReport';
import type { Instance } from '../../src/protocol/probe';
import type { Site, Snapshot } from '../../src/protocol/snapshot';
import { group, SITES, snapshotOf } from '../support/samples';

const member = (detail: string, more: Partial<Instance> = {}): Instance => ({
  id: 1,
  ageMs: 1,
  referenced: true,
  idle: false,
  detail,
  ...more,
});

function report(change: Partial<Snapshot>, known: Partial<AliveInput> = {}): string {
  return aliveReport({ snapshot: snapshotOf(change), members: new Map(), places: new Map(), workers: 0, ...known });
}

const headings = (text: string): string[] => [...text.matchAll(/^## (.*)$/gm)].map(([, heading = '']) => heading);

describe('The report on what keeps a process alive', () => {
  it('has the program’s own code first, what it holds on purpose before what passes, and the most first', () => {
    assert.deepEqual(headings(report({})), [
      '240 timers at poller.ts:31',
      '8 TCP sockets at server.ts:27',
      '1 TCP server at server.ts:22',
      '1 timer at metrics.ts:12',
      '2 file requests at mail.ts:57',
      '1 DNS look-up at poller.ts:34',
      '1 immediate at queue.ts:77',
      '4 TCP sockets at db.ts:14',
      '1 file watcher at config.ts:19',
      'What this cannot tell',
    ]);
  });

  it('counts only what is ref’d, and no promises', () => {
    const pending = [
      group('Timeout', 'timers', 5, 1, { referenced: 2 }),
      group('SIGNALWRAP', 'poll', 1, 11, { referenced: 0 }),
      group('PROMISE', 'microtasks', 9, 3),
    ];
    const text = report({ pending });
    assert.deepEqual(headings(text), ['2 timers at poller.ts:31', 'What this cannot tell']);
    assert.match(text, /\*\*2 resources from 1 place keep it alive\*\*/);
  });

  it('leads to the line, quotes it, and says how old it is, where it goes, and how such a thing is ended', () => {
    const pending = [group('TCPSERVERWRAP', 'poll', 1, 2, { key: 'a', oldestMs: 731_000 })];
    const place: SourcePlace = { link: 'file:///srv/api/src/server.ts#L22,8', text: '\tapp.listen(3000); // `go`' };
    const members = new Map([['a', [member('0.0.0.0:3000')]]]);
    assert.match(
      report({ pending }, { members, places: new Map([[2, place]]) }),
      /## 1 TCP server at server\.ts:22\n\n\[listen at server\.ts:22\]\(file:\/\/\/srv\/api\/src\/server\.ts#L22,8\), 12 min old, 0\.0\.0\.0:3000\.\n\n {4}app\.listen\(3000\); \/\/ `go`\n\n`server\.close\(\)` ends it/,
    );
  });

  it('names the package that has created something', () => {
    assert.match(report({}), /\nconnect at db\.ts:14 in pg, the oldest 12 min old\.\n/);
  });

  it('tells intervals from timers by their members, and the standard input from other pipes', () => {
    const pending = [
      group('Timeout', 'timers', 1, 1, { key: 'a' }),
      group('Timeout', 'timers', 1, 2, { key: 'b' }),
      group('PIPEWRAP', 'poll', 3, null, { key: 'c', origin: 'beforeAttach' }),
    ];
    const members = new Map([
      ['a', [member('every 1000 ms')]],
      ['b', [member('once after 9 ms')]],
      ['c', [member('standard input'), member('standard output', { idle: true }), member('', { idle: true })]],
    ]);
    const text = report({ pending }, { members });
    assert.deepEqual(headings(text).slice(0, 4), [
      '1 interval at poller.ts:31',
      '1 timer at server.ts:22',
      '1 standard input',
      'Open, but holding nothing',
    ]);
    assert.match(text, /`clearInterval\(\)`[^]*`clearTimeout\(\)`[^]*`process\.stdin\.pause\(\)`/);
    assert.match(text, /\n2 pipes that nobody reads\. Created before the attach, standard output\.\n/);
  });

  it('says that nothing does, as long as there is code that runs', () => {
    const pending = [group('PIPEWRAP', 'poll', 2, null, { key: 'a' })];
    const members = new Map([['a', [member('', { idle: true }), member('', { idle: true })]]]);
    const text = report({ pending, state: 'blocked' }, { members });
    assert.match(text, /Nothing keeps it alive:\*\* Node ends it when the code that runs now returns/);
  });

  it('claims no more than Node lists when nothing runs and nothing is left', () => {
    const text = report({ pending: [] });
    assert.match(text, /Nothing that Node lists keeps it alive\*\*, and yet it has not ended/);
    assert.match(text, /Worker threads from before the attach are not listed/);
  });

  it('does not say that a callback alone keeps it alive where a worker thread runs', () => {
    const text = report({ pending: [], state: 'blocked' }, { workers: 1 });
    assert.match(text, /Nothing that Node lists keeps it alive\.\*\* Code runs now, and a worker thread runs/);
  });

  it('says at level observe what level track would add, and claims no place', () => {
    const pending = [group('TCPSERVERWRAP', 'poll', 1, null, { origin: 'beforeAttach', oldestMs: null })];
    const text = report({ pending, level: 'observe' });
    assert.match(text, /## 1 TCP server\n\n`server\.close/);
    assert.match(text, /Level track adds places and ages/);
  });

  it('names at most 100 places, and says how many more there are', () => {
    const pending = Array.from({ length: 250 }, (_, at) => group('UDPWRAP', 'poll', 1, null, { key: `UDPWRAP@${at}` }));
    const text = report({ pending });
    assert.equal(headings(text).filter((heading) => heading === '1 UDP socket').length, 100);
    assert.match(text, /\n150 more places not shown\.\n/);
    assert.equal(holdersIn(snapshotOf({ pending })).length, 100);
  });

  it('leaves nothing of what the target has named active in Markdown', () => {
    const name = '](command:x) ![i](http://evil/p.png) <img src=x onerror=y> `c` **b** _u_\n# h\n- [a](b)\u202e';
    const site: Site = { ...SITES[1]!, function: name, url: `/srv/${name.replaceAll('/', '')}`, package: name };
    const text = report(
      {
        pending: [group(name, 'poll', 1, 1, { key: 'a' })],
        sites: { 1: site },
        target: { ...snapshotOf().target, program: '', title: name, nodeVersion: name },
      },
      { members: new Map([['a', [member(name)]]]), places: new Map([[1, { link: null, text: `x\n# ${name}` }]]) },
    );
    const outside = text.replace(/^ {4}.*$/gm, '').replace(/\\./g, '');
    assert.doesNotMatch(outside, /[![\]<>]|_u|\u202e/);
    assert.equal(outside.match(/`/g)?.length ?? 0, 2 * (outside.match(/`\w[^`]*`/g)?.length ?? 0));
    assert.deepEqual(text.match(/^#{1,2} /gm), ['# ', '## ', '## ']);
    assert.match(text, /^ {4}x # \]\(command:x\)/m);
  });
});
