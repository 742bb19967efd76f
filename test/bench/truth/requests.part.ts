import { requestRow } from './accounts';
import { rowsOf, type Case } from './cases';
import { nextBeat, watching, whileHeld, type Watched } from './held';
import type { Row } from './row';

export const title = 'Requests';

/** Some requests while they are pending, and none when all have called back. */
async function pendingAndOver(watched: Watched, kind: string, what: string): Promise<Row[]> {
  const pending = await whileHeld<number>(watched, `kinds.${kind}()`);
  if (kind === 'resolves') await watched.target.evaluate('cancelResolves()');
  await watched.target.until('truth() === 0');
  const over = await whileHeld<number>(watched, 'truth()');
  return [requestRow(what, pending), requestRow(`${what}, over`, over)];
}

const kind = (name: string, what: string, sentence: string): Case => ({
  sentence,
  rows: (major) =>
    watching(major, 'requests.cjs', async (watched) => {
      await watched.target.evaluate('ready', true);
      return pendingAndOver(watched, name, what);
    }),
});

export const cases: Case[] = [
  {
    sentence: 'requests of files, crypto and dns are counted exactly while they are pending and when they are over',
    rows: (major) =>
      watching(major, 'requests.cjs', async (watched) => {
        await watched.target.evaluate('ready', true);
        return [
          ...(await pendingAndOver(watched, 'files', 'of files')),
          ...(await pendingAndOver(watched, 'crypto', 'of crypto')),
          ...(await pendingAndOver(watched, 'lookups', 'of dns.lookup')),
          ...(await pendingAndOver(watched, 'resolves', 'of dns.resolve')),
        ];
      }),
  },
  {
    sentence: 'requests of sockets are counted exactly, and what the kernel takes at once is none',
    rows: (major) =>
      watching(major, 'requests.cjs', async (watched) => {
        const { target } = watched;
        await target.evaluate('ready', true);
        await target.evaluate('sockets.start()', true);
        const connecting = await whileHeld<number>(watched, 'sockets.connecting()', 'holdAfter');
        await target.until('truth() === 0');
        const written = await whileHeld<number>(watched, 'sockets.written()');
        const stillWritten = await whileHeld<number>(watched, 'truth()');
        await target.evaluate('void sockets.read()');
        await target.until('truth() === 0');
        return [
          requestRow('to connect', connecting),
          requestRow('to write', written),
          requestRow('to write, beats later', stillWritten),
          requestRow('to write, over', await whileHeld(watched, 'truth()')),
          requestRow('to end', await whileHeld(watched, 'sockets.ended()', 'holdAfter')),
          requestRow('to send', await whileHeld(watched, 'sockets.sent()')),
        ];
      }),
  },
  kind('zlib', 'of zlib', 'compressions under way in zlib are counted exactly'),
  {
    sentence: 'requests stay over when more async ids have passed since than can be remembered',
    rows: (major) =>
      watching(
        major,
        'requests.cjs',
        async (watched) => {
          await watched.target.evaluate('ready', true);
          await nextBeat(watched.attachment, 1);
          await watched.target.evaluate('forgotten()', true);
          const snapshot = await nextBeat(watched.attachment, 1);
          return [requestRow('of long ago, by ids', { truth: 0, snapshot })];
        },
        { beatMs: 400 },
      ),
  },
];

export const rows = (major: number): Promise<Row[]> => rowsOf(cases, major);
