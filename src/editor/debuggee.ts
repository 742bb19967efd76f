import { isLocal } from './address';

/** What a debug session says about the process that it debugs. */
export interface Debuggee {
  pid: number;
  /** Websocket URL of its inspector, as it is reached from here. */
  url: string;
  /** The process runs on this machine. */
  local: boolean;
}

/** The part of a debug session's configuration that tells where its target is. */
export interface DebuggeeAddress {
  address?: unknown;
  port?: unknown;
}

/**
 * Evaluated in a debug session: pid and inspector URL of the main thread. `require` is there through the console's
 * command-line API, in ESM programs too; `getBuiltinModule` where a program shadows it.
 */
export const DEBUGGEE_EXPRESSION =
  '(() => { const load = process.getBuiltinModule ?? require;' +
  " return load('worker_threads').isMainThread" +
  " ? 'loopscope:' + process.pid + ':' + load('inspector').url() : 'loopscope:worker'; })()";

/** Reads the answer to {@link DEBUGGEE_EXPRESSION}; null for a worker thread or anything else. */
export function parseDebuggee(result: unknown, { address, port }: DebuggeeAddress): Debuggee | null {
  const found = typeof result === 'string' ? /loopscope:(\d+):(wss?:\/\/[^'"`\s]+)/.exec(result) : null;
  if (!found?.[1] || !found[2] || !URL.canParse(found[2])) return null;
  const url = new URL(found[2]);
  // A target that listens on every interface is reached on the loopback one.
  if (['0.0.0.0', '[::]'].includes(url.hostname)) url.hostname = '127.0.0.1';
  // The URL is the target's own view: a session that attached to another host reaches it where it is configured.
  if (typeof address === 'string' && address !== '' && !isLocal({ host: address, port: 1 })) {
    url.hostname = address;
    if (typeof port === 'number') url.port = String(port);
  }
  return { pid: Number(found[1]), url: url.href, local: isLocal({ url: url.href }) };
}
