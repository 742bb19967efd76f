import assert from 'node:assert/strict';
import { filterOf, parseFilter, type Vocabulary } from '../../media/filter';

interface Row {
  type: string;
  site: string;
  count: number;
  ageMs: number | null;
  growing: boolean;
}

const WORDS: Vocabulary<Row, null> = {
  text: (row) => `${row.type} ${row.site}`.toLowerCase(),
  fields: {
    type: { kind: 'text', help: '', of: (row) => row.type },
    site: { kind: 'text', help: '', of: (row) => row.site },
    count: { kind: 'number', help: '', of: (row) => row.count },
    age: { kind: 'age', help: '', of: (row) => row.ageMs },
  },
  flags: { growing: { help: '', of: (row) => row.growing } },
};

const ROWS: Row[] = [
  { type: 'Timeout', site: 'poller.ts:31', count: 240, ageMs: 242_000, growing: true },
  { type: 'Timeout', site: 'http.ts:12', count: 4, ageMs: 4100, growing: false },
  { type: 'TCPWRAP', site: 'my server.ts:27', count: 8, ageMs: 96_000, growing: false },
  { type: 'Immediate', site: 'before attach', count: 1, ageMs: null, growing: true },
];

/** Lines of the rows that a filter leaves. */
function left(text: string): number[] {
  const { test, problem } = parseFilter(text, WORDS);
  assert.equal(problem, null, text);
  return ROWS.flatMap((row, at) => (!test || test(row, null) ? [at] : []));
}

const problem = (text: string): string | null => parseFilter(text, WORDS).problem;

describe('The filter of a table', () => {
  it('keeps everything while it says nothing', () => {
    for (const text of ['', '   ', '+', '-', 'type:', 'age>', '""', 'type:""']) {
      assert.deepEqual(left(text), [0, 1, 2, 3], text);
      assert.equal(parseFilter(text, WORDS).test, null, text);
    }
  });

  it('finds texts in any case, all of those that are asked for', () => {
    assert.deepEqual(left('TIMEOUT'), [0, 1]);
    assert.deepEqual(left('timeout poller'), [0]);
    assert.deepEqual(left('poller.ts:31'), [0], 'a place is a text');
    assert.deepEqual(left('"my server"'), [2]);
    assert.deepEqual(left('"my http"'), []);
  });

  it('looks for a text in a field, or for one of several', () => {
    assert.deepEqual(left('type:timeout'), [0, 1]);
    assert.deepEqual(left('Type:tcp,immediate'), [2, 3]);
    assert.deepEqual(left('site:ts type:tcp'), [2]);
    assert.deepEqual(left('site:"before attach"'), [3]);
    assert.deepEqual(left('type:server'), [], 'not in another one');
  });

  it('compares numbers and ages, which have a unit', () => {
    assert.deepEqual(left('count>4'), [0, 2]);
    assert.deepEqual(left('count>=4'), [0, 1, 2]);
    assert.deepEqual(left('count<4'), [3]);
    assert.deepEqual(left('count<=4 count=4'), [1]);
    assert.deepEqual(left('age>1m'), [0, 2]);
    assert.deepEqual(left('age<5s'), [1], 'what is not known is neither less nor more');
    assert.deepEqual(left('age:4min'), [0], 'as it reads in that unit');
    assert.deepEqual(left('age>4000ms age<0.1h'), [0, 1, 2]);
  });

  it('asks for what is so of a row, and turns round what follows a minus', () => {
    assert.deepEqual(left('+growing'), [0, 3]);
    assert.deepEqual(left('-growing'), [1, 2]);
    assert.deepEqual(left('-timeout'), [2, 3]);
    assert.deepEqual(left('-type:Timeout +growing'), [3]);
    assert.deepEqual(left('+type:Timeout'), [0, 1]);
    assert.deepEqual(left('type:Timeout site:poller age>1m +growing'), [0]);
  });

  it('says which term it does not understand, and why', () => {
    assert.equal(
      problem('typ:Timeout'),
      '“typ:Timeout” is left out: there is no field typ. Fields are type, site, count, age.',
    );
    assert.equal(problem('count>many'), '“count>many” is left out: many is no number.');
    const age = 'is no time. Write it as 500ms, 10s, 2m, 3h or 1d.';
    assert.equal(problem('age>60'), `“age>60” is left out: 60 ${age}`);
    assert.equal(problem('age>2weeks'), `“age>2weeks” is left out: 2weeks ${age}`);
    assert.equal(problem('type>3'), '“type>3” is left out: type is a text. Write type:3.');
    assert.equal(problem('+grown'), '“+grown” is left out: after + stands +growing.');
    assert.match(problem('constructor:1') ?? '', /there is no field constructor/);
    assert.match(problem('+constructor') ?? '', /after \+ stands \+growing\.$/);
    assert.equal(problem('"typ:Timeout"'), null, 'in quotes it is a text');
  });

  it('goes by its other terms meanwhile', () => {
    const { test } = parseFilter('typ:x count>100 +grown', WORDS);
    assert.deepEqual(
      ROWS.map((row) => test?.(row, null)),
      [true, false, false, false],
    );
  });

  it('is read once for each text', () => {
    const read = filterOf(WORDS);
    assert.equal(read('count>4'), read('count>4'));
    assert.notEqual(read('count>5').test, read('count>4').test);
  });

  it('reads the text of a row once, its figures each time', () => {
    const read = { type: 0, count: 0 };
    const words: Vocabulary<Row, null> = {
      ...WORDS,
      fields: {
        type: { kind: 'text', help: '', of: ({ type }) => (read.type++, type) },
        count: { kind: 'number', help: '', of: ({ count }) => (read.count++, count) },
      },
    };
    const { test } = parseFilter('type:timeout count>10', words);
    const row = { ...ROWS[0]! };
    assert.equal(test?.(row, null), true);
    row.count = 5;
    assert.equal(test(row, null), false);
    assert.deepEqual(read, { type: 1, count: 2 });
  });
});
