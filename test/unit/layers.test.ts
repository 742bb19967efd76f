import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import ts from 'typescript';
import { root } from '../support/paths.mjs';

/** Which part may import which, after DESIGN.md; a part may always import itself. A path without an ending is one file. */
const LAW: Record<string, string[]> = {
  'src/extension': ['src/editor', 'src/attachment', 'src/target', 'src/base'],
  'src/headless': ['src/attachment', 'src/keepAlive', 'src/recording', 'src/target', 'src/protocol', 'src/base'],
  'src/editor': [
    'src/attachment',
    'src/keepAlive',
    'src/recording',
    'src/threadsSum',
    'src/model/details',
    'src/protocol',
    'src/base',
    'src/target/processes',
  ],
  'src/recording': ['src/attachment', 'src/target', 'src/model', 'src/protocol', 'src/base'],
  'src/keepAlive': ['src/attachment', 'src/target', 'src/model', 'src/protocol', 'src/base'],
  'src/threadsSum': ['src/attachment', 'src/attachmentOptions', 'src/model', 'src/protocol', 'src/base'],
  'src/attachment': [
    'src/attachmentOptions',
    'src/attachSteps',
    'src/cpuSamples',
    'src/places',
    'src/profiles',
    'src/threads',
    'src/target',
    'src/model',
    'src/protocol',
    'src/base',
  ],
  'src/attachmentOptions': ['src/target', 'src/model', 'src/protocol'],
  'src/places': ['src/target', 'src/protocol'],
  'src/profiles': ['src/target', 'src/protocol', 'src/base'],
  'src/threads': ['src/target', 'src/base'],
  'src/cpuSamples': ['src/target', 'src/model', 'src/protocol', 'src/base'],
  'src/attachSteps': ['src/protocol', 'src/base'],
  'src/target': ['src/protocol/probe', 'src/protocol/snapshot', 'src/base'],
  'src/model': ['src/protocol', 'src/base'],
  'src/probe': ['src/protocol/probe'],
  'src/protocol': [],
  'src/base': [],
  media: ['src/protocol/panel', 'src/protocol/snapshot'],
};

/** Files of which a part may know the types, which leave nothing behind in its bundle. */
const TYPES_ONLY: Record<string, string[]> = { 'src/probe': ['src/protocol/snapshot.ts'] };

/** Packages and the only files that may know them. */
const DOORS: [module: RegExp, files: RegExp, what: string][] = [
  [/^vscode$/, /^src\/(editor\/|extension\.ts$)/, 'editor and extension.ts'],
  [/^chrome-remote-interface/, /^src\/target\/(session\.ts|chromeRemoteInterface\.d\.ts)$/, 'session.ts'],
  [/^@jridgewell\/trace-mapping$/, /^src\/target\//, 'target'],
  [/^uplot/, /^media\/charts\.tsx$/, 'charts.tsx'],
  [/^(preact|@preact\/)/, /^media\//, 'media'],
  [/^@vscode\/l10n$/, /^(media|src\/(?!probe\/|protocol\/|base\/))/, 'all that speaks to people'],
  [
    /^node:/,
    /^src\/(target|editor|recording)\/|^src\/(extension|headless|attachment|keepAlive|profiles)\.ts$/,
    'target, editor, recording and the entries',
  ],
];

/** Bytes of each program when built for production; raise one only with a reason in the commit. */
const WEIGHTS: Record<string, number> = {
  'dist/extension.js': 330_000,
  'dist/headless.js': 210_000,
  'dist/probe.js': 56_000,
  'dist/media/panel.js': 195_000,
  'dist/media/panelStyle.css': 27_000,
};

interface Import {
  module: string;
  typeOnly: boolean;
}

const files = ['src', 'media'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
);
const trees = new Map(
  files.map((name) => [
    name,
    ts.createSourceFile(name, readFileSync(path.join(root, name), 'utf8'), ts.ScriptTarget.Latest, true),
  ]),
);

function nodesOf(node: ts.Node): ts.Node[] {
  const found = [node];
  node.forEachChild((child) => void found.push(...nodesOf(child)));
  return found;
}

function importsOf(tree: ts.SourceFile): Import[] {
  const found: Import[] = [];
  for (const node of nodesOf(tree)) {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      if (!node.moduleSpecifier || !ts.isStringLiteral(node.moduleSpecifier)) continue;
      found.push({ module: node.moduleSpecifier.text, typeOnly: isTypeOnly(node) });
    } else if (
      ts.isImportTypeNode(node) &&
      ts.isLiteralTypeNode(node.argument) &&
      ts.isStringLiteral(node.argument.literal)
    ) {
      found.push({ module: node.argument.literal.text, typeOnly: true });
    } else if (ts.isCallExpression(node)) {
      const [argument] = node.arguments;
      const loads =
        node.expression.kind === ts.SyntaxKind.ImportKeyword ||
        // In the probe it is an argument: the require of the target.
        (ts.isIdentifier(node.expression) && node.expression.text === 'require' && !within(tree.fileName, 'src/probe'));
      if (loads && argument && ts.isStringLiteralLike(argument)) found.push({ module: argument.text, typeOnly: false });
    }
  }
  return found;
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return !clause.name && !!named && ts.isNamedImports(named) && named.elements.every((element) => element.isTypeOnly);
}

/** The file that a relative import means. */
function resolved(from: string, module: string): string {
  const base = path.posix.join(path.posix.dirname(from), module);
  const found = ['', '.ts', '.tsx', '.d.ts'].map((ending) => base + ending).find((name) => trees.has(name));
  return found ?? base;
}

const relative = (from: string): (Import & { file: string })[] =>
  importsOf(trees.get(from)!)
    .filter(({ module }) => module.startsWith('.'))
    .map((one) => ({ ...one, file: resolved(from, one.module) }));
const bare = (from: string): Import[] => importsOf(trees.get(from)!).filter(({ module }) => !module.startsWith('.'));

const within = (name: string, part: string): boolean =>
  name.startsWith(`${part}/`) || name.replace(/(\.d)?\.tsx?$/, '') === part;
const partOf = (name: string): string | undefined => Object.keys(LAW).find((part) => within(name, part));

describe('the layers', () => {
  it('know every file', () => {
    assert.ok(files.length > 20);
    assert.deepEqual(
      files.filter((name) => partOf(name) === undefined),
      [],
    );
  });

  for (const [part, allowed] of Object.entries(LAW)) {
    it(`let ${part} import ${allowed.length === 0 ? 'nothing' : `only ${allowed.join(', ')}`}`, () => {
      const broken = files
        .filter((name) => within(name, part))
        .flatMap((name) =>
          relative(name)
            .filter(({ file }) => !within(file, part) && !allowed.some((one) => within(file, one)))
            .filter(({ file, typeOnly }) => !(typeOnly && TYPES_ONLY[part]?.includes(file)))
            .map(({ file }) => `${name} -> ${file}`),
        );
      assert.deepEqual(broken, []);
    });
  }

  it('let editor take only types of attachment', () => {
    const broken = files
      .filter((name) => within(name, 'src/editor'))
      .flatMap((name) => relative(name).map((one) => ({ name, ...one })))
      .filter(({ file, typeOnly }) => within(file, 'src/attachment') && !typeOnly);
    assert.deepEqual(broken, []);
  });

  it('have no circle, not even of types', () => {
    const state = new Map<string, 'open' | 'done'>();
    const circles: string[] = [];
    const visit = (name: string, trail: string[]): void => {
      if (state.get(name) === 'done') return;
      if (state.get(name) === 'open') {
        circles.push([...trail.slice(trail.indexOf(name)), name].join(' -> '));
        return;
      }
      state.set(name, 'open');
      for (const { file } of relative(name)) if (trees.has(file)) visit(file, [...trail, name]);
      state.set(name, 'done');
    };
    for (const name of files) visit(name, []);
    assert.deepEqual(circles, []);
  });

  for (const [module, allowed, what] of DOORS) {
    it(`let only ${what} import ${module.source}`, () => {
      const broken = files.filter((name) => !allowed.test(name) && bare(name).some((one) => module.test(one.module)));
      assert.deepEqual(broken, []);
    });
  }

  it('import no package that has no door', () => {
    const broken = files.flatMap((name) =>
      bare(name)
        .filter(({ module }) => !DOORS.some(([door]) => door.test(module)))
        .map(({ module }) => `${name} -> ${module}`),
    );
    assert.deepEqual(broken, []);
  });

  it('let only host.ts ask for the door of the webview', () => {
    const asking = files.filter((name) =>
      nodesOf(trees.get(name)!).some((node) => ts.isIdentifier(node) && node.text === 'acquireVsCodeApi'),
    );
    assert.deepEqual(asking, ['media/host.ts']);
  });

  it('hold no command for the debugger of the user', () => {
    const isText = (node: ts.Node): node is ts.LiteralLikeNode =>
      ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
    const broken = files.filter((name) =>
      nodesOf(trees.get(name)!).some((node) => isText(node) && /\bDebugger(\.|$)/.test(node.text)),
    );
    assert.deepEqual(broken, []);
  });
});

describe('the built programs', () => {
  const inputsOf = (program: string): string[] => {
    const file = path.join(root, 'out/meta', `${program}.json`);
    assert.ok(existsSync(file), 'build first: node esbuild.mjs --production');
    return Object.keys((JSON.parse(readFileSync(file, 'utf8')) as esbuild.Metafile).inputs);
  };
  const outside = (program: string, allowed: RegExp): string[] =>
    inputsOf(program).filter((name) => !allowed.test(name));

  it('probe holds the probe and its protocol, and nothing else', () => {
    assert.deepEqual(outside('probe', /^src\/(probe\/|protocol\/probe\.ts$)/), []);
  });

  it('media holds nothing of the host but the protocol', () => {
    assert.deepEqual(
      outside('media', /^(media\/|src\/protocol\/|node_modules\/(preact|@preact|uplot|@vscode\/l10n)\/)/),
      [],
    );
  });

  for (const program of ['extension', 'headless']) {
    it(`${program} holds neither page nor probe nor the description of the protocol`, () => {
      const allowed =
        /^(src\/(?!probe\/)|empty:protocol\.json$|node_modules\/(chrome-remote-interface|ws|@jridgewell|@vscode\/l10n)\/)/;
      assert.deepEqual(outside(program, allowed), []);
      assert.ok(inputsOf(program).every((name) => !name.endsWith('chrome-remote-interface/lib/protocol.json')));
      // The entry file of the client sets the DNS order of the whole process.
      assert.ok(inputsOf(program).every((name) => !name.endsWith('chrome-remote-interface/index.js')));
    });
  }

  it('headless knows nothing of VS Code', () => {
    assert.ok(!readFileSync(path.join(root, 'dist/headless.js'), 'utf8').includes('require("vscode")'));
  });

  for (const [name, limit] of Object.entries(WEIGHTS)) {
    it(`${name} weighs at most ${limit / 1000} KB`, async () => {
      const text = readFileSync(path.join(root, name), 'utf8');
      // The build at hand may be one for development: what counts is its minified form.
      const loader = name.endsWith('.css') ? 'css' : 'js';
      const { code } = await esbuild.transform(text, { minify: true, loader, legalComments: 'none' });
      const weight = Buffer.byteLength(code.replace(/\/[/*]# sourceMappingURL=.*/, ''));
      assert.ok(weight <= limit, `${name} weighs ${weight} bytes`);
    });
  }
});
