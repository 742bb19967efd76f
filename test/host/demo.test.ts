import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/paths.mjs';
import { run } from '../support/processes.mjs';

describe('npm run demo', () => {
  it('attaches to the example service, writes a picture and says what it found', async function () {
    this.timeout(180_000);
    const picture = path.join(root, 'out/demo.png');
    rmSync(picture, { force: true });
    const said = await run(process.execPath, ['test/demo/demo.mjs', '--once'], { cwd: root, quiet: true });
    assert.ok(existsSync(picture));
    assert.match(said, /report\.ts:\d+/, 'the blocking callback');
    assert.match(said, /poller\.ts:\d+/, 'the leaking intervals');
    assert.match(said, /retry\.ts:\d+/, 'the leaking listeners');
    const address = /listens on (\S+)/.exec(said)?.[1];
    assert.ok(address);
    await assert.rejects(fetch(address), 'the service has ended');
  });
});
