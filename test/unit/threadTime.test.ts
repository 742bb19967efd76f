import assert from 'node:assert/strict';
import { ThreadTime } from '../../src/target/threadTime';

describe('ThreadTime', () => {
  const linux = process.platform === 'linux';
  const uptimeMs = (): number => process.uptime() * 1000;

  it('tells how much of the time a thread of this machine ran', () => {
    const time = new ThreadTime(process.pid, () => performance.now());
    assert.equal(time.take(uptimeMs()), null, 'nothing to compare with');
    const before = process.cpuUsage();
    const startMs = performance.now();
    while (performance.now() - startMs < 50);
    const shares = time.take(uptimeMs());
    assert.equal(shares !== null, linux);
    if (!shares) return;
    const { user, system } = process.cpuUsage(before);
    const spentMs = performance.now() - startMs;
    assert.ok(shares.ran > 0 && shares.ran <= (user + system) / 1000 / spentMs + 0.1, JSON.stringify(shares));
    assert.ok(shares.ran + shares.queued > 0.8 && shares.ran + shares.queued < 1.05, JSON.stringify(shares));
  });

  it('knows nothing of a process that only has the same number', () => {
    const time = new ThreadTime(process.pid, () => performance.now());
    time.take(uptimeMs() + 60_000);
    assert.equal(time.take(uptimeMs()), null);
  });

  it('knows nothing of a process that is not here', () => {
    const time = new ThreadTime(2 ** 22 + 1, () => performance.now());
    time.take(1000);
    assert.equal(time.take(2000), null);
  });
});
