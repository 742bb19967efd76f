import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import type { AttachmentOptions } from '../../src/attachment';
import { PROBE_URL } from '../../src/protocol/probe';
import type { Snapshot } from '../../src/protocol/snapshot';
import { NODE_MAJORS } from '../support/nodes.mjs';
import { out, root } from '../support/paths.mjs';
import { fixturePath, lineOf, snapshotWhere, Target } from '../support/target';

/** Evaluated with the probe's own name: `capture` and `captureAll` answer with places of what called them. */
const CAPTURING = `
  const budget = { take: () => true };
  const make = (includePackages) => {
    const sites = new probe.Sites(includePackages);
    const place = (number) => {
      const site = sites.take(true)[number - 1];
      return site ? site.url.split('/').pop() + ':' + site.line + ' ' + site.function : number;
    };
    function capture() { return place(sites.capture(capture, budget)); }
    function captureAll() { return sites.captureAll(captureAll, 3).map(place); }
    return { sites, capture, captureAll };
  };
  globalThis.sites = { user: make(false), any: make(true) };
`;

const line = (mark: string, file = 'stacks.cjs'): number => lineOf(`sites/${file}`, mark);
const letsItListen = [null, line('lets it listen')];
const listens = ['thing', line('listens', 'thing.cjs')];
const listensLater = ['thing', line('listens later', 'thing.cjs')];

/** Where listeners come from that are added while we are attached, and added again: package and line. */
async function added(target: Target, options: Partial<AttachmentOptions>, times = 1): Promise<unknown[]> {
  const attachment = await target.attach(options);
  let snapshot: Snapshot | null = null;
  for (let time = 0; time < times; time++) {
    const from = attachment.snapshot?.sequence ?? 0;
    await target.evaluate(`listen(globalThis.emitter = new (require('events').EventEmitter)())`);
    snapshot = await snapshotWhere(attachment, ({ sequence }) => sequence >= from + 3);
    // Gone before the next are added, or both would stand in one row.
    await target.evaluate('void globalThis.emitter.removeAllListeners()');
    await snapshotWhere(attachment, ({ listeners }) => !listeners.some(({ event }) => event === 'by itself'));
  }
  await attachment.detach();
  return ['for the user', 'by itself'].map((event) => {
    const site = snapshot?.sites[snapshot.listeners.find((row) => row.event === event)?.sites[0]?.site ?? -1];
    return [site?.package, site?.line];
  });
}

for (const major of NODE_MAJORS) {
  describe(`a captured stack, Node ${major}`, () => {
    let folder: string;
    let target: Target;

    before(async () => {
      mkdirSync(out, { recursive: true });
      folder = mkdtempSync(path.join(out, 'stacks-'));
      cpSync(fixturePath('sites/stacks.cjs'), path.join(folder, 'stacks.cjs'));
      cpSync(fixturePath('sites/thing.cjs'), path.join(folder, 'node_modules/thing/index.js'));
      target = await Target.start(major, path.relative(fixturePath(''), path.join(folder, 'stacks.cjs')));
      const built = await esbuild.build({
        entryPoints: [path.join(root, 'src/probe/sites.ts')],
        bundle: true,
        format: 'iife',
        globalName: 'probe',
        target: 'node18',
        write: false,
      });
      const code = `${built.outputFiles[0]?.text}${CAPTURING}`;
      await target.evaluate(`{ ${code} } undefined\n//# sourceURL=${PROBE_URL}`);
    });
    after(async () => {
      await target.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const places = (expression: string): Promise<unknown> => target.evaluate(expression, true);

    it('leads to the nearest frame of the user', async () => {
      assert.equal(await places('stacks.near(sites.user.capture)'), `stacks.cjs:${line('near')} near`);
      assert.equal(
        await places('stacks.throughPackage(sites.user.capture)'),
        `stacks.cjs:${line('through package')} throughPackage`,
      );
      assert.equal(
        await places('stacks.throughPackage(sites.any.capture)'),
        `index.js:${line('deep', 'thing.cjs')} exports.deep`,
      );
    });

    it("leads into a package when no frame is the user's", async () => {
      assert.equal(await places('stacks.inPackage(sites.user.capture)'), `index.js:${line('later', 'thing.cjs')} `);
    });

    it('leads through code that was made from text, equal texts too, to what runs it', async () => {
      const marks = ['direct', 'indirect, here', 'indirect, there', 'new Function, here', 'new Function, there'];
      assert.deepEqual(
        await places('stacks.throughText(sites.user.capture)'),
        marks.map((mark) => `stacks.cjs:${line(mark)} throughText`),
      );
    });

    it("leads to where code was made when nothing else is the user's", async () => {
      assert.equal(await places('stacks.onlyText(sites.user.capture)'), `stacks.cjs:${line('made here')} `);
    });

    it("tells all the user's places, nearest first, recursion once, and who awaits", async () => {
      assert.deepEqual(await places('stacks.awaiting(sites.user.captureAll)'), [
        `stacks.cjs:${line('awaited')} inner`,
        `stacks.cjs:${line('who awaits')} outer`,
      ]);
      // Two calls stand in this line: the last one, and the fifty above it.
      const innermost = `stacks.cjs:${line('innermost')} recursive`;
      assert.deepEqual(await places('stacks.recursive(sites.user.captureAll)'), [innermost, innermost]);
      assert.deepEqual(await places('stacks.inPackage(sites.user.captureAll)'), [
        `index.js:${line('later', 'thing.cjs')} `,
      ]);
    });

    it('is had again after the program has used up its stack, or was formatting another one', async () => {
      await target.evaluate(`{
        const overflow = () => { sites.user.capture(); overflow(); };
        try { overflow(); } catch {}
        const before = Error.prepareStackTrace;
        Error.prepareStackTrace = () => sites.user.capture();
        globalThis.within = new Error('x').stack;
        Error.prepareStackTrace = before;
        undefined;
      }`);
      assert.equal(await places('within'), -1);
      assert.equal(await places('sites.user.sites.blind'), false);
      assert.equal(await places('stacks.near(sites.user.capture)'), `stacks.cjs:${line('near')} near`);
    });

    it("names the package of a listener when no frame is the user's, or when packages are wanted", async () => {
      assert.deepEqual(await added(target, { includePackages: false }), [letsItListen, listensLater]);
      assert.deepEqual(await added(target, { includePackages: true }), [listens, listensLater]);
    });

    it("looks for the user's frame below a package that is bundled with the program, once its map was read", async () => {
      await esbuild.build({
        entryPoints: [path.join(folder, 'stacks.cjs')],
        outfile: path.join(folder, 'bundle/stacks.js'),
        bundle: true,
        platform: 'node',
        minify: true,
        sourcemap: 'linked',
      });
      const bundle = await Target.start(major, path.relative(fixturePath(''), path.join(folder, 'bundle/stacks.js')));
      try {
        assert.deepEqual(await added(bundle, { includePackages: false }, 2), [letsItListen, listensLater]);
        assert.deepEqual(await added(bundle, { includePackages: true }, 2), [listens, listensLater]);
      } finally {
        await bundle.stop();
      }
    });

    it('tells scripts of one name apart', async () => {
      const run = (text: string): string =>
        `require('vm').runInThisContext(${JSON.stringify(text)})(sites.user.capture)`;
      assert.equal(await places(run('(function one(call) { return call(); })')), 'evalmachine.<anonymous>:1 one');
      assert.equal(await places(run('(function two(call) { return call(); })')), 'evalmachine.<anonymous>:1 two');
    });
  });
}
