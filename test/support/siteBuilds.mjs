// Builds test/fixtures/sites/program.ts in the ways that programs are built.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import ts from 'typescript';
import { root } from './paths.mjs';

const SOURCE = path.join(root, 'test/fixtures/sites');

/** Each builds `src` into `dist`; `asItRuns` where the sources cannot be found, so that the scripts are shown. */
const BUILDS = {
  'tsc, external map': { make: tsc({ sourceMap: true }) },
  'tsc, inline map, for ES2015': { make: tsc({ inlineSourceMap: true, target: ts.ScriptTarget.ES2015 }) },
  'tsc, ESM': { make: tsc({ sourceMap: true, module: ts.ModuleKind.ESNext }), esm: true },
  'tsc, sourceRoot': { make: tsc({ sourceMap: true, sourceRoot: '../src' }) },
  'tsc, sourceURL': { make: tsc({ sourceMap: true }), then: appended('\n//# sourceURL=named/otherwise.js\n') },
  'tsc, without a map': { make: tsc({}), asItRuns: true },
  'tsc, sources away': { make: tsc({ sourceMap: true }), then: withoutSources, asItRuns: true },
  'esbuild, external map': { make: bundled({ sourcemap: 'linked' }) },
  'esbuild, inline map without sources': { make: bundled({ sourcemap: 'inline', sourcesContent: false }) },
  'esbuild, minified': { make: bundled({ sourcemap: 'linked', minify: true }) },
  'esbuild, minified ESM': { make: bundled({ sourcemap: 'linked', minify: true, format: 'esm' }), esm: true },
  'esbuild, map of sections': { make: bundled({ sourcemap: 'linked' }), then: sectioned },
  // As tsx does: the file that Node runs has the name and the place of the source, but other text.
  'esbuild, while it loads': { make: bundled({ sourcemap: 'inline', minifyWhitespace: true }), whileLoading: true },
};

function tsc(options) {
  return ({ src, dist }) => {
    const program = ts.createProgram([path.join(src, 'program.ts')], {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      rootDir: src,
      outDir: dist,
      noLib: true,
      types: [],
      ...options,
    });
    program.emit();
  };
}

function bundled(options) {
  return ({ src, dist }) =>
    esbuild.build({
      entryPoints: [path.join(src, 'program.ts')],
      outdir: dist,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
      ...options,
    });
}

function appended(text) {
  return ({ dist }) => writeFileSync(path.join(dist, 'program.js'), text, { flag: 'a' });
}

function withoutSources({ src }) {
  rmSync(src, { recursive: true });
}

/** As tools write it that put files one after the other. */
function sectioned({ dist }) {
  const script = path.join(dist, 'program.js');
  writeFileSync(script, `// one\n// two\n${readFileSync(script, 'utf8')}`);
  const map = JSON.parse(readFileSync(`${script}.map`, 'utf8'));
  writeFileSync(`${script}.map`, JSON.stringify({ version: 3, sections: [{ offset: { line: 2, column: 0 }, map }] }));
}

/** Makes all builds below a folder. */
export async function buildSites(folder) {
  const made = [];
  for (const [name, build] of Object.entries(BUILDS)) {
    const { make, then, esm = false, asItRuns = false, whileLoading = false } = build;
    const base = path.join(folder, name);
    const where = { src: path.join(base, 'src'), dist: path.join(base, 'dist') };
    mkdirSync(where.dist, { recursive: true });
    for (const file of ['program.ts', 'part.ts']) cpSync(path.join(SOURCE, file), path.join(where.src, file));
    writeFileSync(path.join(base, 'package.json'), JSON.stringify({ type: esm ? 'module' : 'commonjs' }));
    await make(where);
    then?.(where);
    const places = asItRuns
      ? ['program.js', 'part.js'].map((file) => path.join(where.dist, file))
      : ['program.ts', 'part.ts'].map((file) => path.join(where.src, file));
    made.push({
      name,
      script: whileLoading ? path.join(where.src, 'program.ts') : path.join(where.dist, 'program.js'),
      marks: new Map(places.flatMap(marksOf)),
    });
  }
  return made;
}

/** The lines of a file that end with a mark, and the column from 1 of `on` where it is called there. */
function marksOf(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((text, index) => ({ text, line: index + 1, mark: / \/\/ ([^(].*)$/.exec(text)?.[1] }))
    .filter(({ mark }) => mark !== undefined)
    .map(({ text, line, mark }) => [
      mark,
      { file, line, column: text.includes('.on(') ? text.indexOf('.on(') + 2 : null },
    ]);
}
