import assert from 'node:assert/strict';
import { RunningPlaces } from '../../src/target/runningPlaces';
import { NoAnswerError, type Session } from '../../src/target/session';

/** A session whose target answers every question with this. */
function answering(answer: () => unknown): { places: RunningPlaces; asked: () => number } {
  let asked = 0;
  const send = (): Promise<unknown> => {
    asked++;
    return new Promise((resolve) => resolve({ result: { type: 'object', value: answer() } }));
  };
  return { places: new RunningPlaces({ send } as unknown as Session), asked: () => asked };
}

const placeAt = (line: number): { url: string; line: number; column: number } => ({
  url: '/srv/a.ts',
  line,
  column: 1,
});

describe('places that the program shows', () => {
  const LINES: [string, ReturnType<typeof placeAt> | null][] = [
    ['    at /srv/a.ts:10:3', { url: '/srv/a.ts', line: 10, column: 3 }],
    ['at start (/srv/a b (old)/a.ts:10:3)', { url: '/srv/a b (old)/a.ts', line: 10, column: 3 }],
    ['at async file:///srv/a.ts:10:3', { url: 'file:///srv/a.ts', line: 10, column: 3 }],
    ['at start (C:\\srv\\a.ts:10:3)', { url: 'C:\\srv\\a.ts', line: 10, column: 3 }],
    ['at start (native)', null],
    ['at start (node:fs:10:3)', null],
    ['at start (/srv/a.ts:10)', null],
    [`at start (/${'a:1:1'.repeat(100_000)}:1:1)`, null],
    ['', null],
  ];
  for (const [line, place] of LINES) {
    it(`are read from ${JSON.stringify(line.slice(0, 50))}`, async () => {
      assert.deepEqual(await answering(() => [line]).places.shown(placeAt(1)), place);
    });
  }

  it('are asked for once, and many at a time', async () => {
    const { places, asked } = answering(() => ['at /srv/a.ts:1:1', 'at /srv/a.ts:2:1', 'at /srv/a.ts:3:1']);
    const all = (): Promise<unknown[]> => Promise.all([1, 2, 3].map((line) => places.shown(placeAt(line))));
    assert.deepEqual(await all(), [1, 2, 3].map(placeAt));
    assert.deepEqual(await all(), [1, 2, 3].map(placeAt));
    assert.equal(asked(), 1);
  });

  it('are nowhere when the answer makes no sense, or none comes', async () => {
    const answers: (() => unknown)[] = [() => undefined, () => 'at /srv/a.ts:1:1', () => [{}], () => []];
    const silent = (): never => {
      throw new NoAnswerError('Runtime.evaluate');
    };
    for (const answer of [...answers, silent]) {
      assert.equal(await answering(answer).places.shown(placeAt(1)), null);
    }
  });
});
