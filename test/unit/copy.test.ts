import assert from 'node:assert/strict';
import { asMarkdown, asText, type TextColumn } from '../../media/copy';

interface Row {
  type: string;
  count: number;
}

const COLUMNS: TextColumn<Row>[] = [
  { title: 'Type', text: ({ type }) => type },
  { title: 'Count', text: ({ count }) => String(count) },
];

describe('A copied row', () => {
  it('is a line with tabs between its cells', () => {
    const rows = [
      { type: 'Timeout', count: 240 },
      { type: 'a\tb\nc', count: 1 },
    ];
    assert.equal(asText(COLUMNS, rows), 'Timeout\t240\na\ufffdb\ufffdc\t1', 'names cannot make cells or lines');
  });

  it('is a table of markdown, in which names stay names', () => {
    const rows = [{ type: 'a | b](http://x) <img src=x>\n| c', count: 240 }];
    const cell = 'a \\| b\\]\\(http://x\\) \\<img src=x\\>\ufffd\\| c';
    assert.equal(asMarkdown(COLUMNS, rows), `| Type | Count |\n| --- | --- |\n| ${cell} | 240 |`);
  });
});
