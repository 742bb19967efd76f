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
  const [found, ...more] = heldUp(nodes.slice(0, 1), byId, new Map([[frames.length - 1, 10_000]]));
  assert.equal(more.length, 0);
  return found ? `${found.what}, ${found.function} ${found.url}:${found.line}, ${found.ms} ms` : null;
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
    assert.match(heldIn(...TIMERS, LOAD, 'RegExp: ^(a+)+$@') ?? '', /^the regular expression \^\(a\+\)\+\$, load /);
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
});
