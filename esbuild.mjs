// Builds the programs of Loopscope: node esbuild.mjs [--watch] [--production]
// Writes the metafiles to out/meta, where the layers test reads them.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

const common = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  logLevel: 'info',
  metafile: true,
};

const node = {
  ...common,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // chrome-remote-interface takes the whole of `ws`; we only ever connect, and its server would weigh as much as its client.
  alias: { ws: fileURLToPath(new URL('lib/websocket.js', import.meta.resolve('ws'))) },
};

/** The client's own copy of the protocol (0.5 MB) lacks Node's domains and is never read: it must not be bundled. */
const withoutProtocol = {
  name: 'without-protocol-json',
  setup(build) {
    build.onResolve({ filter: /protocol\.json$/ }, () => ({ path: 'protocol.json', namespace: 'empty' }));
    build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: '{"domains":[]}', loader: 'json' }));
  },
};

/** The programs by name; `test/unit/layers.test.ts` holds each to its imports and its weight. */
const programs = {
  probe: {
    ...common,
    entryPoints: ['src/probe/main.ts'],
    outfile: 'dist/probe.js',
    platform: 'neutral',
    target: 'node18',
    // An expression, so that the host can evaluate `(() => { ... })()` and get the value of `install`.
    format: 'iife',
    globalName: 'loopscopeProbe',
    sourcemap: false,
  },
  extension: {
    ...node,
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.js',
    external: ['vscode'],
    plugins: [withoutProtocol],
  },
  headless: {
    ...node,
    entryPoints: ['src/headless.ts'],
    outfile: 'dist/headless.js',
    plugins: [withoutProtocol],
  },
  media: {
    ...common,
    entryPoints: { panel: 'media/main.tsx', panelStyle: 'media/main.css' },
    outdir: 'dist/media',
    platform: 'browser',
    target: 'chrome120',
    format: 'iife',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  },
};

await mkdir('out/meta', { recursive: true });
for (const [name, options] of Object.entries(programs)) {
  if (watch) {
    const context = await esbuild.context(options);
    await context.watch();
  } else {
    const result = await esbuild.build(options);
    await writeFile(`out/meta/${name}.json`, JSON.stringify(result.metafile));
  }
}
