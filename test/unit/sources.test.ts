import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, rename, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { decodeDataUrl, lastReference, localPath } from '../../src/target/sourceMapFile';
import { packageOf, Sources } from '../../src/target/sources';

const SOURCE = `interface Unused {\n  a: number;\n}\n\nexport function poll(every: number): unknown {\n  return setInterval(() => {}, every);\n}\n`;
/** Where `setInterval` stands in SOURCE. */
const ORIGINAL = { line: 6, column: 10 };

describe('places in sources', () => {
  let folder: string;
  const file = (name: string): string => path.join(folder, name);
  const url = (name: string): string => pathToFileURL(file(name)).href;
  const write = async (name: string, text: string): Promise<void> => {
    await mkdir(path.dirname(file(name)), { recursive: true });
    await writeFile(file(name), text);
  };

  /** Builds src/poll.ts; gives the place of `setInterval` in the script, from 1. */
  async function build(out: string, options: esbuild.BuildOptions): Promise<{ line: number; column: number }> {
    await write('src/poll.ts', SOURCE);
    const result = await esbuild.build({
      entryPoints: [file('src/poll.ts')],
      outfile: file(out),
      format: 'cjs',
      bundle: true,
      write: false,
      logLevel: 'silent',
      absWorkingDir: folder,
      ...options,
    });
    for (const output of result.outputFiles ?? []) {
      await mkdir(path.dirname(output.path), { recursive: true });
      await writeFile(output.path, output.contents);
    }
    const script = result.outputFiles?.find((output) => output.path.endsWith('.js'))?.text ?? '';
    const before = script.slice(0, script.indexOf('setInterval(')).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  }

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'loopscope sources-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are found by an external map, for file URLs and for plain paths', async () => {
    const place = await build('dist/poll.js', { sourcemap: 'linked', minify: true });
    const sources = new Sources();
    const expected = { url: url('src/poll.ts'), ...ORIGINAL };
    assert.deepEqual(await sources.resolve(url('dist/poll.js'), place.line, place.column), expected);
    assert.deepEqual(await sources.resolve(file('dist/poll.js'), place.line, place.column), expected);
    assert.deepEqual(await sources.resolve(`${url('dist/poll.js')}?t=1`, place.line, place.column), expected);
  });

  it('are found by an inline map', async () => {
    const place = await build('dist/poll.js', { sourcemap: 'inline' });
    assert.deepEqual(await new Sources().resolve(url('dist/poll.js'), place.line, place.column), {
      url: url('src/poll.ts'),
      ...ORIGINAL,
    });
  });

  it('are found by a map of sections', async () => {
    await write('src/a.ts', 'x\n');
    const map = {
      version: 3,
      sections: [
        { offset: { line: 2, column: 0 }, map: { version: 3, sources: ['../src/a.ts'], names: [], mappings: 'AAAA' } },
      ],
    };
    await write('dist/a.js', '\n\nx\n//# sourceMappingURL=a.js.map\n');
    await write('dist/a.js.map', `)]}'\n${JSON.stringify(map)}`);
    assert.deepEqual(await new Sources().resolve(url('dist/a.js'), 3, 1), { url: url('src/a.ts'), line: 1, column: 1 });
    assert.equal(await new Sources().resolve(url('dist/a.js'), 1, 1), null);
  });

  it('are found for names that a bundler made up, when the project has such a file', async () => {
    await write('package.json', '{}');
    await write('src/a.ts', 'x\n');
    const map = (source: string): string =>
      JSON.stringify({ version: 3, sources: [source], names: [], mappings: 'AAAA' });
    await write('dist/a.js', 'x\n//# sourceMappingURL=a.js.map\n');
    for (const source of ['webpack://shop/./src/a.ts', 'webpack:///src/a.ts', 'webpack://shop/src/a.ts?1a2b']) {
      await write('dist/a.js.map', map(source));
      assert.equal((await new Sources().resolve(url('dist/a.js'), 1, 1))?.url, url('src/a.ts'), source);
    }
    for (const source of [
      'webpack://shop/./src/gone.ts',
      'webpack://shop/../../../../etc/passwd',
      'https://example.org/src/a.ts',
      '../src/gone.ts',
    ]) {
      await write('dist/a.js.map', map(source));
      assert.equal(await new Sources().resolve(url('dist/a.js'), 1, 1), null, source);
    }
  });

  it('are null where nothing is known, and never an error', async () => {
    const sources = new Sources();
    await write('none.js', 'x\n');
    await write('bad.js', 'x\n//# sourceMappingURL=data:application/json;base64,!!!\n');
    await write('bad2.js', 'x\n//# sourceMappingURL=bad2.js.map\n');
    await write('bad2.js.map', '{"version":3,"sources":7,"mappings":{}}');
    await write('gone.js', 'x\n//# sourceMappingURL=gone.js.map\n');
    await write('away.js', 'x\n//# sourceMappingURL=https://example.org/away.js.map\n');
    const names = ['none.js', 'bad.js', 'bad2.js', 'gone.js', 'away.js', 'missing.js'].map(url);
    for (const name of [
      ...names,
      'node:internal/timers',
      'evalmachine.<anonymous>',
      '',
      'file://%',
      url('.'),
      'relative.js',
    ]) {
      assert.equal(await sources.resolve(name, 1, 1), null, name);
    }
    assert.equal(await sources.resolve(url('none.js'), 0, 1), null);
  });

  it('are learnt anew when the program is built again', async () => {
    const sources = new Sources();
    const place = await build('dist/poll.js', { sourcemap: 'linked' });
    assert.ok(await sources.resolve(url('dist/poll.js'), place.line, place.column));
    await rename(file('dist/poll.js.map'), file('dist/old.map'));
    assert.equal(await sources.resolve(url('dist/poll.js'), place.line, place.column), null);
    const next = await build('dist/poll.js', { sourcemap: 'linked', banner: { js: '// one\n// two' } });
    await utimes(file('dist/poll.js'), new Date(), new Date(Date.now() + 5000));
    assert.notEqual(next.line, place.line);
    assert.deepEqual(await sources.resolve(url('dist/poll.js'), next.line, next.column), {
      url: url('src/poll.ts'),
      ...ORIGINAL,
    });
  });

  it('are the same for many that ask at once, and for more scripts than are kept', async () => {
    const place = await build('dist/poll.js', { sourcemap: 'inline' });
    const sources = new Sources();
    for (let index = 0; index < 210; index++) await sources.resolve(url(`missing${index}.js`), 1, 1);
    const asked = Array.from({ length: 20 }, () => sources.resolve(url('dist/poll.js'), place.line, place.column));
    for (const found of await Promise.all(asked)) assert.deepEqual(found, { url: url('src/poll.ts'), ...ORIGINAL });
  });
});

describe('references to maps', () => {
  it('are the last comment of that form', () => {
    assert.equal(lastReference('//# sourceMappingURL=a.map\nx\n//# sourceMappingURL=b.map\n'), 'b.map');
    assert.equal(lastReference('x /*# sourceMappingURL=a.css.map */'), 'a.css.map');
    assert.equal(lastReference('//@ sourceMappingURL=old.map'), 'old.map');
    assert.equal(lastReference('//# sourceMappingURL=a.map\nconst s = "sourceMappingURL=b.map"'), 'a.map');
    assert.equal(lastReference('sourceMappingURL='), null);
    assert.equal(lastReference(''), null);
  });

  it('hold maps of their own in either encoding', () => {
    assert.equal(
      decodeDataUrl(`data:application/json;charset=utf-8;base64,${Buffer.from('{"ä":1}').toString('base64')}`),
      '{"ä":1}',
    );
    assert.equal(decodeDataUrl('data:application/json,%7B%7D'), '{}');
    assert.equal(decodeDataUrl('data:application/json,%'), null);
    assert.equal(decodeDataUrl('data:'), null);
  });

  it('are never followed to another machine', () => {
    for (const url of [
      '//host/share/a.js',
      '\\\\host\\share\\a.js',
      'file://host/share/a.js',
      'file:////host/a.js',
      'http://host/a.js',
    ]) {
      assert.equal(localPath(url), null, url);
    }
    assert.equal(localPath('C:\\a.js'), 'C:\\a.js');
  });
});

describe('packages', () => {
  const cases: [string, string | null][] = [
    ['file:///srv/app/src/api.ts', null],
    ['file:///srv/app/node_modules/express/lib/router.js', 'express'],
    ['/srv/app/node_modules/@nestjs/core/index.js', '@nestjs/core'],
    ['file:///srv/app/node_modules/%40nestjs/core/index.js', '@nestjs/core'],
    ['/srv/app/node_modules/a/node_modules/b/index.js', 'b'],
    ['/srv/app/node_modules/.pnpm/express@4.19.2/node_modules/express/index.js', 'express'],
    ['C:\\app\\node_modules\\ws\\lib\\websocket.js', 'ws'],
    ['/srv/my_node_modules/a.js', null],
    ['/srv/node_modules/lone.js', null],
    ['node:internal/timers', null],
    ['file:///srv/100%/node_modules/ws/index.js', 'ws'],
    ['', null],
  ];
  for (const [url, name] of cases) {
    it(`of ${JSON.stringify(url)} is ${JSON.stringify(name)}`, () => assert.equal(packageOf(url), name));
  }
});
