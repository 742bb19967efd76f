import assert from 'node:assert/strict';
import { age, clean, fileOf, fixed, percent, placeOf, signed, size, whole } from '../../media/format';
import type { Site } from '../../src/protocol/snapshot';

const site = (url: string, line = 7): Site => ({ function: 'f', url, line, column: 1, package: null, generated: null });

describe('numbers and places as text', () => {
  it('tells not known, zero and small apart', () => {
    assert.deepEqual(
      [null, 0, 0.02, 0.06, 1001.34].map((value) => fixed(value)),
      ['–', '0', '<0.1', '0.1', '1\u202f001.3'],
    );
    assert.deepEqual(
      [null, 0, 0.3, 0.6].map((value) => fixed(value, 0)),
      ['–', '0', '<1', '1'],
    );
    assert.deepEqual(
      [null, 0, 0.004, 0.78, 1].map((value) => percent(value)),
      ['–', '0', '0.4', '78', '100'],
    );
    assert.deepEqual([null, 0, 12_345].map(whole), ['–', '0', '12\u202f345']);
  });

  it('writes changes with a sign, a true minus among them', () => {
    assert.deepEqual(
      [0, 1, -2.04].map((value) => signed(value)),
      ['0', '+1.0', '\u22122.0'],
    );
  });

  it('writes ages in their largest unit', () => {
    assert.deepEqual([null, 12.4, 4100, 242_000, 7_300_000, 90_000_000].map(age), [
      '–',
      '12 ms',
      '4 s',
      '4 min',
      '2 h',
      '1 d',
    ]);
    assert.deepEqual([12, 2100, 3_400_000].map(size), ['12 B', '2.1 kB', '3.4 MB']);
  });

  it('names a place by the last part of any address', () => {
    assert.equal(placeOf(site('file:///srv/report.ts', 88)), 'report.ts:88');
    assert.equal(fileOf(site('file:///C:/srv/a%20b.ts')), 'a b.ts');
    assert.equal(fileOf(site('C:\\srv\\x.js')), 'x.js');
    assert.equal(fileOf(site('node:internal/timers')), 'timers');
    assert.equal(fileOf(site('webpack:///src/a.ts?1a2b')), 'a.ts');
    assert.equal(fileOf(site('file:///srv/%E0%A4%A')), '%E0%A4%A');
    assert.equal(fileOf(site('')), '(no file)');
  });

  it('bounds text of the target and takes out what would act on its surroundings', () => {
    assert.equal(clean('x'.repeat(500), 10), `${'x'.repeat(10)}…`);
    assert.equal(clean('a\u202eb\u0000\nc'), 'a\ufffdb\ufffdc');
  });
});
