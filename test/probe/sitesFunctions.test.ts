import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { evaluate, type RemoteObject } from '../../src/target/evaluate';
import { Scripts, type Evidence, type FunctionPlace } from '../../src/target/scripts';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { out } from '../support/paths.mjs';
import { fixturePath, lineOf, stopTargets, Target } from '../support/target';

const FORMS = readFileSync(fixturePath('sites/forms.cjs'), 'utf8');
const NAMES = [...FORMS.matchAll(/^exports\.(\w+)/gm)].map(([, name]) => name ?? '');
const EVIDENCE = `JSON.stringify({
  texts: Object.values(functions).map((each) => Function.prototype.toString.call(each).slice(0, 200)),
  files: [process.argv[1], ...Object.keys(require('module')._cache)],
})`;

/** V8 lists what it has counted the calls of: with this, all that has run once. */
const LISTED = ['--no-lazy-feedback-allocation'];
/** V8 forgets the code of what has not run for a while: with this, at each collection. */
const FORGOTTEN = ['--expose-gc', '--stress-flush-code'];
const COLLECT = '(async () => { for (let i = 0; i < 5; i++) { gc(); await new Promise(setImmediate); } })()';

/** Code that is in no file, or not the program's. */
const NO_FILE = ['eval', 'eval with sourceURL', 'new Function', 'vm', 'vm with filename', 'Node', 'builtin'];

describe('the place of a function', () => {
  let folder: string;
  const file = (name: string): string => path.join(folder, name);

  before(async () => {
    mkdirSync(out, { recursive: true });
    folder = mkdtempSync(path.join(out, 'functions-'));
    const { code } = await esbuild.transform(FORMS, { minify: true });
    assert.equal(code.trim().split('\n').length, 1);
    writeFileSync(file('plain.cjs'), FORMS);
    writeFileSync(file('minified.cjs'), code);
    writeFileSync(file('windows.cjs'), `\uFEFF${FORMS.replaceAll('\n', '\r\n')}`);
    for (const name of ['twin.cjs', 'twinToo.cjs']) writeFileSync(file(name), `\n\n${FORMS}`);
    writeFileSync(file('short.cjs'), 'exports.short = () => {};\n');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(stopTargets);

  for (const major of NODE_MAJORS) {
    const start = (nodeArgs: string[], ...files: string[]): Promise<Target> =>
      Target.start(major, 'sites/functions.cjs', { args: files.map(file), nodeArgs });
    const placesOf = async (target: Target): Promise<Record<string, FunctionPlace | null>> => {
      const session = await target.session();
      const functions: RemoteObject = await evaluate(session, 'Object.values(functions)', { objectGroup: 'test' });
      const evidence = async (): Promise<Evidence> => JSON.parse(await target.evaluate<string>(EVIDENCE)) as Evidence;
      const names = await target.evaluate<string[]>('Object.keys(functions)');
      const places = await new Scripts(session, () => performance.now()).placesOf(functions, evidence);
      return Object.fromEntries(names.map((name, index) => [name, places[index] ?? null]));
    };
    const forget = (target: Target): Promise<unknown> => target.evaluate(COLLECT, true);

    it(`is known from the list of scripts, but not for what was made from text, Node ${major}`, async () => {
      const places = await placesOf(await start(LISTED, 'plain.cjs', 'twin.cjs', 'twinToo.cjs', 'short.cjs'));
      check(places, 'plain.cjs');
      check(places, 'twin.cjs', 2);
      check(places, 'twinToo.cjs', 2);
      assert.equal(places[`${file('short.cjs')} short`]?.url, pathToFileURL(file('short.cjs')).href);
      for (const name of ['eval', 'new Function', 'Node', 'builtin']) assert.equal(places[name], null, name);
      assert.equal(places['eval with sourceURL']?.url, 'made-up.js');
      assert.equal(places.vm?.url, 'evalmachine.<anonymous>');
      assert.equal(places['vm with filename']?.url, 'file:///srv/made/up.js');
    });

    it(`is found by its text in a file that is no longer listed, or nowhere, Node ${major}`, async () => {
      const alike = ['twin.cjs', 'twinToo.cjs', 'short.cjs'];
      const target = await start(FORGOTTEN, 'plain.cjs', 'windows.cjs', 'minified.cjs', ...alike);
      await forget(target);
      const places = await placesOf(target);
      check(places, 'plain.cjs');
      check(places, 'windows.cjs');
      for (const name of NAMES) {
        const place = places[`${file('minified.cjs')} ${name}`];
        assert.deepEqual([place?.url, place?.line], [pathToFileURL(file('minified.cjs')).href, 1], name);
      }
      // Two files that say the same, text that says nothing, and text that is in no file.
      const nowhere = (key: string): boolean =>
        NO_FILE.includes(key) || alike.some((name) => key.startsWith(file(name)));
      const wrong = Object.entries(places).filter(([key, place]) => nowhere(key) && place !== null);
      assert.deepEqual(wrong, []);
    });
  }

  function check(places: Record<string, FunctionPlace | null>, name: string, moved = 0): void {
    for (const form of NAMES) {
      const place = places[`${file(name)} ${form}`];
      const line =
        form === 'long'
          ? FORMS.split('\n').findIndex((text) => text.startsWith('exports.long')) + 1
          : lineOf('sites/forms.cjs', form);
      const expected = [pathToFileURL(file(name)).href, line + moved];
      assert.deepEqual([place?.url, place?.line], expected, `${name} ${form}`);
    }
  }
});
