import type { Timeout } from './node';
import { Kind } from './types';

interface Addressed {
  getpeername?(out: { address?: string; port?: number }): number;
  getsockname?(out: { address?: string; port?: number }): number;
  path?: unknown;
  pid?: unknown;
  fd?: unknown;
}

interface Stream {
  /** Set by Node's JavaScript as it starts and stops reading. */
  reading?: unknown;
  /** Channels to other processes have it, and are read without saying so. */
  pendingHandle?: unknown;
}

const STREAMS = ['PIPEWRAP', 'TCPWRAP', 'TTYWRAP'];
const STANDARD = ['standard input', 'standard output', 'standard error'];

const MAX_DETAIL = 200;

/** A few words about one resource for an opened row; "" when nothing is known. Never throws. */
export function describe(resource: object, kind: Kind): string {
  try {
    if (kind === Kind.Timer) return describeTimer(resource as Timeout);
    return describeHandle(resource).slice(0, MAX_DETAIL);
  } catch {
    return '';
  }
}

/** Whether a handle is a stream that nobody reads. */
export function isIdle(handle: object, type: string): boolean {
  return STREAMS.includes(type) && (handle as Stream).reading !== true && !('pendingHandle' in handle);
}

function describeTimer(timer: Timeout): string {
  const every = timer._repeat === null ? 'once after' : 'every';
  return `${every} ${timer._idleTimeout} ms`;
}

function describeHandle(handle: Addressed): string {
  const address: { address?: string; port?: number } = {};
  if (handle.getpeername?.(address) === 0 && address.address) return `${address.address}:${address.port}`;
  if (handle.getsockname?.(address) === 0 && address.address) return `${address.address}:${address.port}`;
  if (typeof handle.path === 'string') return handle.path;
  if (typeof handle.pid === 'number') return `pid ${handle.pid}`;
  return STANDARD[Number(handle.fd ?? -1)] ?? '';
}
