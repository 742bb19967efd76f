import assert from 'node:assert/strict';
import { join } from 'node:path';
import { attach } from '../../src/attachment';
import { Attachments } from '../../src/editor/attachments';
import { Children, type Child } from '../../src/editor/children';
import { listProcesses } from '../../src/target/processes';
import { freePort } from '../support/freePort';
import { root } from '../support/paths.mjs';
import { OPTIONS, stopTargets, Target, until } from '../support/target';

describe('the processes that an attached one has started', () => {
  const offered: Child[][] = [];
  let answer: (children: readonly Child[]) => readonly Child[] = () => [];
  let followed = false;
  let attachments: Attachments;
  let children: Children;
  let ports: number[];
  let looks = 0;

  beforeEach(async () => {
    offered.length = 0;
    attachments = new Attachments({
      attach: (where, options, hooks) =>
        attach(where, options, { ...hooks, probePath: join(root, 'dist', 'probe.js') }),
      prepare: (where) => Promise.resolve({ where, options: { ...OPTIONS, sampling: 'off' }, distortion: null }),
      listProcesses,
      onError: (error) => assert.fail(String(error)),
    });
    children = new Children({
      attachments,
      isFollowing: () => followed,
      listProcesses: () => {
        looks++;
        return listProcesses();
      },
      offer: (found) => {
        offered.push([...found]);
        return Promise.resolve(answer(found));
      },
      log: () => undefined,
      everyMs: 100,
    });
    ports = [await freePort(), await freePort()];
  });

  afterEach(async () => {
    children.dispose();
    await attachments.close();
    await stopTargets();
  });

  /** Pids of the children that are attached, once there are so many. */
  async function attached(count: number): Promise<number[]> {
    const pids = (): number[] => attachments.live.slice(1).map(({ attachment }) => attachment.info.pid);
    await until(() => pids().length === count, `${count} children are attached`);
    return pids();
  }

  it('are attached to as well when that is wanted, and the one that was asked for stays shown', async () => {
    followed = true;
    const target = await Target.start(24, 'family.cjs', { args: ports.map(String) });
    const view = await attachments.attach({ where: { url: target.url } });
    const pids = await attached(2);
    const listed = (await listProcesses()).filter(({ ancestors }) => ancestors.includes(target.pid));
    const withInspector = listed.filter(({ inspector }) => inspector !== null).map(({ pid }) => pid);
    assert.equal(listed.length, 3, 'there is one without an inspector');
    assert.ok(
      listed.some(({ ancestors }) => ancestors[1] === target.pid),
      'there is one behind a shell',
    );
    assert.deepEqual(pids.sort(), withInspector.sort());
    assert.equal(attachments.shown, view);
    assert.deepEqual(offered, []);
    const detached = attachments.live[1]!;
    await detached.attachment.detach();
    const from = looks;
    await until(() => looks >= from + 3, 'more looks, in which the detached one is there still');
    assert.equal(attachments.live.length, 2, 'what a person detaches stays detached');
  });

  it('are offered once, and only those that are chosen are attached to', async () => {
    followed = false;
    answer = (found) => found.filter(({ process }) => process.inspector?.port === ports[0]);
    const target = await Target.start(24, 'family.cjs', { args: ports.map(String) });
    const view = await attachments.attach({ where: { url: target.url } });
    await attached(1);
    await until(() => offered.flat().length === 2, 'both were offered');
    assert.ok(offered.flat().every(({ parent }) => parent === view));
    const from = looks;
    await until(() => looks >= from + 3, 'more looks, in which the one that was not chosen is there still');
    assert.equal(offered.flat().length, 2);
  });
});
