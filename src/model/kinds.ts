import { isRequestType } from '../protocol/probe';

/** What a pending resource is to people. */
export type Kind = 'timer' | 'immediate' | 'request' | 'handle' | 'promise';

/** Names of async_hooks types in words; what is not here is called by its type. */
const NOUNS: Readonly<Record<string, string>> = {
  Timeout: 'timers',
  Immediate: 'immediates',
  TCPWRAP: 'TCP sockets',
  TCPSERVERWRAP: 'TCP servers',
  PIPEWRAP: 'pipes',
  PIPESERVERWRAP: 'pipe servers',
  UDPWRAP: 'UDP sockets',
  TTYWRAP: 'terminals',
  PROCESSWRAP: 'child processes',
  FSEVENTWRAP: 'file watchers',
  STATWATCHER: 'file watchers',
  SIGNALWRAP: 'signal watchers',
  MESSAGEPORT: 'message ports',
  WORKER: 'worker threads',
  FSREQCALLBACK: 'file requests',
  FSREQPROMISE: 'file requests',
  GETADDRINFOREQWRAP: 'DNS look-ups',
  TCPCONNECTWRAP: 'connection attempts',
  WRITEWRAP: 'writes',
  PBKDF2REQUEST: 'key derivations',
  SCRYPTREQUEST: 'key derivations',
  PROMISE: 'promises',
};

/** Kind of what is pending, by its type. */
export function kindOf(type: string): Kind {
  if (type === 'Timeout') return 'timer';
  if (type === 'Immediate') return 'immediate';
  if (type === 'PROMISE') return 'promise';
  return isRequestType(type) ? 'request' : 'handle';
}

/** "TCP sockets", "JSSTREAM handles". */
export function nounOf(type: string): string {
  return NOUNS[type] ?? `${type} ${kindOf(type)}s`;
}
