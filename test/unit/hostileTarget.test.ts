import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { attach, type Attachment, type AttachmentOptions } from '../../src/attachment';
import { HumanError } from '../../src/base/errors';
import { PROBE_VERSION, type Batch } from '../../src/protocol/probe';
import { DEFAULTS } from '../../src/protocol/defaults';
import { FUZZ_TIMEOUT_MS, mutated, mutation, runs, type Mutation } from '../support/hostile';
import { root } from '../support/paths.mjs';
import { sentOf } from '../support/sent';
import { RogueInspector, textFrame, type Answering, type Command } from '../support/rogueInspector';
import { Feed, group } from './monitorBatches';

const OPTIONS: AttachmentOptions = {
  level: 'track',
  beatMs: 250,
  sampling: '10ms',
  includePackages: false,
  thresholds: DEFAULTS.thresholds,
};
const HOOKS = { probePath: join(root, 'dist', 'probe.js') };

const IDENTITY = { pid: 4321, program: '/srv/api.js', nodeVersion: '24.2.0' };

const isInstall = ({ params }: Command): boolean => String(params.functionDeclaration).includes('this.install');
const isBeat = ({ params }: Command): boolean => String(params.expression).includes('probe.drain');

/** A batch as the answer to a beat, or to the installing, which brings the first one. */
function told(command: Command, batch: Batch): object {
  const text = JSON.stringify(sentOf(batch));
  return { result: { type: 'string', value: isInstall(command) ? `now\n${text}` : text } };
}

/** Says what an honest target would, as far as an attachment asks. */
function honest(feed: Feed, identity: object = IDENTITY): (command: Command) => object {
  const object = (objectId: string) => ({ result: { type: 'object', objectId } });
  return (command) => {
    const { method, params } = command;
    const expression = typeof params.expression === 'string' ? params.expression : '';
    if (method === 'Runtime.getProperties') return { result: [], internalProperties: [] };
    if (isInstall(command) || isBeat(command)) {
      return told(command, feed.batch({ pending: [group({ group: 1, site: 1 })] }));
    }
    if (method === 'Runtime.callFunctionOn') return object('1');
    if (method !== 'Runtime.evaluate') return {};
    if (expression.includes('process.pid')) return { result: { type: 'string', value: JSON.stringify(identity) } };
    return expression.includes('probe.uninstall') ? { result: { type: 'string', value: '[]' } } : object('2');
  };
}

/** The state, as soon as it is this one. */
const inState = (attachment: Attachment, state: Attachment['state']): Promise<void> =>
  new Promise((resolve) => {
    const check = (): void => {
      if (attachment.state !== state) return;
      watching.dispose();
      resolve();
    };
    const watching = attachment.onDidChangeState(check);
    check();
  });

describe('an attachment to somebody who means harm', () => {
  const rogues: RogueInspector[] = [];
  const start = async (answering: Answering): Promise<RogueInspector> => {
    const rogue = await RogueInspector.start(answering);
    rogues.push(rogue);
    return rogue;
  };
  const attachTo = ({ url }: RogueInspector, log?: string[]): Promise<Attachment> =>
    attach({ url }, OPTIONS, { ...HOOKS, ...(log && { log: (line: string) => log.push(line) }) });
  const saysTo = (promise: Promise<unknown>, sentence: RegExp): Promise<void> =>
    assert.rejects(promise, (error: Error) => {
      assert.ok(error instanceof HumanError, error.stack);
      assert.match(error.message, sentence);
      return true;
    });

  afterEach(async () => {
    await Promise.all(rogues.splice(0).map((rogue) => rogue.close()));
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });

  it('who behaves is one like any other', async () => {
    const attachment = await attachTo(await start(honest(new Feed())));
    assert.deepEqual([attachment.state, attachment.snapshot?.pending.length], ['running', 1]);
    await attachment.detach();
    assert.match(attachment.endedBecause ?? '', /^Detached from api\.js \(pid 4321\)\. The probe is out again\.$/);
  });

  const impostors: [string, object][] = [
    ['a pid that is none', { ...IDENTITY, pid: -1 }],
    ['a pid that is a fraction', { ...IDENTITY, pid: 0.5 }],
    ['a version that is markup', { ...IDENTITY, nodeVersion: '24.0.0 [go](command:quit)' }],
    ['a version without end', { ...IDENTITY, nodeVersion: `24.0.0${'1'.repeat(5000)}` }],
    ['a program that is no text', { ...IDENTITY, program: { toString: 1 } }],
    ['a list', [1, 2, 3]],
  ];
  for (const [what, identity] of impostors) {
    it(`who says of itself ${what} is no Node.js program`, async () => {
      await saysTo(attachTo(await start(honest(new Feed(), identity))), /^What answers there is no Node\.js program\./);
    });
  }

  it('who stops making sense later is not answering, until it makes sense again', async () => {
    const feed = new Feed();
    const sensible = honest(feed);
    let says: unknown;
    const rogue = await start((command) => (isBeat(command) && says !== undefined ? says : sensible(command)));
    const log: string[] = [];
    const attachment = await attachTo(rogue, log);
    for (const nonsense of [
      {},
      { result: 7 },
      { result: { type: 'string', value: JSON.stringify({ version: PROBE_VERSION }) } },
    ]) {
      says = nonsense;
      await inState(attachment, 'notAnswering');
      says = undefined;
      await inState(attachment, 'running');
    }
    assert.match(log.join('\n'), /malformed: .*evaluation\.result is not an object/);
    assert.match(log.join('\n'), /malformed: batch\.sequence is not a number/);
    await attachment.detach();
  });

  it('who answers with more than 64 MB is left, and what has come is not kept', async () => {
    const sensible = honest(new Feed());
    let beats = 0;
    const rogue = await start((command, socket) => {
      if (!isBeat(command) || ++beats < 2) return sensible(command);
      const piece = Buffer.alloc(1024 * 1024, 0x20);
      const pour = (): void => {
        while (!socket.destroyed && socket.write(piece));
      };
      socket.write(textFrame('', 1024 * 1024 * 1024));
      socket.on('drain', pour);
      pour();
      return undefined;
    });
    const attachment = await attachTo(rogue);
    await inState(attachment, 'detached');
    assert.match(attachment.endedBecause ?? '', /has ended, or the connection was cut\.$/);
  });

  it('who gives each place a name of a megabyte keeps none of them in memory', async () => {
    const feed = new Feed();
    const sensible = honest(feed);
    let beats = 0;
    const rogue = await start((command) => {
      if (!isBeat(command) && !isInstall(command)) return sensible(command);
      const site = ++beats;
      const name = 'x'.repeat(1024 * 1024);
      const sites = [{ site, function: name, url: `file:///srv/${site}.js`, line: 1e300, column: -5 }];
      return told(command, { ...feed.batch({ pending: [group({ group: 1, site })] }), sites });
    });
    const attachment = await attachTo(rogue);
    await inState(attachment, 'running');
    const [site] = Object.values(attachment.snapshot?.sites ?? {});
    assert.ok((site?.function.length ?? Infinity) <= 4000);
    assert.ok(Number.isSafeInteger(site?.line) && Number.isSafeInteger(site?.column));
    await attachment.detach();
  });

  it('whatever it says is refused with a sentence, or attached to and let go', async () => {
    const attempt = async (at: number, change: Mutation): Promise<void> => {
      let asked = 0;
      const sensible = honest(new Feed());
      const rogue = await RogueInspector.start((command) => {
        const answer = sensible(command);
        if (asked++ !== at) return answer;
        return `{"id":${command.id},"result":${mutated(answer, change)}}`;
      });
      try {
        const attachment = await attachTo(rogue);
        await attachment.detach();
        assert.equal(attachment.state, 'detached');
      } catch (error) {
        assert.ok(error instanceof HumanError, error instanceof Error ? error.stack : String(error));
      } finally {
        await rogue.close();
      }
    };
    await fc.assert(fc.asyncProperty(fc.nat({ max: 12 }), mutation, attempt), { numRuns: runs(40) });
  }).timeout(FUZZ_TIMEOUT_MS);
});
