import assert from 'node:assert/strict';
import { lookup } from 'node:dns/promises';
import { hostname, networkInterfaces } from 'node:os';
import type { Attachment } from '../../src/attachment';
import { parseAddress } from '../../src/editor/address';
import { HeldProxy } from '../support/heldProxy';
import { snapshotWhere, stopTargets, Target, until } from '../support/target';

const PROGRAM = 'faults/globals.cjs';

const portOf = (url: string): string => new URL(url).port;

/** Attaches as somebody who types this address. */
async function attachTo(target: Target, typed: string): Promise<Attachment> {
  const where = parseAddress(typed);
  assert.ok(where, typed);
  const attachment = await target.attach({}, {}, where);
  assert.equal(attachment.info.pid, target.pid, typed);
  return attachment;
}

async function isReached(target: Target, typed: readonly string[]): Promise<void> {
  for (const address of typed) await (await attachTo(target, address)).detach();
}

/** Not every machine is known by its own name. */
async function isOurs(name: string): Promise<boolean> {
  const { address } = await lookup(name, { family: 4 }).catch(() => ({ address: '' }));
  const own = Object.values(networkInterfaces()).flatMap((list) => list?.map((one) => one.address) ?? []);
  return address.startsWith('127.') || own.includes(address);
}

describe('a process elsewhere', () => {
  const proxies: HeldProxy[] = [];

  afterEach(async () => {
    await stopTargets();
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  });

  it('that listens on IPv4 only is reached by address, as localhost, and by what Node prints', async () => {
    const target = await Target.start(24, PROGRAM);
    const port = portOf(target.url);
    await isReached(target, [port, `127.0.0.1:${port}`, `localhost:${port}`, `http://localhost:${port}/`]);
    await isReached(target, [target.url, target.url.replace('127.0.0.1', 'localhost')]);
  });

  it('that listens on IPv6 only is reached by address, as localhost, and by what Node prints', async () => {
    const target = await Target.start(24, PROGRAM, { host: '[::1]' });
    const port = portOf(target.url);
    await isReached(target, [`[::1]:${port}`, `localhost:${port}`, `http://[::1]:${port}`]);
    await isReached(target, [target.url]);
  });

  it('that listens on every address is reached by the name of its machine, and by what Node prints', async () => {
    const name = (await isOurs(hostname())) ? hostname() : 'localhost';
    const target = await Target.start(24, PROGRAM, { host: '0.0.0.0' });
    const port = portOf(target.url);
    await isReached(target, [`${name}:${port}`, target.url.replace('127.0.0.1', name)]);
    await isReached(target, [`0.0.0.0:${port}`, target.url.replace('127.0.0.1', '0.0.0.0')]);
  });

  for (const host of ['127.0.0.1', '[::1]']) {
    it(`behind a forwarded port is reached through that one, whatever port it names itself (${host})`, async () => {
      const target = await Target.start(24, PROGRAM, { host });
      const proxy = await HeldProxy.to(target.url);
      proxies.push(proxy);
      const attachment = await attachTo(target, `localhost:${portOf(proxy.url)}`);
      await snapshotWhere(attachment, ({ state }) => state === 'running');
      proxy.hold();
      await until(() => attachment.state === 'notAnswering', 'not answering');
      proxy.release();
      await snapshotWhere(attachment, ({ state }) => state === 'running');
    });
  }
});
