import { lookup } from 'node:dns/promises';
import { request } from 'node:http';
import { isIP } from 'node:net';
import type { HumanError } from '../base/errors';
import { addressOf, isLoopback, noAnswer, notInspector, notNodeInspector, unreachable } from './reachErrors';

const MAX_LIST_BYTES = 1024 * 1024;

/** Asks the inspector on a port for its Node target; resolves with the address to connect to. Throws HumanError. */
export async function fetchTarget(
  host: string,
  port: number,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<{ webSocketUrl: string; host: string }> {
  let refused: unknown;
  for (const address of await resolveHost(host, port)) {
    try {
      const id = parseTargetList(await getList(address, port, timeoutMs, signal), host, port);
      // Our own address and not the answer's: behind a forwarded port that one names a port of the other machine.
      return { webSocketUrl: `ws://${addressOf(address, port)}/${id}`, host: address };
    } catch (error) {
      // "localhost" has two addresses, and an inspector listens on one of them.
      if (!(error instanceof Refused)) throw error;
      refused = error.cause;
    }
  }
  throw unreachable(host, port, refused);
}

/** What Node prints when it listens on every address, and refuses to be asked for. */
const LOOPBACK_OF: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** IP addresses of a host, IPv4 first; Node's inspector refuses requests that name any other host than "localhost". */
export async function resolveHost(host: string, port: number): Promise<string[]> {
  if (isIP(host)) return [LOOPBACK_OF[host] ?? host];
  if (host === 'localhost') return ['127.0.0.1', '::1'];
  try {
    const found = await lookup(host, { all: true });
    return [...found].sort((a, b) => a.family - b.family).map((entry) => entry.address);
  } catch (error) {
    throw unreachable(host, port, error);
  }
}

/** The id of the Node target in an answer to /json/list. Throws HumanError for what is no such answer. */
export function parseTargetList(text: string, host: string, port: number): string {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw notInspector(host, port);
  }
  if (!Array.isArray(list)) throw notInspector(host, port);
  const entries = list.filter((entry) => typeof entry === 'object' && entry !== null) as Record<string, unknown>[];
  const isTarget = (id: unknown): id is string => typeof id === 'string' && /^[\w-]{1,100}$/.test(id);
  const node = entries.find((entry) => entry.type === 'node' && isTarget(entry.id));
  if (node) return node.id as string;
  throw entries.some((entry) => 'webSocketDebuggerUrl' in entry) || entries.length === 0
    ? notNodeInspector(host, port)
    : notInspector(host, port);
}

/** Nobody listens there, or no way leads there: another address of the same host may answer. */
class Refused extends Error {}

function getList(host: string, port: number, timeoutMs: number, signal: AbortSignal | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (error: HumanError | Error): void => {
      clearTimeout(timer);
      query.destroy();
      reject(error);
    };
    // Over the whole exchange: a socket time-out would be put off by every byte.
    const timer = setTimeout(() => fail(noAnswer(host, port, timeoutMs)), timeoutMs);
    const query = request(
      {
        host,
        port,
        path: '/json/list',
        agent: false,
        headers: { Host: addressOf(host, port) },
        ...(signal && { signal }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        if (response.statusCode !== 200) {
          fail(notInspector(host, port));
          return;
        }
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_LIST_BYTES) fail(notInspector(host, port));
          else chunks.push(chunk);
        });
        response.on('end', () => {
          clearTimeout(timer);
          resolve(Buffer.concat(chunks).toString('utf8'));
        });
        response.on('error', (error) => fail(unreachable(host, port, error)));
      },
    );
    query.on('error', (error: NodeJS.ErrnoException) => {
      const { code = '' } = error;
      if (signal?.aborted) fail(error);
      else if (isLoopback(host) && /^(EADDRNOTAVAIL|EAFNOSUPPORT|E(HOST|NET)UNREACH)$/.test(code)) {
        fail(new Refused('refused', { cause: { ...error, code: 'ECONNREFUSED' } }));
      } else if (/^(ECONNREFUSED|E(HOST|NET)UNREACH)$/.test(code)) fail(new Refused('refused', { cause: error }));
      else fail(unreachable(host, port, error));
    });
    query.end();
  });
}
