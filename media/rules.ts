import * as l10n from '@vscode/l10n';
import type { PanelThresholds } from '../src/protocol/panel';
import { age, NOT_KNOWN, percent } from './format';

export type ThresholdName = keyof PanelThresholds;

/** What a rule goes by, and what usually helps against what it finds. */
export interface RuleWords {
  measured: string;
  /** The setting that says from where on it is a finding; none where that is not for the reader to say. */
  threshold?: ThresholdName;
  helps: string;
  /** A CPU profile would say more. */
  profile?: true;
}

const REMOVE_LISTENERS = l10n.t(
  'Remove listeners when they are not needed any more, or add them with once(). If so many are meant, say so with setMaxListeners().',
);

/** All that is explained of the rules, by their ids. */
export const RULES: Readonly<Record<string, RuleWords>> = {
  'process-event': {
    measured: l10n.t(
      'Warnings, uncaught exceptions and unhandled rejections that reach the process: the same ones of the last minute are counted together.',
    ),
    threshold: 'processEventsPerMinute',
    helps: l10n.t(
      'Handle the error where it arises: await or catch the promise, listen for "error". With --trace-warnings Node says where a warning comes from.',
    ),
  },
  'blocked-loop': {
    measured: l10n.t(
      'How long each callback runs, from its start to its end: nothing else can run meanwhile. Shown is the longest of the last minute.',
    ),
    threshold: 'blockedLoopMs',
    helps: l10n.t(
      'Split long work into pieces with setImmediate between them, or move it to a worker thread. A CPU profile shows what the callback does.',
    ),
    profile: true,
  },
  'starved-loop': {
    measured: l10n.t(
      'Whether the loop turns. It does not although no single callback is long: the nextTick or the microtask queue takes most of the time and does not become empty.',
    ),
    helps: l10n.t(
      'Let a chain of process.nextTick calls or promise callbacks go on with setImmediate now and then, so that timers and I/O get their turn.',
    ),
    profile: true,
  },
  'synchronous-call': {
    measured: l10n.t(
      'CPU samples of the last ten seconds: the share of the time in one synchronous call, such as readFileSync or pbkdf2Sync, or in one regular expression.',
    ),
    threshold: 'synchronousShare',
    helps: l10n.t(
      'Use the asynchronous form of the call, keep what was read or computed, or move the work to a worker thread. A regular expression may need to be written so that it does not try everything twice.',
    ),
    profile: true,
  },
  'late-timers': {
    measured: l10n.t(
      'How late timers start, over the last ten seconds. It is a finding when half of them are later than this.',
    ),
    threshold: 'lateTimersMs',
    helps: l10n.t(
      'Timers wait until the callback that runs has returned: make long callbacks shorter. Where none is long, the process gets too little of the processor.',
    ),
    profile: true,
  },
  'gc-share': {
    measured: l10n.t('CPU samples of the last ten seconds: the share of the time in garbage collections.'),
    threshold: 'gcShare',
    helps: l10n.t(
      'Allocate less in code that runs often: the command “Sample Heap Allocations” shows where. Near the limit of the heap, look for what it keeps, or raise --max-old-space-size.',
    ),
    profile: true,
  },
  'thread-pool': {
    measured: l10n.t(
      'For how long the pending file, DNS look-up, crypto and zlib requests have been as many as the pool has threads, or more.',
    ),
    threshold: 'threadPoolMs',
    helps: l10n.t(
      'Run fewer of these requests at once, or start the program with a larger UV_THREADPOOL_SIZE. dns.resolve() needs no thread, dns.lookup() does.',
    ),
  },
  'heap-near-limit': {
    measured: l10n.t('The used heap as a share of its limit, and how fast what it keeps grows.'),
    threshold: 'heapShare',
    helps: l10n.t(
      'Two heap snapshots, compared, show what the heap keeps. If the program needs that much, raise --max-old-space-size.',
    ),
  },
  'buffer-growth': {
    measured: l10n.t('The memory that V8 knows of outside its heap, mostly buffers, and its growth a minute.'),
    threshold: 'bufferGrowthMb',
    helps: l10n.t(
      'Look for buffers that are kept: caches without a bound, chunks that wait for a slow reader, small slices that keep a large buffer.',
    ),
  },
  'timer-leak': {
    measured: l10n.t(
      'How many timers of one place are pending. It is a finding when they are ten or more and grow steadily over the last minute.',
    ),
    threshold: 'growthPerSecond',
    helps: l10n.t('Call clearTimeout or clearInterval when what the timer is for ends, also after an error.'),
  },
  'handle-leak': {
    measured: l10n.t(
      'How many handles of one place are open. It is a finding when they are ten or more and grow steadily over the last minute.',
    ),
    threshold: 'growthPerSecond',
    helps: l10n.t(
      'Close sockets, servers, watchers and child processes when they are not needed any more, also after an error; give connections a timeout.',
    ),
  },
  'request-leak': {
    measured: l10n.t(
      'How many requests of one place are pending. It is a finding when they are ten or more and grow steadily over the last minute.',
    ),
    threshold: 'growthPerSecond',
    helps: l10n.t('Start no more than can end: wait for some before more are begun, with a queue or a limit.'),
  },
  'promise-leak': {
    measured: l10n.t(
      'How many promises that are awaited at one place are pending. It is a finding when they are ten or more and grow steadily over the last minute.',
    ),
    threshold: 'growthPerSecond',
    helps: l10n.t(
      'What is awaited does not settle, or not fast enough: give it a timeout, and begin no more than can end. The row, opened, shows who waits for the oldest.',
    ),
  },
  'slow-request': {
    measured: l10n.t(
      'The age of the oldest pending request of each place: files, DNS, connection attempts and others, but no writes.',
    ),
    threshold: 'slowRequestMs',
    helps: l10n.t(
      'Look at what is to answer: a slow disk, a DNS server, a firewall that drops packets. Give requests a timeout or an AbortSignal.',
    ),
  },
  'slow-write': {
    measured: l10n.t('The age of the oldest pending write of each place.'),
    threshold: 'slowWriteMs',
    helps: l10n.t(
      'Stop writing when write() returns false and go on at "drain"; pipeline() does that by itself. Give up on a reader that does not read.',
    ),
  },
  'exhausted-pool': {
    measured: l10n.t(
      'For how long every beat has seen requests in the queue of an http.Agent: all sockets that its maxSockets or maxTotalSockets allows are in use.',
    ),
    threshold: 'poolWaitMs',
    helps: l10n.t(
      'Raise maxSockets, set keepAlive so that sockets are used again, and find out what is slow to answer. Read or destroy each response: one that nobody reads keeps its socket.',
    ),
  },
  'full-server': {
    measured: l10n.t('The connections of each server that has a maxConnections of ten or more, as a share of it.'),
    threshold: 'connectionsShare',
    helps: l10n.t(
      'Close connections that nobody uses: server.timeout, keepAliveTimeout, socket.setTimeout(). If so many are meant, raise maxConnections.',
    ),
  },
  'no-error-listener': {
    measured: l10n.t(
      'TCP sockets that are read, streams and client requests that have no "error" listener, in every beat of five seconds or more; none that packages create, and none that others are piped into. The place is that of the call that created them, or added their first listener; for those from before the attach, that of the listener.',
    ),
    helps: l10n.t(
      'Add an "error" listener to each socket, stream and request as soon as you have it, or use pipeline(), which adds one while it lasts.',
    ),
  },
  'listeners-over-limit': {
    measured: l10n.t(
      'The listeners of one event of one emitter, against its own limit: getMaxListeners(), which is 10 unless the program sets another.',
    ),
    helps: REMOVE_LISTENERS,
  },
  'listener-leak': {
    measured: l10n.t(
      'The listeners of one event of one emitter. It is a finding when they are ten or more and grow steadily over the last minute.',
    ),
    threshold: 'growthPerSecond',
    helps: REMOVE_LISTENERS,
  },
  debugger: {
    measured: l10n.t('Whether a debugger is attached to the process as well.'),
    helps: l10n.t('End the debug session to see the program at its own speed.'),
  },
};

const share = (value: number): string => `${percent(value)} %`;

const WRITTEN: Readonly<Record<ThresholdName, (value: number) => string>> = {
  blockedLoopMs: age,
  lateTimersMs: age,
  synchronousShare: share,
  gcShare: share,
  threadPoolMs: age,
  slowRequestMs: age,
  slowWriteMs: age,
  poolWaitMs: age,
  connectionsShare: share,
  growthPerSecond: (value) => l10n.t('{0} a second', String(value)),
  heapShare: share,
  bufferGrowthMb: (value) => l10n.t('{0} MB a minute', String(value)),
  processEventsPerMinute: (value) => l10n.t('{0} a minute', String(value)),
};

/** A threshold with its unit; `–` where nobody knows what it was. */
export function thresholdText(name: ThresholdName, thresholds: PanelThresholds | null): string {
  return thresholds ? WRITTEN[name](thresholds[name]) : NOT_KNOWN;
}
