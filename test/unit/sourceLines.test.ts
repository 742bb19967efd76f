import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { SourceLines } from '../../src/target/sourceLines';

describe('The line of a place', () => {
  let folder = '';
  const file = (name: string, text: string): string => {
    const made = path.join(folder, name);
    writeFileSync(made, text);
    return made;
  };
  const at = (url: string, line = 2): ReturnType<SourceLines['at']> => new SourceLines().at({ url, line, column: 5 });

  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'loopscope-lines-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is read of a source file, by its path or its URL', async () => {
    const source = file('a b.ts', 'one\r\n  two\r\nthree');
    const expected = { link: `${pathToFileURL(source).href}#L2,5`, text: '  two' };
    assert.deepEqual(await at(source), expected);
    assert.deepEqual(await at(pathToFileURL(source).href), expected);
    assert.equal((await at(source, 9)).text, null);
  });

  it('has a link that no name of a folder can end early', async () => {
    const source = file('a) [x](y.js', 'one\ntwo');
    assert.match((await at(source)).link ?? '', /^file:\/\/\/[^()[\]\s]+#L2,5$/);
  });

  it('is not read of what is no source, or is large', async () => {
    for (const one of [file('secret.txt', 'one\ntwo'), file('large.js', `one\n${'x'.repeat(5_000_000)}`)]) {
      const { link, text } = await at(one);
      assert.ok(link?.endsWith('#L2,5'));
      assert.equal(text, null);
    }
  });

  it('is nothing where there is no such file here', async () => {
    for (const url of [folder, path.join(folder, 'none.js'), 'node:fs', '', '//evil/share/a.js', 'file://evil/a.js']) {
      assert.deepEqual(await at(url), { link: null, text: null }, url);
    }
  });
});
