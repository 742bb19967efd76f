import assert from 'node:assert/strict';
import { heldUp } from '../../src/target/heldUp';
import { PROBE_URL } from '../../src/protocol/probe';
import type { ProfileNode } from '../../src/target/profileNode';

const TIMERS = ['processTimers@node:internal/timers', 'listOnTimeout@node:internal/timers'];
const LOAD = 'load@file:///srv/config.js';
const SYNC = ['readFileSync@node:fs', 'tryReadSync@node:fs', 'readSync@node:fs', 'read@'];
const PACKAGE = 'gracefulRead@file:///srv/node_modules/graceful-fs/index.js';

/** What 10 ms in the innermost of these functions, "name@url" from the outermost on, counts as. */
function heldIn(...frames: string[]): string | null {
  const nodes = frames.map((frame, index): ProfileNode => {
    const at = frame.lastIndexOf('@');
    const callFrame = { functionName: frame.slice(0, at), scriptId: '1', url: frame.slice(at + 1) };
    const position = { lineNumber: 11, columnNumber: 2 };
    return {
      id: index,
      callFrame: { ...callFrame, ...position },
      children: index + 1 < frames.length ? [index + 1] : [],
    };
  });
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const [found, ...more] = heldUp(nodes.slice(0, 1), byId, new Map([[frames.length - 1, 10_000]])).held;
  assert.equal(more.length, 0);
  if (!found) return null;
  const what = found.module === null ? `/${found.what}/` : `${found.what} of ${found.module}`;
  return `${what}, ${found.function} ${found.url}:${found.line}, ${found.ms} ms`;
}

describe('What held up the loop', () => {
  it('is a synchronous call, whatever Node calls in turn, at the function of the program that made it', () => {
    const said = heldIn(...TIMERS, LOAD, ...SYNC);
    assert.equal(said, 'readFileSync of fs, load file:///srv/config.js:12, 10 ms');
    const exec = ['execSync@node:child_process', 'spawnSync@node:internal/child_process', 'spawn@'];
    assert.match(heldIn(LOAD, ...exec) ?? '', /^execSync of child_process, load /);
    const zlib = ['syncBufferWrapper@node:zlib', 'zlibBufferSync@node:zlib', 'writeSync@'];
    assert.match(heldIn(LOAD, ...zlib) ?? '', /^zlibBufferSync of zlib, load /);
  });

  it('is crypto that runs on the loop', () => {
    assert.match(heldIn(LOAD, 'pbkdf2Sync@node:internal/crypto/pbkdf2', 'run@') ?? '', /^pbkdf2Sync of crypto, /);
    assert.match(heldIn(LOAD, 'update@node:internal/crypto/hash', 'update@') ?? '', /^update of crypto, load /);
  });

  it('is a regular expression', () => {
    assert.match(heldIn(...TIMERS, LOAD, 'RegExp: ^(a+)+$@') ?? '', /^\/\^\(a\+\)\+\$\/, load /);
  });

  it('is told of the own code rather than of a package', () => {
    assert.match(heldIn(LOAD, PACKAGE, ...SYNC) ?? '', /, load file:\/\/\/srv\/config\.js/);
    assert.match(heldIn(PACKAGE, ...SYNC) ?? '', /, gracefulRead /);
  });

  it('is not the program’s own code, Node’s, a module that is loaded, or ours', () => {
    assert.equal(heldIn(...TIMERS, LOAD), null);
    assert.equal(heldIn(...TIMERS, LOAD, 'replace@', LOAD), null);
    assert.equal(heldIn(LOAD, 'forEachSync@file:///srv/a.js'), null);
    assert.equal(heldIn(...TIMERS, ...SYNC), null);
    const loading = ['require@node:internal/modules/helpers', '.js@node:internal/modules/cjs/loader'];
    assert.equal(heldIn(LOAD, ...loading, ...SYNC), null);
    assert.match(heldIn(LOAD, ...loading, LOAD, ...SYNC) ?? '', /^readFileSync/);
    assert.equal(heldIn(`drain@${PROBE_URL}`, LOAD, ...SYNC), null);
  });

  it('may be JSON in a line that took much: V8 gives it no frame', () => {
    const at = (id: number, name: string, url: string, lines: [line: number, ticks: number][]): ProfileNode => ({
      id,
      callFrame: { functionName: name, scriptId: url, url, lineNumber: 11, columnNumber: 2 },
      children: [id + 1],
      positionTicks: lines.map(([line, ticks]) => ({ line, ticks })),
    });
    const nodes = [
      at(0, 'listOnTimeout', 'node:internal/timers', [[500, 4]]),
      at(1, 'load', 'file:///srv/config.js', [
        [14, 6],
        [16, 2],
      ]),
      at(2, 'send', 'file:///srv/node_modules/send/index.js', [[30, 1]]),
    ];
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const times = new Map([
      [0, 4000],
      [1, 8000],
      [2, 100],
    ]);
    const { held, lines } = heldUp(nodes.slice(0, 1), byId, times);
    assert.deepEqual(held, []);
    const caller = { function: 'load', url: 'file:///srv/config.js', line: 12, column: 3 };
    assert.deepEqual(lines, [
      { url: 'file:///srv/config.js', line: 14, caller, ms: 6 },
      { url: 'file:///srv/config.js', line: 16, caller, ms: 2 },
    ]);
    // A hundredth of the time is worth a look.
    const { lines: more } = heldUp(nodes.slice(0, 1), byId, new Map([...times, [2, 200]]));
    assert.deepEqual(more[2], { url: 'file:///srv/node_modules/send/index.js', line: 30, caller, ms: 0.2 });
  });
});
