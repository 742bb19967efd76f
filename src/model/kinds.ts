import * as l10n from '@vscode/l10n';
import { isRequestType } from '../protocol/probe';
import { entryOf } from './words';

/** What a pending resource is to people. */
export type Kind = 'timer' | 'immediate' | 'request' | 'handle' | 'promise';

/** One and several of a kind; the second has a place for their number. */
export type Counted = readonly [one: string, many: string];

const FILE_WATCHERS: Counted = [l10n.t('1 file watcher'), l10n.t('{0} file watchers')];
const FILE_REQUESTS: Counted = [l10n.t('1 file request'), l10n.t('{0} file requests')];
const KEY_DERIVATIONS: Counted = [l10n.t('1 key derivation'), l10n.t('{0} key derivations')];

/** Counts of async_hooks types in words; what is not here is called by its type. */
const COUNTED: Readonly<Record<string, Counted>> = {
  Timeout: [l10n.t('1 timer'), l10n.t('{0} timers')],
  Immediate: [l10n.t('1 immediate'), l10n.t('{0} immediates')],
  TCPWRAP: [l10n.t('1 TCP socket'), l10n.t('{0} TCP sockets')],
  TCPSERVERWRAP: [l10n.t('1 TCP server'), l10n.t('{0} TCP servers')],
  PIPEWRAP: [l10n.t('1 pipe'), l10n.t('{0} pipes')],
  PIPESERVERWRAP: [l10n.t('1 pipe server'), l10n.t('{0} pipe servers')],
  UDPWRAP: [l10n.t('1 UDP socket'), l10n.t('{0} UDP sockets')],
  TTYWRAP: [l10n.t('1 terminal'), l10n.t('{0} terminals')],
  PROCESSWRAP: [l10n.t('1 child process'), l10n.t('{0} child processes')],
  FSEVENTWRAP: FILE_WATCHERS,
  STATWATCHER: FILE_WATCHERS,
  SIGNALWRAP: [l10n.t('1 signal watcher'), l10n.t('{0} signal watchers')],
  MESSAGEPORT: [l10n.t('1 message port'), l10n.t('{0} message ports')],
  WORKER: [l10n.t('1 worker thread'), l10n.t('{0} worker threads')],
  FSREQCALLBACK: FILE_REQUESTS,
  FSREQPROMISE: FILE_REQUESTS,
  GETADDRINFOREQWRAP: [l10n.t('1 DNS look-up'), l10n.t('{0} DNS look-ups')],
  TCPCONNECTWRAP: [l10n.t('1 connection attempt'), l10n.t('{0} connection attempts')],
  WRITEWRAP: [l10n.t('1 write'), l10n.t('{0} writes')],
  PBKDF2REQUEST: KEY_DERIVATIONS,
  SCRYPTREQUEST: KEY_DERIVATIONS,
  PROMISE: [l10n.t('1 promise'), l10n.t('{0} promises')],
};

/** Kind of what is pending, by its type. */
export function kindOf(type: string): Kind {
  if (type === 'Timeout') return 'timer';
  if (type === 'Immediate') return 'immediate';
  if (type === 'PROMISE') return 'promise';
  return isRequestType(type) ? 'request' : 'handle';
}

/** "1 TCP socket", "240 timers", "3 JSSTREAM handles". */
export function counted(count: number, type: string): string {
  const words = entryOf(COUNTED, type);
  if (words) return numbered(count, words);
  if (isRequestType(type)) {
    return count === 1 ? l10n.t('1 {0} request', type) : l10n.t('{0} {1} requests', count, type);
  }
  return count === 1 ? l10n.t('1 {0} handle', type) : l10n.t('{0} {1} handles', count, type);
}

/** A count in the words for one or for several. */
export function numbered(count: number, [one, many]: Counted): string {
  return count === 1 ? one : many.replace('{0}', String(count));
}
