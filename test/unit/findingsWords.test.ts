import assert from 'node:assert/strict';
import { bytes, callee, duration, listed, moreAt, place, rate, shorten } from '../../src/model/words';
import { counted, kindOf } from '../../src/model/kinds';
import { site } from './monitorBatches';

describe('Words of findings', () => {
  it('say durations in the unit that fits, also at the edges', () => {
    const said = [0.34, 9.96, 350, 999.6, 4213, 9960, 42_000, 59_700, 240_000, 3_590_000, 10_800_000, 200_000_000];
    assert.deepEqual(said.map(duration), [
      '0.3 ms',
      '10 ms',
      '350 ms',
      '1 s',
      '4.2 s',
      '10 s',
      '42 s',
      '1 min',
      '4 min',
      '1 h',
      '3 h',
      '2 days',
    ]);
  });

  it('say sizes as Node counts memory', () => {
    const MB = 2 ** 20;
    assert.deepEqual([831_488, 36 * MB, 1.5 * MB, 512 * MB, 1023.9 * MB, 4.25 * 1024 * MB].map(bytes), [
      '812 kB',
      '36 MB',
      '1.5 MB',
      '512 MB',
      '1 GB',
      '4.3 GB',
    ]);
  });

  it('say rates a second, and slow ones a minute', () => {
    assert.deepEqual(
      [12.4, 2.04, 1, 0.5, 0.001].map((perSecond) => rate(perSecond)),
      ['12 a second', '2 a second', '1 a second', '30 a minute', '1 a minute'],
    );
    assert.deepEqual([2.04, 0.5].map(moreAt), ['2 more a second', '30 more a minute']);
  });

  it('say one, none and many', () => {
    assert.deepEqual(
      [counted(1, 'Timeout'), counted(0, 'Timeout'), counted(2, 'PROCESSWRAP')],
      ['1 timer', '0 timers', '2 child processes'],
    );
    assert.deepEqual([[], ['a'], ['a', 'b', 'c']].map(listed), ['', 'a', 'a, b, c']);
  });

  it('name a place by file and line, whatever its address looks like', () => {
    const at = (url: string): string => place({ ...site('', 31), url });
    assert.equal(at('file:///srv/poller.ts'), 'poller.ts:31');
    assert.equal(at('C:\\srv\\poller.ts'), 'poller.ts:31');
    assert.equal(at('webpack://app/src/poller.ts?a1b2'), 'poller.ts:31');
    assert.equal(at('file:///srv/my%20poller.ts'), 'my poller.ts:31');
    assert.equal(at('file:///srv/100%.ts'), '100%.ts:31');
    assert.equal(at('evalmachine.<anonymous>'), 'evalmachine.<anonymous>:31');
    assert.equal(at(''), 'unnamed script:31');
  });

  it('name a function only when it has a name', () => {
    assert.equal(callee(site('report.ts', 88, 'buildReport')), 'buildReport at report.ts:88');
    for (const name of ['', '(anonymous)', '<anonymous>']) assert.equal(callee(site('a.ts', 1, name)), 'at a.ts:1');
    assert.equal(shorten('x'.repeat(500)).length, 80);
  });

  it('know timers, requests and handles by their type, and name those that people know', () => {
    const types = ['Timeout', 'Immediate', 'FSREQCALLBACK', 'GETADDRINFOREQWRAP', 'TCPCONNECTWRAP', 'PBKDF2REQUEST'];
    assert.deepEqual(types.map(kindOf), ['timer', 'immediate', 'request', 'request', 'request', 'request']);
    assert.deepEqual(['TCPWRAP', 'FSEVENTWRAP', 'WORKER'].map(kindOf), ['handle', 'handle', 'handle']);
    assert.equal(counted(3, 'TCPSERVERWRAP'), '3 TCP servers');
    assert.equal(counted(3, 'NEWTHINGWRAP'), '3 NEWTHINGWRAP handles');
    assert.equal(counted(1, 'NEWREQUEST'), '1 NEWREQUEST request');
    assert.equal(counted(2, 'constructor'), '2 constructor handles');
  });
});
