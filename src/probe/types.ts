import { isRequestType } from '../protocol/probe';
import type { PhaseName } from '../protocol/snapshot';

/** What a resource type means for the loop. Numbers, because they are kept in a typed array by async id. */
export const enum Kind {
  Unknown = 0,
  Timer,
  Immediate,
  Tick,
  /** Ends with its one callback. */
  Request,
  /** Lives until it is closed. */
  Handle,
  /** Native, calls back in poll, but is pending in no sense of its own: parsers, TLS, zlib. */
  Native,
  /** An AsyncResource of the program or of Node's JavaScript, or a promise: runs inside others, or as a microtask. */
  Script,
}

const HANDLES = [
  'ELDHISTOGRAM',
  'FSEVENTWRAP',
  'MESSAGEPORT',
  'PIPESERVERWRAP',
  'PIPEWRAP',
  'PROCESSWRAP',
  'SIGNALWRAP',
  'STATWATCHER',
  'TCPSERVERWRAP',
  'TCPWRAP',
  'TTYWRAP',
  'UDPWRAP',
  'WORKER',
];

/** Kind of a native resource type by its name. */
export function kindOfNative(type: string): Kind {
  if (HANDLES.includes(type)) return Kind.Handle;
  return isRequestType(type) ? Kind.Request : Kind.Native;
}

/** Kind by resource type, for all that this Node's native code and timers create. */
export function kindsByType(providers: Record<string, number>): Map<string, Kind> {
  const kinds = new Map<string, Kind>();
  for (const type of Object.keys(providers)) kinds.set(type, kindOfNative(type));
  kinds.set('PROMISE', Kind.Script);
  kinds.set('Timeout', Kind.Timer);
  kinds.set('Immediate', Kind.Immediate);
  kinds.set('TickObject', Kind.Tick);
  return kinds;
}

/** The phase a callback of a kind runs in; a handle whose close was requested runs in `close` instead. */
export function phaseOf(kind: Kind): PhaseName {
  switch (kind) {
    case Kind.Timer:
      return 'timers';
    case Kind.Immediate:
      return 'check';
    case Kind.Tick:
      return 'nextTick';
    default:
      return 'poll';
  }
}

/**
 * Node names active resources by their class there and by their provider in async_hooks: TCPSocketWrap is TCPWRAP,
 * the rest differ in case only.
 */
export function typeOfActiveResource(info: string): string {
  const upper = info.toUpperCase();
  if (info === 'Timeout' || info === 'Immediate') return info;
  return upper === 'TCPSOCKETWRAP' ? 'TCPWRAP' : upper;
}
