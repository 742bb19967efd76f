import assert from 'node:assert/strict';
import fc from 'fast-check';
import { movedLines } from '../../src/editor/movedLines';

const BEFORE = ['import x', '', 'function a() {', '  start();', '}', '', 'function b() {', '  stop();', '}'];
const placesOf = (now: string[], before = BEFORE): (number | null)[] => {
  const moved = movedLines(before, now);
  return before.map((_, index) => moved(index + 1));
};

describe('A line of a file that is edited', () => {
  it('stays where it is when nothing has changed', () => {
    assert.deepEqual(placesOf([...BEFORE]), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('moves with what is put in or taken out before it', () => {
    assert.deepEqual(placesOf(['// new', '// lines', ...BEFORE]), [3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assert.deepEqual(placesOf(BEFORE.slice(2)), [null, null, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('is none while it is another one, and is found again when that is undone', () => {
    const now = [...BEFORE];
    now[3] = '  start(1);';
    assert.deepEqual(placesOf(now), [1, 2, 3, null, 5, 6, 7, 8, 9]);
    assert.equal(placesOf([...BEFORE])[3], 4);
  });

  it('is known again between two changes by its text, if no other line has it', () => {
    const now = [
      '// first',
      ...BEFORE.slice(0, 3),
      '  if (wanted) {',
      '    start();',
      '  }',
      ...BEFORE.slice(4),
      '// last',
    ];
    assert.deepEqual(placesOf(now), [2, null, 4, 6, null, null, 10, 11, null]);
  });

  it('is none outside of the file', () => {
    assert.equal(movedLines(BEFORE, BEFORE)(0), null);
    assert.equal(movedLines(BEFORE, BEFORE)(10), null);
    assert.equal(movedLines([], ['a'])(1), null);
  });

  it('has the same text wherever it is found, whatever was edited', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', '}', '', '  a', 'd', 'e'), { maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, (before, now) => {
        for (const [index, place] of placesOf(now, before).entries()) {
          if (place !== null) assert.equal(now[place - 1]?.trim(), before[index]?.trim());
        }
      }),
    );
  });
});
