import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { jsonCalls } from '../../src/target/jsonCalls';
import { SourceLines } from '../../src/target/sourceLines';

const LINES = [
  'const text = JSON.stringify(rows);',
  '  const copy = JSON.parse(JSON.stringify(rows));',
  'const own = notJSON.parse(text);',
  `/* ${'-'.repeat(300)} */ JSON.parse(text);`,
  'rows.sort();',
];

describe('Time in JSON', () => {
  let folder = '';
  before(async () => (folder = await mkdtemp(path.join(tmpdir(), 'loopscope-'))));
  after(() => rm(folder, { recursive: true }));

  it('is that of the lines that call it, at their place or at that of the own function that called a package', async () => {
    const file = path.join(folder, 'store.js');
    await writeFile(file, LINES.join('\n'));
    const url = pathToFileURL(file).href;
    const own = { function: 'save', url, line: 1, column: 9 };
    const elsewhere = { function: 'main', url: 'file:///srv/main.js', line: 3, column: 5 };
    const timed = LINES.map((_, index) => ({ url, line: index + 1, caller: own, ms: 10 }));
    const unknown = { url: 'file:///nowhere/gone.js', line: 1, caller: own, ms: 10 };
    const calls = await jsonCalls([...timed, { ...timed[0]!, caller: elsewhere }, unknown], new SourceLines());
    assert.deepEqual(calls, [
      { what: 'stringify', module: 'JSON', ...own, line: 1, column: 14, ms: 10 },
      { what: 'stringify', module: 'JSON', ...elsewhere, ms: 10 },
    ]);
  });
});
