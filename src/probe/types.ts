import { isRequestType } from '../protocol/probe';

/** What a resource type means for the loop. Numbers below 16, because they are kept in a few bits by async id. */
export const enum Kind {
  Unknown = 0,
  Timer,
  Immediate,
  Tick,
  /** Ends with its one callback. */
  Request,
  /** A request whose callback has run. */
  Done,
  /** Lives until it is closed. */
  Handle,
  /** Works on request for as long as it exists, and is pending only meanwhile: zlib. */
  Worker,
  /** Native, calls back in poll, but is pending in no sense of its own: parsers, TLS. */
  Native,
  /** An AsyncResource of the program or of Node's JavaScript, or a promise: runs inside others, or as a microtask. */
  Script,
  Promise,
}

/** A resource type as async_hooks names it; numbers count from 0. */
export interface ResourceType {
  name: string;
  kind: Kind;
  number: number;
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

/** Kind of a resource type by its name. */
export function kindOf(type: string): Kind {
  if (type === 'Timeout') return Kind.Timer;
  if (type === 'Immediate') return Kind.Immediate;
  if (type === 'PROMISE') return Kind.Promise;
  if (HANDLES.includes(type)) return Kind.Handle;
  if (type === 'ZLIB') return Kind.Worker;
  return isRequestType(type) ? Kind.Request : Kind.Native;
}

/** All types that this Node's native code and timers create, by name. */
export class ResourceTypes {
  private readonly byName = new Map<string, ResourceType>();
  readonly timeout: ResourceType;
  readonly immediate: ResourceType;
  readonly promise: ResourceType;

  /** `providers` are those of async_hooks. */
  constructor(providers: Record<string, number>) {
    for (const name of Object.keys(providers)) this.add(name);
    this.timeout = this.add('Timeout');
    this.immediate = this.add('Immediate');
    this.promise = this.add('PROMISE');
  }

  get(name: string): ResourceType | undefined {
    return this.byName.get(name);
  }

  all(): Iterable<ResourceType> {
    return this.byName.values();
  }

  private add(name: string): ResourceType {
    const type = { name, kind: kindOf(name), number: this.byName.get(name)?.number ?? this.byName.size };
    this.byName.set(name, type);
    return type;
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
