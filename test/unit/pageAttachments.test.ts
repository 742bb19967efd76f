import assert from 'node:assert/strict';
import type { Attachment } from '../../src/attachment';
import { createApi, type ApiAttachOptions } from '../../src/editor/api';
import type { Where } from '../../src/editor/address';
import { Attachments, type AttachmentsEnvironment } from '../../src/editor/attachments';
import type { Consent } from '../../src/editor/consent';
import { RememberedTargets } from '../../src/editor/rememberedTargets';
import { optionsFrom } from '../../src/editor/settings';
import type { NodeProcess } from '../../src/target/processes';
import { FakedAttachment } from './fakedAttachment';

interface World {
  list: Attachments;
  fakes: FakedAttachment[];
  nth: (index: number) => FakedAttachment;
}

/** Pid of the process that answers at an address in these tests. */
const pidAt = (where: Where): number => ('pid' in where ? where.pid : 'port' in where ? where.port : 77);

function world(changes: Partial<AttachmentsEnvironment> = {}): World {
  const fakes: FakedAttachment[] = [];
  const list = new Attachments({
    attach: (where, options) => {
      const fake = new FakedAttachment(where, pidAt(where), options);
      fakes.push(fake);
      return Promise.resolve(fake as unknown as Attachment);
    },
    prepare: (where) => Promise.resolve({ where, options: optionsFrom({ get: () => undefined }), distortion: null }),
    listProcesses: () => Promise.resolve([{ pid: 5, inspector: { port: 9229 } }]),
    onError: (error) => {
      throw error;
    },
    ...changes,
  });
  return { list, fakes, nth: (index) => fakes[index]! };
}

describe('The attachments of a window', () => {
  it('show the first one, and go on showing it when another one comes', async () => {
    const { list } = world();
    const first = await list.attach({ where: { pid: 1 } });
    await list.attach({ where: { pid: 2 } });
    assert.equal(list.shown, first);
    assert.deepEqual(
      list.all.map((view) => view.toTarget().label),
      ['p1.js (1)', 'p2.js (2)'],
    );
  });

  it('give the same one for the same pid, also by the port of its inspector or from its debug session', async () => {
    const { list, fakes } = world();
    const view = await list.attach({ where: { pid: 5 } });
    assert.equal(await list.attach({ where: { pid: 5 } }), view);
    assert.equal(await list.attach({ where: { host: '127.0.0.1', port: 9229 } }), view);
    assert.equal(await list.attach({ where: { url: 'ws://127.0.0.1:41000/x' }, pid: 5 }), view);
    assert.equal(fakes.length, 1);
  });

  it('take the same port on another machine for another process', async () => {
    const { list, fakes } = world();
    await list.attach({ where: { pid: 5 } });
    await list.attach({ where: { host: '10.0.0.7', port: 9229 } });
    assert.equal(fakes.length, 2);
  });

  it('start one attach when two are asked for at once', async () => {
    const { list, fakes } = world();
    const [one, other] = await Promise.all([list.attach({ where: { pid: 1 } }), list.attach({ where: { pid: 1 } })]);
    assert.equal(one, other);
    assert.equal(fakes.length, 1);
  });

  it('attach again to a process that was detached, and drop the ended one when another is shown', async () => {
    const { list, fakes, nth } = world();
    await list.attach({ where: { pid: 1 } });
    nth(0).end('The process ended.');
    assert.equal(list.shown?.attachment.endedBecause, 'The process ended.');
    assert.deepEqual(list.live, []);
    const again = await list.attach({ where: { pid: 1 } });
    assert.equal(fakes.length, 2);
    assert.equal(list.shown, again);
    assert.deepEqual(list.all, [again]);
  });

  it('are not waited for by whoever gives one up, and one that comes all the same is detached', async () => {
    const fake = new FakedAttachment({ pid: 1 }, 1, optionsFrom({ get: () => undefined }));
    let arrive: (late: Attachment) => void = () => undefined;
    const { list } = world({ attach: () => new Promise((resolve) => (arrive = resolve)) });
    for (const late of [fake, new FakedAttachment({ pid: 1 }, 1, fake.options)]) {
      const controller = new AbortController();
      const attaching = list.attach({ where: { pid: 1 } }, { signal: controller.signal });
      await new Promise(setImmediate);
      controller.abort();
      await assert.rejects(attaching, { name: 'AbortError' });
      assert.deepEqual(list.all, []);
      arrive(late as unknown as Attachment);
      await new Promise(setImmediate);
      assert.equal(late.state, 'detached');
    }
  });

  it('keep nothing of an attach that fails, and let it be tried again', async () => {
    let fail = true;
    const fake = new FakedAttachment({ pid: 1 }, 1, optionsFrom({ get: () => undefined }));
    const attach = (): Promise<Attachment> =>
      fail ? Promise.reject(new Error('no')) : Promise.resolve(fake as unknown as Attachment);
    const { list } = world({ attach });
    await assert.rejects(list.attach({ where: { pid: 1 } }), /no/);
    assert.deepEqual(list.all, []);
    fail = false;
    assert.equal((await list.attach({ where: { pid: 1 } })).id, fake.info.id);
  });

  it('are all detached when the window closes, also one that is still being attached', async () => {
    const late = new FakedAttachment({ pid: 2 }, 2, optionsFrom({ get: () => undefined }));
    let finish: () => void = () => undefined;
    const { list, nth } = world();
    await list.attach({ where: { pid: 1 } });
    const slow = world({
      attach: () =>
        new Promise((resolve) => {
          finish = () => resolve(late as unknown as Attachment);
        }),
    });
    const attaching = slow.list.attach({ where: { pid: 2 } });
    await Promise.resolve();
    await Promise.all([list.close(), slow.list.close()]);
    finish();
    await assert.rejects(attaching, /closed/);
    assert.equal(nth(0).state, 'detached');
    assert.equal(late.state, 'detached');
  });

  it('show the workers of a process when they are chosen, and let go of those that are not shown any more', async () => {
    const { list, nth } = world();
    const view = await list.attach({ where: { pid: 1 } });
    const { threads } = nth(0);
    const names = (): unknown => list.shown?.toPanel().threads.map(({ threadId, name }) => [threadId, name]);
    assert.deepEqual(names(), [[0, '']]);
    threads.run(1, '', 'file:///srv/resize.js');
    threads.run(2, 'mail', 'file:///srv/mail.js');
    assert.deepEqual(names(), [
      [0, ''],
      [1, 'resize.js'],
      [2, 'mail'],
    ]);
    assert.equal(threads.attachments.length, 0, 'nothing is put into a thread that nobody looks at');
    await view.showThread(1);
    const [first] = threads.attachments;
    for (const id of [2, 2]) await view.showThread(id);
    assert.equal(first?.state, 'detached');
    assert.equal(threads.attachments.length, 1);
    assert.equal(list.shown?.attachment.info.threadId, 2);
    assert.equal(list.shown.toPanel().targetId, view.id);
    assert.deepEqual(list.all, [view], 'a worker is no target of its own');
    await assert.rejects(view.showThread(7));
    assert.equal(list.shown.attachment.info.threadId, 2, 'what is shown stays');
    await view.showThread(0);
    assert.equal(threads.attachments.length, 0);
  });

  it('show the sum of all threads of a process, whose workers it keeps until another thread is chosen', async () => {
    const { list, nth } = world();
    const view = await list.attach({ where: { pid: 1 } });
    const { threads } = nth(0);
    threads.run(1, '', 'file:///srv/resize.js');
    threads.run(2, '', 'file:///srv/mail.js');
    await view.showThread('all');
    assert.equal(list.shown?.toPanel().threadId, 'all');
    assert.equal(list.shown.toPanel().targetId, view.id);
    assert.equal(list.shown.toPanel().threads.length, 3);
    await view.showThread(2);
    assert.deepEqual(
      threads.attachments.map(({ info }) => info.threadId),
      [2],
    );
    await view.showThread('all');
    nth(0).end('It has exited.');
    assert.equal(list.shown.toPanel().endedBecause, 'It has exited.');
    assert.equal(list.shown.live, false);
  });

  it('go on showing a worker that has ended, until another thread is chosen', async () => {
    const { list, nth } = world();
    const view = await list.attach({ where: { pid: 1 } });
    const { threads } = nth(0);
    threads.run(1, '', 'file:///srv/resize.js');
    await view.showThread(1);
    threads.end(1);
    assert.equal(list.shown?.toPanel().endedBecause, 'The worker has ended.');
    assert.deepEqual(list.shown.toPanel().threads.at(-1), { threadId: 1, name: '', ended: true });
    assert.deepEqual(list.live, [view]);
    await view.showThread(0);
    assert.equal(list.shown, view);
    assert.deepEqual(view.toPanel().threads, [{ threadId: 0, name: '', ended: false }]);
    nth(0).end('It has exited.');
    assert.deepEqual(view.toPanel().threads, []);
  });
});

describe('A paused view', () => {
  it('keeps its picture and counts the beats that go on', async () => {
    const { list, nth } = world();
    const view = await list.attach({ where: { pid: 1 } });
    const shown: number[] = [];
    view.onDidSnapshot(({ timeMs }) => shown.push(timeMs));
    nth(0).beat(1);
    view.pause(true);
    nth(0).beat(2);
    nth(0).beat(3);
    assert.deepEqual(shown, [1]);
    assert.equal(view.snapshot?.timeMs, 1);
    assert.equal(view.history().length, 1);
    assert.equal(view.toPanel().beatsWhilePaused, 2);
    assert.notEqual(view.toPanel().viewPausedAtMs, null);
    view.pause(false);
    nth(0).beat(4);
    assert.deepEqual(shown, [1, 4]);
    assert.equal(view.history().length, 4);
    assert.equal(view.toPanel().viewPausedAtMs, null);
  });
});

describe('What is remembered for "Reload Window"', () => {
  const memory = (): {
    store: Map<string, unknown>;
    get(key: string): unknown;
    update(key: string, value: unknown): Promise<void>;
  } => {
    const store = new Map<string, unknown>();
    return {
      store,
      get: (key) => store.get(key),
      // As the real one does, through JSON.
      update: (key, value) => {
        store.set(key, JSON.parse(JSON.stringify(value)));
        return Promise.resolve();
      },
    };
  };
  const running = (pid: number, startedAtMs: number | null): NodeProcess => ({
    pid,
    ancestors: [1],
    program: 'x.js',
    script: null,
    args: [],
    nodeVersion: null,
    startedAtMs,
    inspector: null,
    user: null,
  });

  it('is what was attached when the window closed, the shown one last', async () => {
    const saved = memory();
    const { list } = world();
    const remembered = new RememberedTargets(saved, list);
    const first = await list.attach({ where: { pid: 1 } });
    await list.attach({ where: { pid: 2 } });
    list.show(first.id);
    await list.close();
    const targets = await remembered.stillRunning(() => Promise.resolve([running(1, null), running(2, null)]));
    assert.deepEqual(
      targets.map(({ where, onlyPid, label }) => ({ where, onlyPid, label })),
      [
        { where: { pid: 2 }, onlyPid: 2, label: 'p2.js' },
        { where: { pid: 1 }, onlyPid: 1, label: 'p1.js' },
      ],
    );
  });

  it('leaves out what was detached, what has ended, and a pid that another process has now', async () => {
    const saved = memory();
    const { list, nth } = world();
    const remembered = new RememberedTargets(saved, list);
    for (const pid of [1, 2, 3, 4]) await list.attach({ where: { pid } });
    for (const index of [1, 2, 3]) nth(index).beat(100_000);
    nth(0).end('Detached.');
    await list.close();
    const targets = await remembered.stillRunning(() =>
      // Started at 99 000 by its own account.
      Promise.resolve([running(1, 99_000), running(2, 99_500), running(3, 150_000)]),
    );
    assert.deepEqual(
      targets.map(({ where }) => where),
      [{ pid: 2 }],
    );
  });

  it('is forgotten when it could not be taken up again', async () => {
    const saved = memory();
    saved.store.set('loopscope.attached', [{ where: { host: '127.0.0.1', port: 1 }, name: 'x', pid: 1 }]);
    const remembered = new RememberedTargets(saved, world().list);
    const listProcesses = (): Promise<NodeProcess[]> => Promise.resolve([]);
    assert.equal((await remembered.stillRunning(listProcesses)).length, 1);
    remembered.save();
    assert.deepEqual(await remembered.stillRunning(listProcesses), []);
  });

  it('is nothing when what was saved is not understood', async () => {
    for (const value of [undefined, 'x', [null, 1, { where: { pid: 'x' } }, { where: { pid: 1 }, pid: 1 }]]) {
      const saved = memory();
      saved.store.set('loopscope.attached', value);
      const targets = await new RememberedTargets(saved, world().list).stillRunning(() =>
        Promise.resolve([running(1, 1)]),
      );
      assert.deepEqual(targets, []);
    }
  });
});

describe('The API', () => {
  const consent = (answer: boolean): Consent => ({ ask: () => Promise.resolve(answer) }) as unknown as Consent;

  it('attaches with the options that it is given, hands out snapshots and detaches', async () => {
    const { list, nth } = world();
    const api = createApi(list, consent(true));
    assert.equal(api.version, 1);
    const handle = await api.attach({ pid: 1 }, { level: 'observe', beatMs: 500 });
    assert.deepEqual(handle.info, { name: 'p1.js', pid: 1, nodeVersion: '24.0.0' });
    assert.deepEqual([nth(0).options.level, nth(0).options.beatMs, nth(0).options.sampling], ['observe', 500, '10ms']);
    assert.equal(handle.snapshot(), null);
    const beats: number[] = [];
    const following = handle.onDidSnapshot(({ timeMs }) => beats.push(timeMs));
    nth(0).beat(7);
    following.dispose();
    nth(0).beat(8);
    assert.deepEqual(beats, [7]);
    assert.equal(handle.snapshot()?.timeMs, 8);
    await handle.detach();
    assert.equal(handle.state, 'detached');
  });

  it('tells which attachments are live when one comes or ends, and not at every beat', async () => {
    const { list, nth } = world();
    const api = createApi(list, consent(true));
    const told: number[][] = [];
    api.onDidChangeAttachments((attachments) => told.push(attachments.map(({ info }) => info.pid)));
    const handle = await api.attach({ pid: 1 });
    nth(0).beat(1);
    await list.attach({ where: { pid: 2 } });
    nth(0).states.fire('paused');
    assert.equal(api.attachments[0], handle);
    await handle.detach();
    assert.deepEqual(told, [[1], [1, 2], [2]]);
  });

  it('refuses targets and options of a wrong shape, and a target that the user refuses', async () => {
    const { list, fakes } = world();
    const api = createApi(list, consent(true));
    await assert.rejects(api.attach({ pid: -1 }), /pid/);
    await assert.rejects(api.attach({ pid: 1 }, { beatMs: 1 }), /250 to 10000/);
    await assert.rejects(
      api.attach({ pid: 1 }, { level: 'deeper' } as unknown as ApiAttachOptions),
      /observe, track, deep/,
    );
    await assert.rejects(createApi(list, consent(false)).attach({ host: '10.0.0.7', port: 1 }), /did not allow/);
    assert.deepEqual(fakes, []);
  });
});
