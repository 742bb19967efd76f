import type { BatchOwners } from '../protocol/probe';
import type { EventEmitter } from './node';
import { symbolOf } from './tables';

/** So many handles are looked behind in a beat, and so much of each kind is told. */
const MOST_HANDLES = 2000;
const MOST_TOLD = 20;
const MAX_NAME = 200;

/** The program may replace them while it is watched. */
const { entries } = Object;
const { isFinite } = Number;
const { isArray } = Array;

/** What Node's JavaScript has for a handle: a `net.Socket` or `net.Server`, as far as it is read. */
interface Owner extends EventEmitter {
  destroyed?: unknown;
  readableFlowing?: unknown;
  maxConnections?: unknown;
  _connections?: unknown;
  _httpMessage?: { agent?: Agent } | null;
}

/** `http.Agent`; requests and sockets by what they are connected to. */
interface Agent {
  requests?: Record<string, unknown[] | undefined>;
  sockets?: Record<string, unknown[] | undefined>;
  maxSockets?: unknown;
  maxTotalSockets?: unknown;
}

const isCount = (value: unknown): value is number => typeof value === 'number' && isFinite(value);

/** Looks at what stands behind handles, and tells what may be amiss; it only reads fields. Never throws. */
export class Owners {
  private ownerSymbol: symbol | undefined;

  look(handles: Iterable<[handle: object, group: number, type: string]>): Omit<BatchOwners, 'streams'> {
    const unheard = new Map<number, number>();
    const servers: BatchOwners['servers'] = [];
    const agents = new Map<Agent, number>();
    let left = MOST_HANDLES;
    for (const [handle, group, type] of handles) {
      const isSocket = type === 'TCPWRAP';
      if (!isSocket && !type.endsWith('SERVERWRAP')) continue;
      if (left-- <= 0) break;
      try {
        this.ownerSymbol ??= symbolOf(handle, /^owner_symbol$/);
        const owner = (handle as Record<symbol, Owner | undefined>)[this.ownerSymbol ?? Symbol.iterator];
        if (!owner) continue;
        if (isSocket) {
          if (isUnheard(owner)) unheard.set(group, (unheard.get(group) ?? 0) + 1);
          const agent = owner._httpMessage?.agent;
          if (agent) agents.set(agent, group);
        } else if (servers.length < MOST_TOLD && isCount(owner.maxConnections) && isCount(owner._connections)) {
          servers.push({ group, connections: owner._connections, most: owner.maxConnections });
        }
      } catch {
        // An exotic one (a proxy, a throwing getter) is left alone.
      }
    }
    return { unheard: [...unheard].slice(0, MOST_TOLD), servers, pools: poolsOf(agents) };
  }
}

/** One that nobody reads is not the program's: TLS reads the handle of such a socket itself. */
function isUnheard({ _events: events, destroyed, readableFlowing }: Owner): boolean {
  if (typeof events !== 'object' || events.error !== undefined || destroyed === true) return false;
  return typeof readableFlowing === 'boolean';
}

function poolsOf(agents: ReadonlyMap<Agent, number>): BatchOwners['pools'] {
  const pools: BatchOwners['pools'] = [];
  for (const [agent, group] of agents) {
    try {
      for (const [name, requests] of entries(agent.requests ?? {})) {
        const waiting = isArray(requests) ? requests.length : 0;
        // Which of its two limits it is that they wait for.
        const isFull = (agent.sockets?.[name]?.length ?? 0) >= Number(agent.maxSockets);
        const most = isFull ? agent.maxSockets : agent.maxTotalSockets;
        if (waiting === 0 || !isCount(most)) continue;
        pools.push({ group, name: name.slice(0, MAX_NAME), waiting, most });
        if (pools.length >= MOST_TOLD) return pools;
      }
    } catch {
      // One of the program's own that is made in another way.
    }
  }
  return pools;
}
