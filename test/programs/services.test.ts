import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { FINGERPRINT_ARGS, fingerprintOf, fingerprintWhere, untilSame } from '../support/fingerprint';
import { heldIn, type Held } from '../support/held';
import { ensurePrograms } from '../support/programs.mjs';
import { serverBinary, type ServerName } from '../support/serverInstall.mjs';
import { Server } from '../support/servers';
import { snapshotWhere, stopTargets, Target } from '../support/target';

interface Program {
  majors: number[];
  server?: ServerName;
  /** What it holds open, at its own lines where there are such. */
  own: Held;
  /** The same, looking into packages. */
  packages: Held;
}

const LISTENING = { majors: [24], own: { 'TCPSERVERWRAP hold': 1 } };
/** A file may come into any folder above: webpack looks for a package.json there. */
const WATCHED = { 'FSEVENTWRAP watchpack': join(tmpdir(), 'loopscope-program', 'watched').split(sep).length };

const PROGRAMS: Record<string, Program> = {
  express: { ...LISTENING, majors: [20, 24], packages: { 'TCPSERVERWRAP express': 1 } },
  koa: { ...LISTENING, packages: { 'TCPSERVERWRAP koa': 1 } },
  fastify: { ...LISTENING, packages: { 'TCPSERVERWRAP fastify': 1 } },
  ws: {
    majors: [20, 24],
    own: { 'TCPSERVERWRAP server': 1, 'TCPWRAP server': 1, 'TCPWRAP client': 1 },
    packages: { 'TCPSERVERWRAP ws': 1, 'TCPWRAP ws': 2 },
  },
  redis: {
    majors: [24],
    server: 'redis',
    own: { 'TCPWRAP hold': 1, 'Timeout hold': 1 },
    packages: { 'TCPWRAP @redis/client': 1, 'Timeout @redis/client': 1 },
  },
  mysql: {
    majors: [24],
    server: 'mariadb',
    own: { 'TCPWRAP hold': 1, 'Timeout mysql2': 1 },
    packages: { 'TCPWRAP mysql2': 1, 'Timeout mysql2': 1 },
  },
  amqp: {
    majors: [24],
    server: 'rabbitmq',
    own: { 'TCPWRAP hold': 1, 'Timeout amqplib': 2 },
    packages: { 'TCPWRAP amqplib': 1, 'Timeout amqplib': 2 },
  },
  webpack: { majors: [24], own: WATCHED, packages: WATCHED },
};

describe('a real program', () => {
  let folder: string;
  let programs: string;

  before(async () => {
    programs = await ensurePrograms();
    folder = mkdtempSync(join(tmpdir(), 'loopscope-program-'));
  });
  after(() => rmSync(folder, { recursive: true }));
  afterEach(stopTargets);

  for (const [name, { majors, server, own, packages }] of Object.entries(PROGRAMS)) {
    if (server && !serverBinary(server)) continue;
    describe(`that uses ${name}`, () => {
      const fixture = `programs/${name}.mjs`;
      let running: Server | undefined;

      before(async () => (running = server && (await Server.start(server))));
      after(() => running?.stop());

      for (const major of majors) {
        it(`answers as ever, its lines and packages are named, and it is as it was afterwards, Node ${major}`, async () => {
          const target = await Target.start(major, join(programs, `${name}.mjs`), {
            nodeArgs: FINGERPRINT_ARGS,
            args: [folder],
            env: { PORT: String(running?.port) },
          });
          const port = Number(/\d+/.exec(target.output)?.[0]);
          const act = async (): Promise<string[]> => [await ask(port, 'hold'), await ask(port, 'answer')];
          const idle = await fingerprintOf(target);
          const expected = await act();
          const released = await ask(port, 'release');
          const before = await fingerprintWhere(target, ({ resources }) =>
            isDeepStrictEqual(resources, idle.resources),
          );
          for (const level of ['track', 'deep'] as const) {
            const includePackages = level === 'deep';
            const attachment = await target.attach({ level, includePackages });
            assert.deepEqual(await act(), expected);
            const wanted = includePackages ? packages : own;
            const snapshot = await snapshotWhere(attachment, (each) =>
              isDeepStrictEqual(heldIn(each, fixture), wanted),
            );
            // The loop of any program may be held up on a busy machine.
            const alarms = snapshot.findings.filter(({ rule }) => !rule.endsWith('-loop'));
            assert.deepEqual(alarms, [], 'nothing leaks');
            assert.equal(await ask(port, 'release'), released);
            await snapshotWhere(attachment, (each) => isDeepStrictEqual(heldIn(each, fixture), {}));
            await attachment.detach();
            await untilSame(target, before);
          }
          assert.deepEqual(await act(), expected);
        });
      }
    });
  }
});

/** Asks a program over HTTP, by a connection of its own. */
function ask(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ port, host: '127.0.0.1', path: `/${path}`, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (data: string) => (text += data));
      response.on('error', reject).on('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${path}: ${response.statusCode} ${text}`));
      });
    });
    request.on('error', reject);
  });
}
