import assert from 'node:assert/strict';
import { CommandSession, NoAnswerError, type Answered } from '../../src/target/session';
import { Workers } from '../../src/target/workers';
import { Threads } from '../../src/threads';

interface Sent {
  method: string;
  params: { sessionId?: string; message?: string };
  answered: Answered;
}

/** Stands in for the session with a process: records what is sent, and tells what the test says. */
class Carrier extends CommandSession {
  readonly sent: Sent[] = [];

  close(): Promise<void> {
    this.end();
    this.closed.fire();
    return Promise.resolve();
  }

  ended(): Promise<void> {
    return this.close();
  }

  tell(event: string, params: unknown): void {
    this.receive(event, params);
  }

  attach(sessionId: string, title: string): void {
    this.tell('NodeWorker.attachedToWorker', { sessionId, workerInfo: { title, url: 'file:///a.js' } });
  }

  say(sessionId: string, message: unknown): void {
    this.tell('NodeWorker.receivedMessageFromWorker', { sessionId, message });
  }

  /** Number of the last command that was sent to a thread. */
  get lastId(): number {
    return (JSON.parse(this.sent.at(-1)?.params.message ?? '') as { id: number }).id;
  }

  protected transmit(method: string, params: object, answered: Answered): void {
    this.sent.push({ method, params, answered });
    answered(null, {});
  }
}

function world(): { carrier: Carrier; workers: Workers } {
  const carrier = new Carrier();
  return { carrier, workers: new Workers(carrier, () => undefined) };
}

describe('The worker threads of a session', () => {
  it('are listed by their numbers, with the name that the program gave them', () => {
    const { carrier, workers } = world();
    let changes = 0;
    workers.onDidChange(() => changes++);
    for (const [id, title] of [
      ['1', '[worker 12] resize\nall'],
      ['2', '[worker 3]'],
      ['3', '[worker 4] WorkerThread'],
      ['4', 'something else'],
    ] as const) {
      carrier.attach(id, title);
    }
    carrier.tell('NodeWorker.attachedToWorker', null);
    assert.deepEqual(
      workers.all.map(({ threadId, name, url }) => [threadId, name, url]),
      [
        [3, '', 'file:///a.js'],
        [4, '', 'file:///a.js'],
        [12, 'resize\nall', 'file:///a.js'],
      ],
    );
    carrier.tell('NodeWorker.detachedFromWorker', { sessionId: '2' });
    carrier.tell('NodeWorker.detachedFromWorker', { sessionId: '99' });
    assert.equal(changes, 4);
    assert.deepEqual(
      workers.all.map(({ threadId }) => threadId),
      [4, 12],
    );
  });

  it('are asked through it: answers, errors, events and time-outs are those of the thread', async () => {
    const { carrier, workers } = world();
    carrier.attach('1', '[worker 1]');
    carrier.attach('2', '[worker 2]');
    const session = workers.all[0]!.connect();
    const answer = session.send('Runtime.evaluate', { expression: '1' });
    const { lastId } = carrier;
    assert.equal(carrier.sent[0]?.params.sessionId, '1');
    carrier.say('1', 'no JSON');
    carrier.say('1', 'null');
    carrier.say('2', JSON.stringify({ id: lastId, result: 'of another thread' }));
    carrier.say('1', JSON.stringify({ id: lastId, result: { value: 1 } }));
    assert.deepEqual(await answer, { value: 1 });

    const refused = session.send('No.such');
    carrier.say('1', JSON.stringify({ id: carrier.lastId, error: { message: 'not found' } }));
    await assert.rejects(refused, /^ProtocolError: No\.such: not found/);
    await assert.rejects(session.send('Runtime.evaluate', {}, 1), NoAnswerError);

    const events: unknown[] = [];
    session.on('Profiler.consoleProfileFinished', (params) => events.push(params));
    carrier.say('1', JSON.stringify({ method: 'Profiler.consoleProfileFinished', params: { id: 'p' } }));
    assert.deepEqual(events, [{ id: 'p' }]);
  });

  for (const [how, end] of [
    ['the thread ends', (carrier: Carrier) => carrier.tell('NodeWorker.detachedFromWorker', { sessionId: '1' })],
    ['the connection of its process is cut', (carrier: Carrier) => void carrier.close()],
  ] as const) {
    it(`reject what waits for an answer, and what is sent later, when ${how}`, async () => {
      const { carrier, workers } = world();
      carrier.attach('1', '[worker 1]');
      const session = workers.all[0]!.connect();
      let closed = 0;
      session.onDidClose(() => closed++);
      const waiting = session.send('Runtime.evaluate');
      end(carrier);
      await assert.rejects(waiting, { name: 'ClosedError' });
      await assert.rejects(session.send('Runtime.evaluate'), { name: 'ClosedError' });
      assert.equal(closed, 1);
    });
  }

  it('can be asked by another session after one was closed', async () => {
    const { carrier, workers } = world();
    carrier.attach('1', '[worker 1]');
    const [worker] = workers.all;
    await worker!.connect().close();
    const session = worker!.connect();
    const answer = session.send('Runtime.evaluate');
    carrier.say('1', JSON.stringify({ id: carrier.lastId, result: {} }));
    assert.deepEqual(await answer, {});
  });
});

describe('What is attached to the worker threads', () => {
  /** Attaching and detaching are over when the test says so; `said` is what was done. */
  function threads(): {
    carrier: Carrier;
    of: Threads<{ detach(): Promise<void> }>;
    said: string[];
    go: () => Promise<void>;
  } {
    const { carrier, workers } = world();
    const said: string[] = [];
    const waiting: (() => void)[] = [];
    const done = (what: string): Promise<void> =>
      new Promise((resolve) =>
        waiting.push(() => {
          said.push(what);
          resolve();
        }),
      );
    const of = new Threads(workers, async ({ threadId }) => {
      await done(`attached ${threadId}`);
      return { detach: () => done(`detached ${threadId}`) };
    });
    carrier.attach('1', '[worker 1]');
    carrier.attach('2', '[worker 2]');
    const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const go = async (): Promise<void> => {
      await settled();
      for (const resolve of waiting.splice(0)) resolve();
      await settled();
    };
    return { carrier, of, said, go };
  }

  it('is let go of when another one is kept, also while it is attached to, and asked for again only after that', async () => {
    const { of, said, go } = threads();
    const [one, two] = [of.attach(1), of.attach(2)];
    of.keepOnly(2);
    const again = of.attach(1);
    assert.notEqual(again, one);
    for (let step = 0; step < 3; step++) await go();
    assert.deepEqual(said, ['attached 1', 'attached 2', 'detached 1', 'attached 1']);
    assert.deepEqual(of.attachments, [await two, await again]);
    assert.equal(of.attach(1), again);
  });

  it('is forgotten with the thread', async () => {
    const { carrier, of, go } = threads();
    const one = of.attach(1);
    await go();
    assert.deepEqual(of.attachments, [await one]);
    const two = of.attach(2);
    await new Promise((resolve) => setImmediate(resolve));
    carrier.tell('NodeWorker.detachedFromWorker', { sessionId: '1' });
    carrier.tell('NodeWorker.detachedFromWorker', { sessionId: '2' });
    await go();
    await two;
    assert.deepEqual(of.attachments, []);
    await assert.rejects(of.attach(1), /^HumanError: Worker 1 has ended/);
  });
});
